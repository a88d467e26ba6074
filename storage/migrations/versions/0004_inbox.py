"""The inbox gets readers: which meeting a letter is about, who has handled it, and news for open pages."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UP = """
ALTER TABLE inbox
    ADD COLUMN meeting_key varchar(320),
    ADD COLUMN handled_by varchar(200) DEFAULT '' NOT NULL;
CREATE INDEX ix_inbox_unhandled ON inbox (received_at) WHERE handled_at IS NULL;

-- A letter without a contract is told as '-': an event without data would never reach a page.
CREATE FUNCTION tell_of_letter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('pledge_facts', coalesce(NEW.contract_id, '-'));
    RETURN NULL;
END $$;

CREATE TRIGGER tell_of_letter AFTER INSERT OR UPDATE OF handled_at ON inbox
    FOR EACH ROW EXECUTE FUNCTION tell_of_letter();
"""

DOWN = """
DROP TRIGGER tell_of_letter ON inbox;
DROP FUNCTION tell_of_letter();
DROP INDEX ix_inbox_unhandled;
ALTER TABLE inbox DROP COLUMN meeting_key, DROP COLUMN handled_by;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
