// Keys of another kind that are told from the old ones by a table of pairs, and by two functions. The pairs outlive everything: who begins
// anew gets the same keys.
import { literal, named, quote, short } from '../../words.ts'
import type { Member } from '../graph.ts'
import { foundKey, guarded, newKey, oldKey, pairsOf, sequenceOf } from '../keys.ts'
import { numbersLetGo, numbersTakenUp } from '../numbers.ts'
import { alike, defaultGoes, isWhole } from '../old-key.ts'
import type { Around, Giving, KeyKind } from './kind.ts'
import { atOnce } from './rows-at-once.ts'

/** What tells the kinds from each other. */
export interface NewKeys {
  readonly type: 'uuid' | 'bigint'
  /** Statements, once there is a table of pairs. */
  readonly made: readonly string[]
  /** The function that gives a new key for an old one. */
  readonly asked: string
  /** A query of pairs for a query of old keys. */
  allFor(keys: string): string
  /** Pairs that the rule gives again. */
  readonly forgotten: readonly string[]
  /** From the change of places on rows get their keys from the database, until it is taken back. */
  readonly givenFrom: readonly string[]
  readonly givenNoMore: readonly string[]
}

export const paired = (giving: Giving, keys: NewKeys): KeyKind => {
  const { r, key, old } = giving
  const type = old.type ?? 'bigint'
  const rows = {
    missing: `exists (select ${unpaired(giving)})`,
    made: [
      `insert into ${pairsOf(r)} ${keys.allFor(`select t.${quote(key.column)} as n ${unpaired(giving)}`)} on conflict do nothing`,
      `analyze ${pairsOf(r)}`,
    ],
    forgotten: keys.forgotten,
  }
  const given = givenBy[old.source](giving)
  return {
    against: unpairable(giving, keys.type),
    notBack: [],
    forEveryValue: false,
    pointedAtBy: isWhole(old) ? {} : { in: alike(old).names },
    loosens: old.source === 'nobody',
    functions: {
      made: [
        `create table if not exists ${pairsOf(r)} (old_key ${type} primary key, new_key ${keys.type} not null unique)`,
        ...keys.made,
        keys.asked,
        `create or replace function ${foundKey(r)}(n ${type}) returns ${keys.type} language sql stable ${guarded} as $$ select p.new_key from ${pairsOf(r)} p where p.old_key = n $$`,
      ],
      there: `to_regclass(${literal(pairsOf(r))}) is not null and to_regproc(${literal(newKey(r))}) is not null`,
      sinceThen: [oldKeys(giving, keys.type)],
    },
    rows,
    newKey: (m, value) => `${keyIn(giving, m)}(${value})`,
    oldKey: (value) => `${oldKey(r)}(${value})`,
    found: (m) =>
      `${quote(m.fresh)} = coalesce(${quote(m.fresh)}, (select godwit_new from ${pairsOf(r)} p(godwit_old, godwit_new) where godwit_old = ${quote(m.column)}), ${keyIn(giving, m)}(${quote(m.column)}))`,
    fillsNew: (m) => [fills(m.column, m.fresh, keyIn(giving, m)), ...(m.isKey ? [noted(giving)] : [])],
    fillsOld: (m) => [m.isKey ? given.fills : fills(m.column, m.away, oldKey(r))],
    byNames: { there: { before: [], after: keys.givenFrom }, back: { before: keys.givenNoMore, after: [] } },
    writtenAnew: {
      there: { ...given.there, last: keys.givenFrom },
      back: { ...given.back, first: keys.givenNoMore },
    },
    atOnce: (hands) => atOnce(hands, giving, keys.type, rows.made),
  }
}

/** Rows whose keys do not stand among the pairs. */
const unpaired = ({ r, key }: Giving): string =>
  `from ${named(key.id)} t where not exists (select from ${pairsOf(r)} p where p.old_key = t.${quote(key.column)})`

/** The new key of what stands in a column. */
const keyIn = ({ r }: Giving, { loose }: Member): string => (loose?.dangling === 'null' ? foundKey(r) : newKey(r))

function unpairable({ r, key, old }: Giving, type: NewKeys['type']): readonly string[] {
  const at = `${short(key.id)}.${key.column}`
  if (old.type === undefined) return [`${at} is ${old.is}: only whole numbers, UUIDs and texts can be given up for others`]
  if (old.type === type) return [`${at} is ${type} already`]
  if (old.source !== 'nobody' || r.keep !== undefined) return []
  const none = isWhole(old) ? 'draws its numbers from no sequence of its own' : 'has no default'
  return [
    `${at} ${none}, so nobody gives an old key to a new row: say keep: 'old_${key.column}', where whoever writes rows can put one. As long as there is a row without one, nothing can be taken back`,
  ]
}

const fills = (from: string, into: string, by: string): string =>
  `  if tg_op = 'INSERT' or new.${quote(from)} is distinct from old.${quote(from)} or new.${quote(into)} is null then new.${quote(into)} := ${by}(new.${quote(from)}); end if;`

/** Whoever looks for it by its old key, where no foreign key leads, finds it among the pairs. */
const noted = ({ r, key: { column, fresh } }: Giving): string =>
  `  if tg_op = 'INSERT' or new.${quote(column)} is distinct from old.${quote(column)} then insert into ${pairsOf(r)} values (new.${quote(column)}, new.${quote(fresh)}) on conflict do nothing; end if;`

