"""Tickets: every report that came in, its files and its mails; closed days; and the read models of tickets."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE tickets (
    contract_id varchar(64) NOT NULL,
    number bigint NOT NULL,
    key varchar(300) NOT NULL,
    accepted boolean NOT NULL,
    device varchar(200) DEFAULT '' NOT NULL,
    alert varchar(200) DEFAULT '' NOT NULL,
    token varchar(64) NOT NULL,
    document jsonb NOT NULL,
    registered_at timestamptz NOT NULL,
    workflow_started boolean DEFAULT false NOT NULL,
    shelf jsonb,
    CONSTRAINT pk_tickets PRIMARY KEY (contract_id, number),
    CONSTRAINT uq_tickets_contract_id_key UNIQUE (contract_id, key),
    CONSTRAINT uq_tickets_token UNIQUE (token),
    CONSTRAINT fk_tickets_contract_id FOREIGN KEY (contract_id) REFERENCES contracts (id)
);
CREATE INDEX ix_tickets_not_started ON tickets (registered_at) WHERE NOT workflow_started;
CREATE INDEX ix_tickets_device ON tickets (contract_id, device) WHERE device <> '';
CREATE INDEX ix_tickets_alert ON tickets (contract_id, alert) WHERE alert <> '';

CREATE TABLE ticket_mails (
    message_id varchar(300) NOT NULL,
    contract_id varchar(64) NOT NULL,
    number bigint NOT NULL,
    CONSTRAINT pk_ticket_mails PRIMARY KEY (message_id, contract_id)
);

CREATE TABLE attachments (
    id varchar(64) NOT NULL,
    contract_id varchar(64) NOT NULL,
    number bigint NOT NULL,
    name varchar(200) NOT NULL,
    media_type varchar(200) NOT NULL,
    size bigint NOT NULL,
    content bytea NOT NULL,
    CONSTRAINT pk_attachments PRIMARY KEY (id)
);
CREATE INDEX ix_attachments_contract_id_number ON attachments (contract_id, number);

CREATE TABLE closed_days (
    id bigint GENERATED ALWAYS AS IDENTITY,
    contract_id varchar(64) DEFAULT '' NOT NULL,
    vendor_id varchar(64) DEFAULT '' NOT NULL,
    rule varchar(64) DEFAULT '' NOT NULL,
    day date NOT NULL,
    spans text DEFAULT '' NOT NULL,
    reason varchar(500) NOT NULL,
    added_by varchar(200) NOT NULL,
    added_wall timestamptz DEFAULT clock_timestamp() NOT NULL,
    removed_by varchar(200),
    CONSTRAINT pk_closed_days PRIMARY KEY (id),
    CONSTRAINT ck_closed_days_scope CHECK ((contract_id = '') <> (vendor_id = ''))
);
CREATE INDEX ix_closed_days_contract_id ON closed_days (contract_id) WHERE contract_id <> '';
CREATE INDEX ix_closed_days_vendor_id ON closed_days (vendor_id) WHERE vendor_id <> '';

CREATE TABLE ticket_view (
    contract_id text NOT NULL,
    number bigint NOT NULL,
    workflow_id text NOT NULL,
    subject text NOT NULL,
    description text NOT NULL,
    door text NOT NULL,
    channel text NOT NULL,
    reporter_name text NOT NULL,
    reporter_email text NOT NULL,
    reporter_phone text NOT NULL,
    premises text NOT NULL,
    device text NOT NULL,
    login text NOT NULL,
    kind text NOT NULL,
    level text NOT NULL,
    level_name text NOT NULL,
    queue text NOT NULL,
    owed boolean NOT NULL,
    reasons jsonb NOT NULL,
    state text NOT NULL,
    open boolean GENERATED ALWAYS AS (state NOT IN ('closed', 'refused')) STORED,
    alert text NOT NULL,
    outage boolean NOT NULL,
    plan text NOT NULL,
    plan_version bigint NOT NULL,
    registered_at timestamptz NOT NULL,
    owner_id text,
    owner_name text DEFAULT '' NOT NULL,
    impact text DEFAULT '' NOT NULL,
    inside_boundary boolean,
    routed_kind text DEFAULT '' NOT NULL,
    routed_to text DEFAULT '' NOT NULL,
    paused text[] DEFAULT '{}' NOT NULL,
    released boolean DEFAULT false NOT NULL,
    answered_at timestamptz,
    resolved_at timestamptz,
    closed_at timestamptz,
    closed_by text DEFAULT '' NOT NULL,
    asks bigint DEFAULT 0 NOT NULL,
    coverage_version bigint DEFAULT 1 NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT pk_ticket_view PRIMARY KEY (contract_id, number)
);
CREATE INDEX ix_ticket_view_open ON ticket_view (registered_at) WHERE open;
CREATE INDEX ix_ticket_view_owner_open ON ticket_view (owner_id) WHERE open;

CREATE TABLE ticket_clock_view (
    contract_id text NOT NULL,
    number bigint NOT NULL,
    clock text NOT NULL,
    kind text NOT NULL,
    ordinal bigint NOT NULL,
    clause text NOT NULL,
    level text NOT NULL,
    text text NOT NULL,
    coverage text NOT NULL,
    wall_clock boolean NOT NULL,
    best_effort boolean NOT NULL,
    seconds bigint,
    started timestamptz NOT NULL,
    anchor timestamptz,
    due timestamptz,
    pauses jsonb NOT NULL,
    verdict text,
    stopped timestamptz,
    took_seconds bigint,
    overrun_seconds bigint DEFAULT 0 NOT NULL,
    acknowledged_by text DEFAULT '' NOT NULL,
    acknowledged_at timestamptz,
    CONSTRAINT pk_ticket_clock_view PRIMARY KEY (contract_id, number, clock)
);
CREATE INDEX ix_ticket_clock_view_due ON ticket_clock_view (due) WHERE stopped IS NULL AND verdict IS NULL;

CREATE TABLE ticket_entry_view (
    contract_id text NOT NULL,
    number bigint NOT NULL,
    seq bigint NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    side text NOT NULL,
    author text NOT NULL,
    email text DEFAULT '' NOT NULL,
    text text NOT NULL,
    visible boolean NOT NULL,
    attachments jsonb NOT NULL,
    CONSTRAINT pk_ticket_entry_view PRIMARY KEY (contract_id, number, seq)
);

CREATE TABLE ticket_coverage_view (
    contract_id text NOT NULL,
    number bigint NOT NULL,
    key text NOT NULL,
    zone text NOT NULL,
    version bigint NOT NULL,
    since bigint NOT NULL,
    until bigint NOT NULL,
    starts bigint[] NOT NULL,
    ends bigint[] NOT NULL,
    CONSTRAINT pk_ticket_coverage_view PRIMARY KEY (contract_id, number, key)
);

CREATE TABLE outage_view (
    contract_id text NOT NULL,
    number bigint NOT NULL,
    begin timestamptz NOT NULL,
    "end" timestamptz,
    alert text NOT NULL,
    title text NOT NULL,
    CONSTRAINT pk_outage_view PRIMARY KEY (contract_id, number, begin)
);

CREATE TABLE designated_view (
    contract_id text NOT NULL,
    address text NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    place bigint NOT NULL,
    CONSTRAINT pk_designated_view PRIMARY KEY (contract_id, address)
);

ALTER TABLE contact_view ADD COLUMN premises text[] DEFAULT '{}' NOT NULL;
"""

DOWN = """
ALTER TABLE contact_view DROP COLUMN premises;
DROP TABLE designated_view, outage_view, ticket_coverage_view, ticket_entry_view, ticket_clock_view, ticket_view,
    closed_days, attachments, ticket_mails, tickets;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
