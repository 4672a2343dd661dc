"""prefix of fuel codes

Revision ID: 190b6e7d3f52
Revises: 63a9f0d2b4c8
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '190b6e7d3f52'
down_revision = '63a9f0d2b4c8'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE fuel_code SET prefix = 'C-' WHERE prefix = 'CA-'")


def downgrade() -> None:
    pass
