"""what was imported is not needed any more

Revision ID: f0a7d3c6e918
Revises: 8e50b7a2d6f1
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = 'f0a7d3c6e918'
down_revision = '8e50b7a2d6f1'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table('report_import')


def downgrade() -> None:
    op.create_table(
        'report_import',
        sa.Column('report_id', sa.Integer(), nullable=False),
        sa.Column('organization_name', sa.String(200), nullable=False),
        sa.Column('address', sa.Text()),
        sa.PrimaryKeyConstraint('report_id'),
    )
