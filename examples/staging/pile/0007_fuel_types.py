"""renewable fuel types

Revision ID: a3d1c5e70b94
Revises: 190b6e7d3f52
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = 'a3d1c5e70b94'
down_revision = '190b6e7d3f52'
branch_labels = None
depends_on = None


def upgrade() -> None:
    fuel_type = sa.table('fuel_type', sa.column('name', sa.String))
    op.bulk_insert(fuel_type, [{'name': 'Renewable diesel'}, {'name': 'Renewable naphtha'}])


def downgrade() -> None:
    op.execute("DELETE FROM fuel_type WHERE name IN ('Renewable diesel', 'Renewable naphtha')")
