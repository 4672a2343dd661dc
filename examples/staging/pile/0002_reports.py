"""reports

Revision ID: 1d2e3f4a5b6c
Revises: 0c1d2e3f4a5b
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '1d2e3f4a5b6c'
down_revision = '0c1d2e3f4a5b'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'compliance_report',
        sa.Column('report_id', sa.Integer(), nullable=False),
        sa.Column('organization_id', sa.Integer(), sa.ForeignKey('organization.organization_id'), nullable=False),
        sa.Column('period', sa.Integer(), nullable=False, server_default='2025'),
        sa.PrimaryKeyConstraint('report_id'),
    )
    op.create_table(
        'report_summary',
        sa.Column('report_id', sa.Integer(), sa.ForeignKey('compliance_report.report_id'), nullable=False),
        sa.Column('credits_offset_a', sa.Integer()),
        sa.Column('credits_offset_b', sa.Integer()),
        sa.PrimaryKeyConstraint('report_id'),
    )
    op.create_table(
        'report_import',
        sa.Column('report_id', sa.Integer(), nullable=False),
        sa.Column('organization_name', sa.String(200), nullable=False),
        sa.Column('address', sa.Text()),
        sa.PrimaryKeyConstraint('report_id'),
    )


def downgrade() -> None:
    op.drop_table('report_import')
    op.drop_table('report_summary')
    op.drop_table('compliance_report')
