"""company overview of an organization

Revision ID: 7c1e5a0b9d21
Revises: 1d2e3f4a5b6c
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '7c1e5a0b9d21'
down_revision = '1d2e3f4a5b6c'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('organization', sa.Column('company_details', sa.Text(), nullable=True))
    op.add_column('organization', sa.Column('records_address', sa.String(500), nullable=True))


def downgrade() -> None:
    op.drop_column('organization', 'records_address')
    op.drop_column('organization', 'company_details')
