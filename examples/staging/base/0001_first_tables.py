"""first tables

Revision ID: 0c1d2e3f4a5b
Revises: 
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0c1d2e3f4a5b'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'organization',
        sa.Column('organization_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint('organization_id'),
    )
    op.create_table(
        'user_profile',
        sa.Column('user_profile_id', sa.Integer(), nullable=False),
        sa.Column('organization_id', sa.Integer(), sa.ForeignKey('organization.organization_id')),
        sa.Column('role', sa.Enum('ADMIN', 'SIGNER', 'READER', name='role_name'), nullable=False),
        sa.PrimaryKeyConstraint('user_profile_id'),
    )
    op.create_table(
        'fuel_code',
        sa.Column('fuel_code_id', sa.Integer(), nullable=False),
        sa.Column('prefix', sa.String(10), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('fuel_code_id'),
    )
    op.create_table(
        'fuel_type',
        sa.Column('fuel_type_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(60), nullable=False, unique=True),
        sa.PrimaryKeyConstraint('fuel_type_id'),
    )


def downgrade() -> None:
    op.drop_table('fuel_type')
    op.drop_table('fuel_code')
    op.drop_table('user_profile')
    op.execute('DROP TYPE role_name')
    op.drop_table('organization')
