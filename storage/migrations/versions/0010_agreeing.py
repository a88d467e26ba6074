"""Whose agreement closes a ticket: contacts come and go while it is open."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

UP = "ALTER TABLE ticket_view ADD COLUMN agree jsonb DEFAULT '[]' NOT NULL"
DOWN = "ALTER TABLE ticket_view DROP COLUMN agree"


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
