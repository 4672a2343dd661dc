// Whether a default is the same for all rows: then it is worked out once, and no row is written.
import { dottedName, type Node, nodesOf } from './ast.ts'
import type { Catalog, Routine } from './catalog.ts'
import { readAgain } from './read.ts'

const volatile = new Set(
  `random random_normal gen_random_uuid uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 uuid_generate_v7 uuidv4 uuidv7 gen_random_bytes
  gen_salt clock_timestamp timeofday nextval setval currval lastval pg_sleep nanoid ulid gen_ulid
  generate_ulid uuid_generate_v6 gen_random_ulid pg_advisory_lock pg_notify set_config dblink currtid2 lo_create query_to_xml
  current_query array_shuffle array_sample pg_current_wal_lsn pg_is_in_recovery pg_sequence_last_value pg_try_advisory_lock setseed
  pg_relation_size pg_total_relation_size pg_database_size pg_read_file pg_export_snapshot`.split(/\s+/),
)

/** Names of functions that nobody has shown and that make something new each time they are called. */
const sounds = /uuid|ulid|random|rand$|nanoid|cuid|ksuid|snowflake|next_?|generate|new_id|gen_/i

export interface Volatility {
  readonly volatile: boolean
  readonly by?: string
}

/** `opened` are the functions that it stands in, so that two which call one another come to an end. */
export function volatilityOf(expression: Node | undefined, catalog: Catalog, opened: readonly string[] = []): Volatility {
  for (const call of nodesOf('FuncCall', expression ?? {})) {
    const { schema, name } = dottedName(call.funcname)
    if (isVolatile(schema, name, catalog, opened)) return { volatile: true, by: name }
  }
  return { volatile: false }
}

function isVolatile(schema: string | undefined, name: string, catalog: Catalog, opened: readonly string[]): boolean {
  const known = catalog.routines.get(name)
  if (known && schema !== 'pg_catalog') return known.volatility === 'volatile' && !opens(known, catalog, opened)
  if (volatile.has(name)) return true
  if (schema === 'pg_catalog' || steady.has(name)) return false
  return schema !== undefined || sounds.test(name)
}

/** A function of one SELECT without a table is put in place of its call; what counts then is what it holds. */
function opens({ name, language, body }: Routine, catalog: Catalog, opened: readonly string[]): boolean {
  if (language !== 'sql' || opened.includes(name)) return false
  const [statement, ...more] = readAgain(body)
  const plain = statement?.kind === 'SelectStmt' && more.length === 0 && !statement.node.fromClause
  return plain && !volatilityOf(statement.node.targetList, catalog, [...opened, name]).volatile
}

/** Functions of the server whose names sound otherwise. */
const steady = new Set(
  'uuid_generate_v3 uuid_generate_v5 uuid_nil uuid_extract_timestamp uuid_extract_version to_timestamp txid_current pg_current_xact_id pg_current_snapshot'.split(
    ' ',
  ),
)
