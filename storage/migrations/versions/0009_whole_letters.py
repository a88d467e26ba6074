"""A letter is kept whole: as large as a mail that comes in may be, so that a person can make a ticket of it."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

UP = """
ALTER TABLE inbox DROP CONSTRAINT ck_inbox_raw;
ALTER TABLE inbox ADD CONSTRAINT ck_inbox_raw CHECK (octet_length(raw) <= 31457280);
"""

DOWN = """
UPDATE inbox SET raw = substring(raw for 1048576) WHERE octet_length(raw) > 1048576;
ALTER TABLE inbox DROP CONSTRAINT ck_inbox_raw;
ALTER TABLE inbox ADD CONSTRAINT ck_inbox_raw CHECK (octet_length(raw) <= 1048576);
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