interface Given {
  /** Lines that give an old key to a new row. */
  readonly fills: string
  /** Where the tables are written anew and the old keys go to another column. */
  readonly there: Around
  readonly back: Around
}

/** An old key for a new row, by where old keys come from. */
const givenBy: Readonly<Record<Giving['old']['source'], (giving: Giving) => Given>> = {
  /** From where numbers have always come from, unless somebody who points at it has drawn one for it. */
  sequence: (giving) => {
    const { r, key } = giving
    const [made, number] = [`new.${quote(key.column)}`, `new.${quote(key.away)}`]
    return {
      fills: `  declare n ${giving.old.type}; begin
    if tg_op = 'INSERT' or ${made} is distinct from old.${quote(key.column)} then
      select p.old_key into n from ${pairsOf(r)} p where p.new_key = ${made};
      if n is not null then ${number} := n; end if;
      if ${number} is null then ${number} := nextval(${sequenceOf(r, key.away)}); end if;
      insert into ${pairsOf(r)} values (${number}, ${made}) on conflict (old_key) do update set new_key = excluded.new_key;
    end if;
  end;`,
      there: { before: numbersLetGo(key.id, key.column), after: [numbersTakenUp(key.id, key.away)] },
      back: { before: numbersLetGo(key.id, key.away), after: [numbersTakenUp(key.id, key.column)] },
    }
  },
  default: (giving) => {
    const { id, column, away } = giving.key
    return {
      fills: asWritten(giving),
      there: {
        before: [defaultGoes(id, column, away)],
        after: [`alter table ${named(id)} alter column ${quote(away)} set not null`],
      },
      back: { before: [], after: [defaultGoes(id, away, column)] },
    }
  },
  nobody: (giving) => ({ fills: asWritten(giving), there: { before: [], after: [] }, back: { before: [], after: [] } }),
}

/** A default has given it, or whoever writes; nothing stands in for a key that nobody gives. */
const asWritten = ({ r, key }: Giving): string => {
  const [made, word] = [`new.${quote(key.column)}`, `new.${quote(key.away)}`]
  return `  if tg_op = 'INSERT' or ${made} is distinct from old.${quote(key.column)} or ${word} is distinct from old.${quote(key.away)} then
    if ${word} is null then select p.old_key into ${word} from ${pairsOf(r)} p where p.new_key = ${made}; end if;
    if ${word} is not null then
      delete from ${pairsOf(r)} p where p.new_key = ${made} and p.old_key <> ${word};
      insert into ${pairsOf(r)} values (${word}, ${made}) on conflict (old_key) do update set new_key = excluded.new_key;
    end if;
  end if;`
}

/** From the change of places on: an old key for whoever points at a new one; of a sequence also where the row itself comes later. */
const oldKeys = ({ r, key, old }: Giving, type: NewKeys['type']): string => {
  const inAdvance = `  if n is null then
    insert into ${pairsOf(r)} values (nextval(${sequenceOf(r, key.away)}), k) on conflict (new_key) do nothing;
    select p.old_key into n from ${pairsOf(r)} p where p.new_key = k;
  end if;
`
  return `create or replace function ${oldKey(r)}(k ${type}) returns ${old.type} language plpgsql volatile ${guarded} as $$
declare n ${old.type};
begin
  if k is null then return null; end if;
  select p.old_key into n from ${pairsOf(r)} p where p.new_key = k;
  if n is null then select t.${quote(key.away)} into n from ${named(r.id)} t where t.${quote(key.column)} = k; end if;
${old.source === 'sequence' ? inAdvance : ''}  return n;
end $$`
}

type Told = Pick<NewKeys, 'asked' | 'allFor' | 'forgotten'>

/** A new key that follows from the old one: of one, `n`, and of a query of them; the same both ways. */
export interface Rule {
  readonly one: string
  all(keys: string): string
}

/** By a rule. A pair of an application's own making comes before it: it was written while the new keys were in use. */
export const keysByRule = ({ r, old }: Giving, rule: Rule): Told => ({
  asked: `create or replace function ${newKey(r)}(n ${old.type}) returns uuid language sql stable ${guarded} as $$
  select coalesce((select p.new_key from ${pairsOf(r)} p where p.old_key = n), ${rule.one}) $$`,
  allFor: rule.all,
  forgotten: [
    `delete from ${pairsOf(r)} p using (${rule.all(`select old_key as n from ${pairsOf(r)}`)}) d(n, made) where p.old_key = d.n and p.new_key = d.made`,
  ],
})

/** Drawn once, and kept. */
export const keysKept = ({ r, old }: Giving, type: NewKeys['type'], draw: string): Told => ({
  asked: `create or replace function ${newKey(r)}(n ${old.type}) returns ${type} language plpgsql volatile ${guarded} as $$
declare k ${type};
begin
  if n is null then return null; end if;
  select p.new_key into k from ${pairsOf(r)} p where p.old_key = n;
  if k is null then
    insert into ${pairsOf(r)} values (n, ${draw}) on conflict (old_key) do nothing;
    select p.new_key into k from ${pairsOf(r)} p where p.old_key = n;
  end if;
  return k;
end $$`,
  allFor: (keys) => `select n, ${draw} from (${keys} order by 1) k`,
  forgotten: [],
})
