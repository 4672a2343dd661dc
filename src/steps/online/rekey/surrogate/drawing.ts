// Where the keys of such a table come from: each row that is there has one for the values of its old key, and has it again whenever it is
// asked for; rows that come later get theirs from a default.
import { literal, named, quote } from '../../words.ts'
import { guarded } from '../keys.ts'
import { draws } from '../kinds/uuids.ts'
import { drawsNoMore, drawsOn } from '../numbers.ts'
import { keyColumns, keyFor, type NaturalKey, numbersOf, pairsOf, type Surrogate } from './natural.ts'

interface Drawing {
  readonly type: 'uuid' | 'bigint'
  /** For these values, as expressions that are text: of rows that are there, and for whoever asks at any time. */
  one(s: Surrogate, texts: readonly string[]): string
  readonly atAnyTime?: (s: Surrogate) => string
  readonly made: (s: Surrogate) => readonly string[]
  readonly onRow: (s: Surrogate) => readonly string[]
  readonly noMore: (s: Surrogate) => readonly string[]
}

const byDefault = (draw: string): Pick<Drawing, 'type' | 'made' | 'onRow' | 'noMore'> => ({
  type: 'uuid',
  made: () => [],
  onRow: ({ id, key }) => [`alter table ${named(id)} alter column ${quote(key)} set default ${draw}`],
  noMore: ({ id, key }) => [`alter table ${named(id)} alter column ${quote(key)} drop default`],
})

const drawings: Readonly<Record<Surrogate['ids'], Drawing>> = {
  derived: { ...byDefault(draws.v4), one: ({ id }, texts) => `godwit.uuid_of(${[literal(id), ...texts].join(', ')})` },
  v4: { ...byDefault(draws.v4), one: () => draws.v4 },
  v7: { ...byDefault(draws.v7), one: () => draws.v7 },
  numbers: {
    type: 'bigint',
    one: (s) => `nextval(${literal(numbersOf(s))})`,
    // from the change of keys on the column draws itself
    atAnyTime: (s) =>
      `nextval(coalesce(pg_get_serial_sequence(${literal(named(s.id))}, ${literal(s.key)}), ${literal(numbersOf(s))})::regclass)`,
    made: (s) => [
      `create sequence if not exists ${numbersOf(s)}`,
      `select setval(${literal(numbersOf(s))}, m) from (select max(godwit_key) as m from ${pairsOf(s)}) x where m is not null`,
    ],
    onRow: (s) => drawsOn(s.id, s.key, numbersOf(s)),
    noMore: (s) => drawsNoMore(s.id, s.key, numbersOf(s)),
  },
}

export const typeOf = ({ ids }: Surrogate): Drawing['type'] => drawings[ids].type
export const givenOnRow = (s: Surrogate): readonly string[] => drawings[s.ids].onRow(s)
export const givenNoMore = (s: Surrogate): readonly string[] => drawings[s.ids].noMore(s)

/** Where somebody points at a row that comes later, its key is there before it. Keys outlive the way back: who begins anew has the same ones. Those of a table that has another key by now are none. */
export const drawingMade = (s: Surrogate, natural: NaturalKey): string[] => {
  const { type, one, atAnyTime = one, made } = drawings[s.ids]
  const args = natural.columns.map((_, i) => `a${i + 1}`)
  const its = natural.columns.map((c, i) => `p.${quote(c)} = a${i + 1}`).join(' and ')
  const fits = `(select array_agg(attname::text order by attname) from pg_attribute where attrelid = to_regclass(${literal(pairsOf(s))}) and attnum > 0 and not attisdropped) = array[${[...natural.columns, 'godwit_awaited', 'godwit_key'].toSorted().map(literal).join(', ')}]`
  return [
    `do $$ begin if not ${fits} then drop table ${pairsOf(s)}; end if; end $$`,
    `do $$ begin if to_regclass(${literal(pairsOf(s))}) is null then
      create table ${pairsOf(s)} as select ${keyColumns(natural)}, null::${type} as godwit_key, true as godwit_awaited from ${named(s.id)} with no data;
      alter table ${pairsOf(s)} add primary key (${keyColumns(natural)}), add unique (godwit_key), alter column godwit_key set not null, alter column godwit_awaited set not null;
    end if; end $$`,
    ...made(s),
    `create or replace function ${keyFor(s)}(${args.map((a, i) => `${a} ${natural.types[i]}`).join(', ')}) returns ${type} language plpgsql volatile ${guarded} set datestyle = 'ISO, YMD' set timezone = 'UTC' as $$
declare k ${type};
begin
  if ${args.map((a) => `${a} is null`).join(' or ')} then return null; end if;
  select p.godwit_key into k from ${pairsOf(s)} p where ${its};
  if k is null then
    insert into ${pairsOf(s)} (${keyColumns(natural)}, godwit_awaited, godwit_key) values (${args.join(', ')}, true, ${atAnyTime(
      s,
      args.map((a) => `${a}::text`),
    )}) on conflict do nothing;
    select p.godwit_key into k from ${pairsOf(s)} p where ${its};
  end if;
  return k;
end $$`,
  ]
}

export const drawingThere = (s: Surrogate): string => `to_regproc(${literal(keyFor(s))}) is not null`

const rows = (s: Surrogate, natural: NaturalKey): string =>
  `from ${named(s.id)} t where not exists (select from ${pairsOf(s)} p where ${natural.columns.map((c) => `p.${quote(c)} = t.${quote(c)}`).join(' and ')})`

export const pairMissing = (s: Surrogate, natural: NaturalKey): string => `exists (select ${rows(s, natural)})`

/** All at once, in the order of the old keys. */
export const pairsForAll = (s: Surrogate, natural: NaturalKey): string[] => [
  `insert into ${pairsOf(s)} (${keyColumns(natural)}, godwit_awaited, godwit_key) select ${keyColumns(natural)}, false, ${drawings[
    s.ids
  ].one(
    s,
    natural.columns.map((c) => `${quote(c)}::text`),
  )} from (select ${keyColumns(natural)} ${rows(s, natural)} order by ${keyColumns(natural)}) t on conflict do nothing`,
  `analyze ${pairsOf(s)}`,
]

/** The rule gives the same again; what was drawn is kept, as long as the old key is there to look for it. */
export const drawingGone = (s: Surrogate, forGood: boolean): string[] => [
  `drop function if exists ${keyFor(s)}`,
  `drop sequence if exists ${numbersOf(s)}`,
  ...(forGood || s.ids === 'derived' ? [`drop table if exists ${pairsOf(s)}`] : []),
]
