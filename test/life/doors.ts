// A small migration whose cutover has a gate and a switch, for runs that wait, go on, turn back and are broken off.
import { bigint, into, mapping, migration, none, type Table, table, text } from '../../src/index.ts'
import type { Doing, Step } from '../../src/steps/step.ts'
import type { Kind } from '../targets/place.ts'

export const step = (title: string, doing: Doing, params: Step['params'] = {}): Step => ({
  kind: 'for a test',
  title,
  at: undefined,
  params,
  doing,
})

/** What the migration's steps meet, and what became of it. */
export class World {
  open = false
  rollBack: string | undefined
  breaks: 'before' | 'after' | undefined
  isOn = false
  readonly said: string[] = []

  gate = (title = 'the door'): Step =>
    step(title, {
      says: ['waits until somebody opens it'],
      gate: true,
      do: async () => {
        this.said.push(`asked ${title}`)
        return this.open ? { done: 'open' } : { waits: `${title} is shut`, next: ['open it'] }
      },
    })

  switch = (): Step =>
    step('the switch', {
      says: ['turned on', 'and off again'],
      do: async (hands) => {
        const before = await hands.memory.read()
        if (before === undefined) await hands.memory.write({ was: this.isOn })
        if (this.breaks === 'before') throw new Error('broken off before')
        this.isOn = true
        this.said.push('on')
        if (this.breaks === 'after') throw new Error('broken off after')
        return { done: 'turned on' }
      },
      undo: async (hands) => {
        const was = (await hands.memory.read()) as { was: boolean } | undefined
        this.said.push('off')
        if (was) this.isOn = was.was
      },
    })

  watch = (): Step =>
    step('the watch', {
      says: ['looks whether it holds'],
      gate: true,
      do: async () => (this.rollBack === undefined ? { done: 'it holds' } : { rollBack: this.rollBack }),
    })
}

export const setup = ({ drawn, word, name }: Kind): string => {
  const end = name === 'MariaDB' ? ' engine = innodb' : ''
  return [
    `create table old_thing (id bigint primary key, name ${word} not null)${end}`,
    `create table thing (id ${drawn}, name ${word} not null)${end}`,
    `insert into old_thing values ${Array.from({ length: 12 }, (_, i) => `(${i + 1}, 'thing ${i + 1}')`).join(', ')}`,
    `insert into thing (name) values ('there before')`,
  ].join(';\n')
}

export const tables = ({ schema }: Kind): { old: Table; made: Table } => ({
  old: table(`${schema}.old_thing`, { id: bigint().key(), name: text() }),
  made: table(`${schema}.thing`, { id: bigint().key().default(), name: text() }),
})

export function things(kind: Kind, world: World, more: { assess?: Step[]; gates?: Step[]; late?: Step[]; name?: string } = {}) {
  const { old, made } = tables(kind) as { old: ReturnType<typeof table>; made: ReturnType<typeof table> }
  const rows = mapping(old, (r) => into(made, { name: r['name']! as never }), { name: 'things' })
  return migration(more.name ?? 'things', rows, {
    assess: more.assess ?? [],
    cutover: [...(more.gates ?? [world.gate()]), world.switch(), ...(more.late ?? [world.watch()])],
    verify: [none('no thing without a name', { of: made, rows: `select id from ${made.id} where name = ''` })],
  })
}
