"""The facts, and the triggers that keep them: no change, no gap, a word to the live screens."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE facts (
    workflow_id varchar(200) NOT NULL,
    seq bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    kind varchar(64) NOT NULL,
    contract_id varchar(64) NOT NULL,
    subject varchar(320) NOT NULL,
    clauses varchar(64)[] NOT NULL,
    data jsonb NOT NULL,
    canonical text NOT NULL,
    previous varchar(64) NOT NULL,
    digest varchar(64) NOT NULL,
    CONSTRAINT pk_facts PRIMARY KEY (workflow_id, seq),
    CONSTRAINT ck_facts_seq CHECK (seq >= 1),
    CONSTRAINT ck_facts_digest CHECK (digest ~ '^[0-9a-f]{64}$' AND previous ~ '^[0-9a-f]{64}$'),
    CONSTRAINT uq_facts_id UNIQUE (id)
);
CREATE INDEX ix_facts_contract ON facts (contract_id, id);

-- Facts are immutable, whoever asks. A statement trigger also refuses a statement that would hit no row.
CREATE FUNCTION refuse_change_of_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'facts are immutable: % is refused', TG_OP USING ERRCODE = 'PLG01';
END $$;

CREATE TRIGGER refuse_change_of_facts BEFORE UPDATE OR DELETE OR TRUNCATE ON facts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_facts();

-- A fact follows the one before it in its workflow: no gap, and its digest as the previous one.
CREATE FUNCTION check_chain_of_facts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    expected text;
BEGIN
    IF NEW.seq = 1 THEN
        expected := repeat('0', 64);
    ELSE
        SELECT digest INTO expected FROM facts WHERE workflow_id = NEW.workflow_id AND seq = NEW.seq - 1;
    END IF;
    IF expected IS DISTINCT FROM NEW.previous THEN
        RAISE EXCEPTION 'fact % of % does not follow the one before it', NEW.seq, NEW.workflow_id
            USING ERRCODE = 'PLG02';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER check_chain_of_facts BEFORE INSERT ON facts
    FOR EACH ROW EXECUTE FUNCTION check_chain_of_facts();

-- PostgreSQL sends equal notifications of one transaction once.
CREATE FUNCTION tell_of_fact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('pledge_facts', NEW.contract_id);
    RETURN NULL;
END $$;

CREATE TRIGGER tell_of_fact AFTER INSERT ON facts
    FOR EACH ROW EXECUTE FUNCTION tell_of_fact();
"""

DOWN = """
DROP TABLE facts;
DROP FUNCTION refuse_change_of_facts();
DROP FUNCTION check_chain_of_facts();
DROP FUNCTION tell_of_fact();
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
