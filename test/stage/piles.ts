// Piles in memory: files by their names, read and judged as those on disk are.
import { type Analysis, analyse, type Judged } from '../../src/stage/analysis.ts'
import { planPhases, type StagePlan } from '../../src/stage/phases.ts'
import { readPile } from '../../src/stage/pile.ts'
import { noSettings, readSettings } from '../../src/stage/settings.ts'
import type { Folder } from '../../src/stage/types.ts'

export type Files = Readonly<Record<string, string>>

export const folderOf = (files: Files, at = 'versions'): Folder => ({
  at,
  files: Object.keys(files).filter((file) => file.startsWith(`${at}/`)),
  text: (file) => files[file],
})

export const analysed = (files: Files, format?: string): Promise<Analysis> => analyse(readPile(folderOf(files), format))

export async function verdict(files: Files, id?: string): Promise<Judged> {
  const { judged } = await analysed(files)
  return id === undefined ? judged.at(-1)! : judged.find((j) => j.migration.id === id)!
}

export const staged = async (files: Files, settings?: string): Promise<StagePlan> =>
  planPhases(await analysed(files), settings === undefined ? noSettings : readSettings(settings, 'stage.yaml'))

const inside = (lines: string): string =>
  lines
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')

interface Revision {
  readonly parent?: string | readonly string[] | undefined
  readonly needs?: string
  readonly down?: string
  readonly top?: string
  readonly revises?: string
}

/** A revision as Alembic writes it; `up` is the body of upgrade(). */
export function revision(id: string, up: string, { parent, needs, down = 'pass', top = '', revises }: Revision = {}): Files {
  const parents =
    parent === undefined ? 'None' : typeof parent === 'string' ? `'${parent}'` : `(${parent.map((p) => `'${p}'`).join(', ')},)`
  return {
    [`versions/${id}.py`]: `"""${id} does something

Revision ID: ${id}
Revises: ${revises ?? (parent === undefined ? '' : [parent].flat().join(', '))}
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '${id}'
down_revision: str = ${parents}
depends_on = ${needs ? `'${needs}'` : 'None'}
${top}

def upgrade() -> None:
${inside(up)}


def downgrade():
${inside(down)}
`,
  }
}

/** Tables that are there before: orders with rows, and users. */
export const before = revision(
  'a1',
  `op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.String(200)))
op.create_table(
    'orders',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('user_id', sa.Integer(), sa.ForeignKey('users.id')),
    sa.Column('total', sa.Numeric(10, 2), nullable=False),
    sa.Column('state', sa.Enum('open', 'done', name='order_state'), server_default='open', nullable=False),
    sa.Column('note', sa.String(length=100), nullable=True),
    sa.PrimaryKeyConstraint('id'),
)`,
  { down: `op.drop_table('orders')\nop.drop_table('users')` },
)

/** One revision after those. */
export const after = (up: string, more: Omit<Revision, 'parent'> = {}): Files => ({
  ...before,
  ...revision('b2', up, { parent: 'a1', ...more }),
})
