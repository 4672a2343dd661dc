"""role of beta testers

Revision ID: 5c8e2f1a6b30
Revises: a3d1c5e70b94
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '5c8e2f1a6b30'
down_revision = 'a3d1c5e70b94'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE role_name ADD VALUE IF NOT EXISTS 'BETA_TESTER'")


def downgrade() -> None:
    # a value cannot be taken out of an enum
    pass
