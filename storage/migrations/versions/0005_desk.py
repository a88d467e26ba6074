"""The desk: who is on call in which rotation, who stands in for whom, and which channels were down."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE rotations (
    key varchar(64) NOT NULL,
    vendor_id varchar(64) DEFAULT '' NOT NULL,
    name varchar(200) NOT NULL,
    members text[] NOT NULL,
    handover varchar(16) NOT NULL,
    handover_minute bigint NOT NULL,
    first_day date NOT NULL,
    zone varchar(64) NOT NULL,
    CONSTRAINT pk_rotations PRIMARY KEY (key),
    CONSTRAINT ck_rotations_members CHECK (cardinality(members) > 0),
    CONSTRAINT ck_rotations_handover CHECK (handover IN ('daily', 'weekly')),
    CONSTRAINT ck_rotations_handover_minute CHECK (handover_minute BETWEEN 0 AND 1439)
);

CREATE TABLE rotation_overrides (
    id bigint GENERATED ALWAYS AS IDENTITY,
    rotation_key varchar(64) NOT NULL,
    begins timestamptz NOT NULL,
    ends timestamptz NOT NULL,
    member varchar(64) NOT NULL,
    by varchar(200) NOT NULL,
    reason varchar(500) DEFAULT '' NOT NULL,
    created_wall timestamptz DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_rotation_overrides PRIMARY KEY (id),
    CONSTRAINT ck_rotation_overrides_span CHECK (begins < ends),
    CONSTRAINT fk_rotation_overrides_rotation_key FOREIGN KEY(rotation_key) REFERENCES rotations (key)
        ON DELETE CASCADE
);
CREATE INDEX ix_rotation_overrides_rotation ON rotation_overrides (rotation_key, ends);

CREATE TABLE channel_downtimes (
    id bigint GENERATED ALWAYS AS IDENTITY,
    vendor_id varchar(64) NOT NULL,
    channel varchar(200) NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz,
    by varchar(200) NOT NULL,
    reason varchar(500) DEFAULT '' NOT NULL,
    ended_by varchar(200) DEFAULT '' NOT NULL,
    ended_reason varchar(500) DEFAULT '' NOT NULL,
    CONSTRAINT pk_channel_downtimes PRIMARY KEY (id),
    CONSTRAINT ck_channel_downtimes_span CHECK (since <= until)
);
CREATE INDEX ix_channel_downtimes_channel ON channel_downtimes (vendor_id, channel, since);

-- A channel is down once, however many people say so.
CREATE UNIQUE INDEX uq_channel_downtimes_open ON channel_downtimes (vendor_id, channel) WHERE until IS NULL;
"""

DOWN = "DROP TABLE channel_downtimes, rotation_overrides, rotations"


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
