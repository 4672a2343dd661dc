"""view for analysts

Revision ID: 67b4d9e0c213
Revises: 5c8e2f1a6b30
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '67b4d9e0c213'
down_revision = '5c8e2f1a6b30'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE VIEW penalties_by_organization AS
        SELECT o.name, o.company_details, sum(p.amount) AS amount
          FROM organization o JOIN penalty_log p USING (organization_id)
         GROUP BY o.name, o.company_details
    """)


def downgrade() -> None:
    op.execute('DROP VIEW penalties_by_organization')
