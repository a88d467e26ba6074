"""A question about hours beyond the package has an address that nobody can guess."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE overage_view ADD COLUMN token text")
    op.execute("CREATE INDEX ix_overage_view_token ON overage_view (token)")


def downgrade() -> None:
    op.execute("DROP INDEX ix_overage_view_token")
    op.execute("ALTER TABLE overage_view DROP COLUMN token")
