// A constraint dropped; an undo makes it again as it was: its index is built beside everybody, and the rows that are there are looked at
// after new ones are held to it.
import { undoRefused } from '../../errors/run.ts'
import { origin } from '../../expr/origin.ts'
import type { Table } from '../../schema/table.ts'
import type { Hands, Row } from '../hands.ts'
import type { Step } from '../step.ts'
import { brief, holds, online, reasonsOf, wasBefore } from './move.ts'
import { besides, constraintThere, constraintValid, idOf, indexValid, literal, named, quote, reason, relation, short } from './words.ts'

export function dropConstraint(table: Table | string, name: string): Step {
  const id = idOf(table)
  return online({
    kind: 'online drop constraint',
    title: `${short(id)}: drop ${name}`,
    at: origin(),
    changes: [id],
    params: { table: id, name },
    elsewhere: (words) => words.dropConstraint(id, name),
    moves: [
      {
        ...brief({
          name: 'drop',
          sql: `alter table ${named(id)} drop constraint ${quote(name)} restrict`,
          there: `not ${constraintThere(id, name)}`,
        }),
        undo: (hands) => back(hands, id, name),
      },
    ],
    against: (hands) => against(hands, id, name),
    was: (hands) => definition(hands, id, name),
  })
}

const constraint = (id: string, name: string): string =>
  `pg_constraint k where k.conrelid = ${relation(id)} and k.conname = ${literal(name)}`

const against = (hands: Hands, id: string, name: string): Promise<readonly string[]> =>
  reasonsOf(
    hands,
    [
      reason(`not ${constraintThere(id, name)}`, `${short(id)} has no constraint ${name}`),
      `select case k.contype when 'n' then 'it says that a column must have a value: say dropNotNull' when 'x' then 'it keeps rows apart, and could not be made again beside everybody' else 'it is a trigger' end as reason from ${constraint(id, name)} and k.contype not in ('c', 'f', 'u', 'p')`,
      `select 'it belongs to a partitioned table, or comes from one' from ${constraint(id, name)} and (k.coninhcount > 0 or k.conparentid <> 0 or exists (select from pg_inherits where inhparent = k.conrelid) or (select relkind = 'p' from pg_class where oid = k.conrelid))`,
      `select 'foreign key ' || f.conname || ' of ' || f.conrelid::regclass || ' points at it' from pg_constraint f, ${constraint(id, name)} and k.contype in ('u', 'p') and f.contype = 'f' and f.conindid = k.conindid`,
      `select 'it says by which rows are known to those that follow the table' from ${constraint(id, name)} and exists (select from pg_index where indexrelid = k.conindid and k.contype in ('u', 'p') and (indisreplident or k.contype = 'p' and exists (select from pg_publication_tables where format('%I.%I', schemaname, tablename)::regclass = k.conrelid)))`,
      `select 'view ' || c.oid::regclass || ' groups by it' from pg_depend d, pg_rewrite r, pg_class c, ${constraint(id, name)} and d.refclassid = 'pg_constraint'::regclass and d.refobjid = k.oid and d.classid = 'pg_rewrite'::regclass and r.oid = d.objid and c.oid = r.ev_class`,
    ].join(' union all '),
  )

/** A constraint with an index is made of it; the others are said in words. */
const definition = async (hands: Hands, id: string, name: string): Promise<Row> =>
  (
    await hands.target.ask(
      `select k.contype as kind, k.convalidated::text as valid, pg_get_constraintdef(k.oid) as made, obj_description(k.oid, 'pg_constraint') as comment,
          case when k.contype in ('u', 'p') then pg_get_indexdef(k.conindid) end as index, case when k.contype in ('u', 'p') then obj_description(k.conindid, 'pg_class') end as index_comment,
          case when k.condeferred then ' deferrable initially deferred' when k.condeferrable then ' deferrable' else '' end as manner,
          (select indisclustered::text from pg_index where indexrelid = k.conindid and k.contype in ('u', 'p')) as clustered
        from ${constraint(id, name)}`,
    )
  )[0]!

async function back(hands: Hands, id: string, name: string): Promise<void> {
  const was = await wasBefore(hands)
  try {
    if (was['index'] == null) await boundAgain(hands, id, name, was)
    else await builtAgain(hands, id, name, was, was['index'])
  } catch (problem) {
    if (!brokenBy(problem as Failure)) throw problem
    throw undoRefused({
      reasons: [`${short(id)}: rows written since do not hold to ${name}: ${(problem as Error).message}`],
      hint: 'Mend these rows; then undo again.',
    })
  }
}

interface Failure {
  readonly sqlstate?: string
  readonly cause?: Failure
}

/** Rows: as the server says it, or as the run has put it into its own words. */
const brokenBy = ({ sqlstate, cause }: Failure): boolean => sqlstate?.startsWith('23') || (cause !== undefined && brokenBy(cause))

async function boundAgain(hands: Hands, id: string, name: string, { made, valid, comment }: Row): Promise<void> {
  const [table, called] = [named(id), quote(name)]
  const waits = valid === 'true' ? ' not valid' : ''
  if (!(await holds(hands, constraintThere(id, name))))
    await hands.schema.reshape([`alter table ${table} add constraint ${called} ${made}${waits}`, ...said(table, called, comment)])
  if (valid === 'true' && !(await holds(hands, constraintValid(id, name))))
    await hands.schema.validate([`alter table ${table} validate constraint ${called}`])
}

async function builtAgain(hands: Hands, id: string, name: string, { kind, manner, comment, ...was }: Row, index: string): Promise<void> {
  if (await holds(hands, constraintThere(id, name))) return
  const [table, called] = [named(id), quote(name)]
  const drop = `drop index concurrently if exists ${besides(id, name)}`
  if (!(await holds(hands, indexValid(id, name))))
    await hands.schema.alone([drop, index.replace(/ INDEX /, ' INDEX CONCURRENTLY ')]).catch(async (problem: unknown) => {
      // what could not be built whole would hold new rows to it all the same
      await hands.schema.alone([drop])
      throw problem
    })
  await hands.schema.reshape([
    `alter table ${table} add constraint ${called} ${kind === 'p' ? 'primary key' : 'unique'} using index ${called}${manner}`,
    ...said(table, called, comment),
    ...(was['index_comment'] == null ? [] : [`comment on index ${besides(id, name)} is ${literal(was['index_comment'])}`]),
    ...(was['clustered'] === 'true' ? [`alter table ${table} cluster on ${called}`] : []),
  ])
}

const said = (table: string, called: string, comment: string | null | undefined): string[] =>
  comment == null ? [] : [`comment on constraint ${called} on ${table} is ${literal(comment)}`]
