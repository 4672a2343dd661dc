"""historical snapshot in place of credits_offset

Revision ID: 54d0c3a91e7f
Revises: 7c1e5a0b9d21
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '54d0c3a91e7f'
down_revision = '7c1e5a0b9d21'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('report_summary', sa.Column('historical_snapshot', postgresql.JSONB(), nullable=True))
    # what the old columns say goes along
    op.execute("""
        UPDATE report_summary
           SET historical_snapshot = jsonb_build_object('offset_a', credits_offset_a, 'offset_b', credits_offset_b)
    """)
    op.drop_column('report_summary', 'credits_offset_b')
    op.drop_column('report_summary', 'credits_offset_a')


def downgrade() -> None:
    op.add_column('report_summary', sa.Column('credits_offset_a', sa.Integer()))
    op.add_column('report_summary', sa.Column('credits_offset_b', sa.Integer()))
    op.drop_column('report_summary', 'historical_snapshot')
