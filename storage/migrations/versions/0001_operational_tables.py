"""The operational tables: what was signed, who works, what is booked, what leaves and comes in."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

UP = """
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE assignments (
    contract_id varchar(64) NOT NULL,
    role varchar(64) NOT NULL,
    staff_id varchar(64) NOT NULL,
    active boolean DEFAULT true NOT NULL,
    CONSTRAINT pk_assignments PRIMARY KEY (contract_id, role)
);
CREATE INDEX ix_assignments_staff_id ON assignments (staff_id);

CREATE TABLE customers (
    id varchar(64) NOT NULL,
    name varchar(200) NOT NULL,
    CONSTRAINT pk_customers PRIMARY KEY (id)
);

CREATE TABLE workers (
    identity varchar(300) NOT NULL,
    task_queue varchar(200) NOT NULL,
    seen_wall timestamptz NOT NULL,
    CONSTRAINT pk_workers PRIMARY KEY (identity)
);

CREATE TABLE idempotency_keys (
    key varchar(200) NOT NULL,
    route varchar(200) NOT NULL,
    request_digest varchar(64) NOT NULL,
    status bigint,
    body bytea,
    created_wall timestamptz DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_idempotency_keys PRIMARY KEY (key, route)
);
CREATE INDEX ix_idempotency_keys_created_wall ON idempotency_keys (created_wall);

CREATE TABLE inbox (
    digest varchar(64) NOT NULL,
    sender varchar(320) NOT NULL,
    received_at timestamptz NOT NULL,
    contract_id varchar(64),
    subject_line varchar(998) NOT NULL,
    reason varchar(1000) NOT NULL,
    raw bytea NOT NULL,
    handled_at timestamptz,
    CONSTRAINT pk_inbox PRIMARY KEY (digest),
    CONSTRAINT ck_inbox_raw CHECK (octet_length(raw) <= 1048576)
);
CREATE INDEX ix_inbox_received_at ON inbox (received_at);

CREATE TABLE messages (
    message_id varchar(300) NOT NULL,
    workflow_id varchar(200) NOT NULL,
    key varchar(1000) NOT NULL,
    contract_id varchar(64) NOT NULL,
    subject varchar(128) NOT NULL,
    kind varchar(32) NOT NULL,
    recipient_email varchar(320) NOT NULL,
    recipient_name varchar(200) NOT NULL,
    subject_line varchar(998) NOT NULL,
    eml bytea NOT NULL,
    envelope_from varchar(320) NOT NULL,
    recorded_at timestamptz NOT NULL,
    useful_until timestamptz,
    state varchar(16) DEFAULT 'recorded' NOT NULL,
    settled_at timestamptz,
    recorded_wall timestamptz DEFAULT clock_timestamp() NOT NULL,
    settled_wall timestamptz,
    claimed_until timestamptz,
    attempts bigint DEFAULT '0' NOT NULL,
    code bigint,
    reason varchar(1000) DEFAULT '' NOT NULL,
    CONSTRAINT pk_messages PRIMARY KEY (message_id),
    CONSTRAINT ck_messages_state CHECK (state IN ('recorded', 'sent', 'rejected', 'expired')),
    CONSTRAINT ck_messages_settled CHECK ((state = 'recorded') = (settled_at IS NULL))
);
CREATE INDEX ix_messages_contract ON messages (contract_id, recorded_at);
CREATE INDEX ix_messages_unsent ON messages (recorded_at) WHERE state = 'recorded';

CREATE TABLE staff (
    id varchar(64) NOT NULL,
    name varchar(200) NOT NULL,
    email varchar(320) NOT NULL,
    zone varchar(64) NOT NULL,
    roles varchar(64)[] NOT NULL,
    vendors varchar(64)[] NOT NULL,
    working_hours jsonb NOT NULL,
    country varchar(2) NOT NULL,
    daily_limit bigint NOT NULL,
    buffer_minutes bigint NOT NULL,
    active boolean DEFAULT true NOT NULL,
    CONSTRAINT pk_staff PRIMARY KEY (id),
    CONSTRAINT ck_staff_daily_limit CHECK (daily_limit >= 0),
    CONSTRAINT ck_staff_buffer_minutes CHECK (buffer_minutes >= 0)
);

CREATE TABLE bookings (
    key varchar(220) NOT NULL,
    meeting_id varchar(200) NOT NULL,
    sequence bigint NOT NULL,
    staff_id varchar(64) NOT NULL,
    slot tstzrange NOT NULL,
    blocked tstzrange NOT NULL,
    status varchar(16) NOT NULL,
    CONSTRAINT pk_bookings PRIMARY KEY (key),
    CONSTRAINT ck_bookings_status CHECK (status IN ('held', 'confirmed', 'cancelled', 'done')),
    CONSTRAINT ck_bookings_blocked CHECK (NOT isempty(slot) AND blocked @> slot),
    CONSTRAINT bookings_never_twice EXCLUDE USING gist (staff_id WITH =, blocked WITH &&)
        WHERE (status IN ('held', 'confirmed')),
    CONSTRAINT fk_bookings_staff_id FOREIGN KEY(staff_id) REFERENCES staff (id)
);
CREATE INDEX ix_bookings_meeting_id ON bookings (meeting_id);

CREATE TABLE contracts (
    id varchar(64) NOT NULL,
    customer_id varchar(64) NOT NULL,
    vendor_id varchar(64) NOT NULL,
    plan_id varchar(128) NOT NULL,
    document jsonb NOT NULL,
    signed_at timestamptz NOT NULL,
    idempotency_key varchar(200),
    workflow_started boolean DEFAULT false NOT NULL,
    CONSTRAINT pk_contracts PRIMARY KEY (id),
    CONSTRAINT fk_contracts_customer_id FOREIGN KEY(customer_id) REFERENCES customers (id),
    CONSTRAINT uq_contracts_idempotency_key UNIQUE (idempotency_key)
);
CREATE INDEX ix_contracts_customer_id ON contracts (customer_id);

CREATE TABLE feed_tokens (
    token varchar(128) NOT NULL,
    contract_id varchar(64) NOT NULL,
    revoked_at timestamptz,
    CONSTRAINT pk_feed_tokens PRIMARY KEY (token),
    CONSTRAINT fk_feed_tokens_contract_id FOREIGN KEY(contract_id) REFERENCES contracts (id)
);
CREATE INDEX ix_feed_tokens_contract_id ON feed_tokens (contract_id);

-- A live screen shows a message's state too, so it is told on the channel of the facts.
CREATE FUNCTION tell_of_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('pledge_facts', NEW.contract_id);
    RETURN NULL;
END $$;

CREATE TRIGGER tell_of_message AFTER INSERT OR UPDATE OF state ON messages
    FOR EACH ROW EXECUTE FUNCTION tell_of_message();
"""

DOWN = """
DROP TABLE feed_tokens, contracts, bookings, staff, messages, inbox, idempotency_keys, customers,
    assignments, workers;
DROP FUNCTION tell_of_message();
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
