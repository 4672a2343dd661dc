"""organization as it was when the report was signed

Revision ID: 8e50b7a2d6f1
Revises: 67b4d9e0c213
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '8e50b7a2d6f1'
down_revision = '67b4d9e0c213'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'organization_snapshot',
        sa.Column('report_id', sa.Integer(), sa.ForeignKey('compliance_report.report_id'), nullable=False),
        sa.Column('name', sa.String(200), nullable=False),
        sa.Column('address', sa.Text()),
        sa.PrimaryKeyConstraint('report_id'),
    )
    op.execute("""
        INSERT INTO organization_snapshot (report_id, name, address)
        SELECT r.report_id, i.organization_name, i.address
          FROM compliance_report r JOIN report_import i USING (report_id)
    """)


def downgrade() -> None:
    op.drop_table('organization_snapshot')
