"""The read models. They hold only what the facts do: a later change may drop, make and rebuild them."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE contract_view (
    contract_id text NOT NULL,
    workflow_id text NOT NULL,
    customer_id text NOT NULL,
    customer text NOT NULL,
    plan text NOT NULL,
    plan_name text NOT NULL,
    plan_version bigint NOT NULL,
    vendor text NOT NULL,
    vendor_name text NOT NULL,
    stage text NOT NULL,
    stage_before text,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    starts timestamptz NOT NULL,
    ends timestamptz NOT NULL,
    term_months bigint NOT NULL,
    term bigint NOT NULL,
    zone text NOT NULL,
    country text NOT NULL,
    language text NOT NULL,
    currency text NOT NULL,
    flags text[] NOT NULL,
    signed_at timestamptz NOT NULL,
    reason text DEFAULT '' NOT NULL,
    over_at timestamptz,
    meetings_held bigint,
    minutes_used bigint,
    csm_id text,
    csm_name text,
    users bigint DEFAULT 0 NOT NULL,
    devices bigint DEFAULT 0 NOT NULL,
    CONSTRAINT pk_contract_view PRIMARY KEY (contract_id)
);
CREATE INDEX ix_contract_view_csm_id ON contract_view (csm_id);
CREATE INDEX ix_contract_view_customer_id ON contract_view (customer_id);

CREATE TABLE agenda_view (
    contract_id text NOT NULL,
    key text NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    clause text NOT NULL,
    at timestamptz NOT NULL,
    due timestamptz NOT NULL,
    day date NOT NULL,
    plan_key text DEFAULT '' NOT NULL,
    number bigint DEFAULT 0 NOT NULL,
    period text DEFAULT '' NOT NULL,
    own_status text NOT NULL,
    meeting_status text,
    status text GENERATED ALWAYS AS (
        CASE
        WHEN own_status = 'done' OR meeting_status = 'held' THEN 'done'
        WHEN meeting_status IN ('no-show', 'cancelled', 'lapsed') THEN meeting_status
        WHEN own_status = 'dropped' THEN 'dropped'
        WHEN meeting_status = 'seeking' THEN 'open'
        WHEN meeting_status = 'invited' THEN 'booked'
        WHEN meeting_status IN ('confirmed', 'awaiting-outcome') THEN meeting_status
        ELSE own_status END
    ) STORED NOT NULL,
    "over" boolean GENERATED ALWAYS AS (
        own_status IN ('done', 'dropped')
        OR coalesce(meeting_status IN ('held', 'no-show', 'cancelled', 'lapsed'), own_status = 'absent')
    ) STORED NOT NULL,
    late_at timestamptz,
    own_settled_at timestamptz,
    meeting_over_at timestamptz,
    settled_at timestamptz GENERATED ALWAYS AS (
        CASE
        WHEN own_status = 'done' THEN own_settled_at
        WHEN meeting_status IN ('held', 'no-show', 'cancelled', 'lapsed') THEN meeting_over_at
        WHEN own_status = 'dropped' THEN own_settled_at END
    ) STORED,
    settled_by text DEFAULT '' NOT NULL,
    note text DEFAULT '' NOT NULL,
    CONSTRAINT pk_agenda_view PRIMARY KEY (contract_id, key)
);
CREATE INDEX ix_agenda_view_ahead ON agenda_view (contract_id, due) WHERE NOT over;

CREATE TABLE window_view (
    contract_id text NOT NULL,
    key text NOT NULL,
    title text NOT NULL,
    opens timestamptz NOT NULL,
    closes timestamptz NOT NULL,
    last_day date NOT NULL,
    closed_at timestamptz,
    lapsed_minutes bigint DEFAULT 0 NOT NULL,
    CONSTRAINT pk_window_view PRIMARY KEY (contract_id, key)
);

CREATE TABLE meeting_view (
    contract_id text NOT NULL,
    key text NOT NULL,
    title text DEFAULT '' NOT NULL,
    minutes bigint,
    clause text DEFAULT '' NOT NULL,
    earliest timestamptz,
    latest timestamptz,
    debits_hours boolean DEFAULT false NOT NULL,
    requested_by text DEFAULT '' NOT NULL,
    opened_at timestamptz,
    workflow_id text NOT NULL,
    status text NOT NULL,
    start timestamptz,
    "end" timestamptz,
    staff_id text,
    host text DEFAULT '' NOT NULL,
    host_email text DEFAULT '' NOT NULL,
    sequence bigint,
    place text DEFAULT '' NOT NULL,
    uid text,
    token text,
    held_minutes bigint,
    notes text DEFAULT '' NOT NULL,
    reason text DEFAULT '' NOT NULL,
    by text DEFAULT '' NOT NULL,
    nudges bigint DEFAULT 0 NOT NULL,
    outcome_asked bigint DEFAULT 0 NOT NULL,
    no_shows bigint DEFAULT 0 NOT NULL,
    changed_at timestamptz NOT NULL,
    over_at timestamptz,
    CONSTRAINT pk_meeting_view PRIMARY KEY (contract_id, key)
);
CREATE INDEX ix_meeting_view_staff_id ON meeting_view (staff_id);
CREATE INDEX ix_meeting_view_start ON meeting_view (start);
CREATE INDEX ix_meeting_view_token ON meeting_view (token);
CREATE INDEX ix_meeting_view_uid ON meeting_view (uid);
CREATE INDEX ix_meeting_view_workflow_id ON meeting_view (workflow_id);

CREATE TABLE attendee_view (
    contract_id text NOT NULL,
    key text NOT NULL,
    address text NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    side text NOT NULL,
    position bigint NOT NULL,
    answer text NOT NULL,
    comment text DEFAULT '' NOT NULL,
    answered_at timestamptz,
    CONSTRAINT pk_attendee_view PRIMARY KEY (contract_id, key, address)
);

CREATE TABLE role_view (
    contract_id text NOT NULL,
    role text NOT NULL,
    role_title text NOT NULL,
    main boolean DEFAULT false NOT NULL,
    status text NOT NULL,
    staff_id text,
    name text DEFAULT '' NOT NULL,
    email text DEFAULT '' NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz,
    reason text DEFAULT '' NOT NULL,
    CONSTRAINT pk_role_view PRIMARY KEY (contract_id, role)
);
CREATE INDEX ix_role_view_staff_id ON role_view (staff_id);

CREATE TABLE contact_view (
    contract_id text NOT NULL,
    address text NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    phone text DEFAULT '' NOT NULL,
    "primary" boolean DEFAULT false NOT NULL,
    set_at timestamptz,
    set_by text DEFAULT '' NOT NULL,
    asked_at timestamptz,
    CONSTRAINT pk_contact_view PRIMARY KEY (contract_id, address)
);

CREATE TABLE hours_view (
    contract_id text NOT NULL,
    granted bigint NOT NULL,
    left_minutes bigint NOT NULL,
    reserved bigint DEFAULT 0 NOT NULL,
    used bigint DEFAULT 0 NOT NULL,
    overage bigint DEFAULT 0 NOT NULL,
    lapsed bigint GENERATED ALWAYS AS (GREATEST(0, granted - left_minutes - reserved - used)) STORED NOT NULL,
    CONSTRAINT pk_hours_view PRIMARY KEY (contract_id)
);

CREATE TABLE hours_lines (
    workflow_id text NOT NULL,
    seq bigint NOT NULL,
    contract_id text NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    minutes bigint NOT NULL,
    overage_minutes bigint DEFAULT 0 NOT NULL,
    left_minutes bigint NOT NULL,
    CONSTRAINT pk_hours_lines PRIMARY KEY (workflow_id, seq)
);
CREATE INDEX ix_hours_lines_contract_id ON hours_lines (contract_id);

CREATE TABLE overage_view (
    contract_id text NOT NULL,
    key text NOT NULL,
    minutes bigint NOT NULL,
    rate bigint,
    amount bigint,
    currency text DEFAULT '' NOT NULL,
    status text NOT NULL,
    asked_at timestamptz,
    answered_at timestamptz,
    by text DEFAULT '' NOT NULL,
    CONSTRAINT pk_overage_view PRIMARY KEY (contract_id, key)
);

CREATE TABLE charge_view (
    contract_id text NOT NULL,
    key text NOT NULL,
    subject text NOT NULL,
    clauses text[] NOT NULL,
    day date NOT NULL,
    amount bigint,
    currency text NOT NULL,
    text text NOT NULL,
    quantity bigint,
    unit_amount bigint,
    at timestamptz NOT NULL,
    CONSTRAINT pk_charge_view PRIMARY KEY (contract_id, key)
);

CREATE TABLE task_view (
    contract_id text NOT NULL,
    task text NOT NULL,
    subject text DEFAULT '' NOT NULL,
    title text DEFAULT '' NOT NULL,
    detail text DEFAULT '' NOT NULL,
    staff_id text,
    due timestamptz,
    opened_at timestamptz,
    done_at timestamptz,
    done_by text DEFAULT '' NOT NULL,
    open boolean GENERATED ALWAYS AS (
        opened_at IS NOT NULL AND (done_at IS NULL OR done_at < opened_at)
    ) STORED NOT NULL,
    CONSTRAINT pk_task_view PRIMARY KEY (contract_id, task)
);
CREATE INDEX ix_task_view_contract_open ON task_view (contract_id) WHERE open;
CREATE INDEX ix_task_view_open ON task_view (staff_id, due) WHERE open;
"""

DOWN = """
DROP TABLE task_view, charge_view, overage_view, hours_lines, hours_view, contact_view, role_view,
    attendee_view, meeting_view, window_view, agenda_view, contract_view;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
