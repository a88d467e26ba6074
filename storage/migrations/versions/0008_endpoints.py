"""Endpoints: the systems of others that tickets are posted to, and the webhooks that came in from them."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE endpoints (
    id bigint GENERATED ALWAYS AS IDENTITY,
    contract_id varchar(64) DEFAULT '' NOT NULL,
    vendor_id varchar(64) DEFAULT '' NOT NULL,
    key varchar(64) NOT NULL,
    name varchar(200) NOT NULL,
    kind varchar(32) NOT NULL,
    url varchar(2000) NOT NULL,
    secret_out varchar(200) NOT NULL,
    secret_in varchar(200) NOT NULL,
    active boolean DEFAULT true NOT NULL,
    inactive_reason varchar(500) DEFAULT '' NOT NULL,
    added_wall timestamptz DEFAULT clock_timestamp() NOT NULL,
    added_by varchar(200) NOT NULL,
    CONSTRAINT pk_endpoints PRIMARY KEY (id),
    CONSTRAINT uq_endpoints_key UNIQUE (contract_id, vendor_id, key),
    CONSTRAINT ck_endpoints_scope CHECK ((contract_id = '') <> (vendor_id = '')),
    CONSTRAINT ck_endpoints_kind CHECK (kind IN ('specialist-team', 'onsite-partner', 'client-service-desk'))
);

CREATE TABLE webhook_deliveries (
    endpoint_id bigint NOT NULL,
    webhook_id varchar(300) NOT NULL,
    seen_wall timestamptz DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_webhook_deliveries PRIMARY KEY (endpoint_id, webhook_id),
    CONSTRAINT fk_webhook_deliveries_endpoint_id FOREIGN KEY (endpoint_id) REFERENCES endpoints (id)
        ON DELETE CASCADE
);
CREATE INDEX ix_webhook_deliveries_seen_wall ON webhook_deliveries (seen_wall);
"""

DOWN = "DROP TABLE webhook_deliveries, endpoints"


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
