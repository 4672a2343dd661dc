"""penalty log

Revision ID: 63a9f0d2b4c8
Revises: 7c1e5a0b9d21
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '63a9f0d2b4c8'
down_revision = '54d0c3a91e7f'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'penalty_log',
        sa.Column('penalty_log_id', sa.Integer(), nullable=False),
        sa.Column('organization_id', sa.Integer(), sa.ForeignKey('organization.organization_id'), nullable=False),
        sa.Column('amount', sa.Numeric(12, 2), nullable=False),
        sa.PrimaryKeyConstraint('penalty_log_id'),
    )


def downgrade() -> None:
    op.drop_table('penalty_log')
