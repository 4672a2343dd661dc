// Writes a configuration and a first migration. What is there already stays as it is.
import { existsSync, mkdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { Context, Outcome } from '../context.ts'
import { type Define, examples } from '../define.ts'

export const define: Define = (command, act) =>
  void command
    .addHelpText('after', examples(['godwit init', 'in this folder'], ['godwit init -C db', 'in another, made if it is not there']))
    .action(act((context) => init(context)))

async function init({ globals, screen }: Context): Promise<Outcome> {
  const { writeWhole } = await import('../files.ts')
  const root = resolve(globals.folder ?? '.')
  mkdirSync(root, { recursive: true })
  const files = [
    ['godwit.config.ts', configuration],
    ['migration.ts', migration],
  ] as const
  const done = files.map(([name, text]) => {
    const file = join(root, name)
    const there = existsSync(file)
    if (!there) writeWhole(file, text)
    screen.say(
      there
        ? `  ${screen.paint.dim(`${relative(process.cwd(), file)} is there already and was left as it is`)}`
        : `${screen.paint.green('✓')} ${relative(process.cwd(), file)}`,
    )
    return { file, written: !there }
  })
  screen.say(
    done.some((d) => d.written)
      ? '\nNext: set DATABASE_URL (in .env, for instance), then godwit doctor, godwit pull, and write the mapping.'
      : '\nNothing was written.',
  )
  return { json: { files: done } }
}

const configuration = `import type { Config } from 'godwit/api'

export default {
  // Without DATABASE_URL a private Postgres is started in .godwit/. Passwords belong into .env, never in here.
  database: '\${DATABASE_URL:-embedded}',
  // Schemas and tables that Godwit may only read.
  owns: { readOnly: [] },
  environments: {
    dev: {},
    // prod: { database: '\${PROD_DATABASE_URL}', protected: true },
  },
  defaultEnvironment: 'dev',
} satisfies Config
`

const migration = `// From the rows of one table to the rows of another. godwit plan says what it would do; godwit run does it; godwit undo takes it back.
import { bigint, into, mapping, migration, none, table, text, timestamp, timestamptz } from 'godwit'

// godwit pull writes such lines for the tables of your database, into schema.ts.
const oldCustomer = table('old_customer', {
  id: bigint().key(),
  name: text().null(),
  state: text().null(),
  since: timestamp().null(),
})
const customer = table('customer', {
  id: bigint().key().default(),
  full_name: text(),
  active: text(),
  created_at: timestamptz(),
})

export const customers = mapping(oldCustomer, (r) =>
  into(customer, {
    // No id: the sequence of the new table gives new ones, and the ledger knows which is which.
    full_name: r.name.trim().required(),
    // A value that is not in the map goes to quarantine: nobody guesses.
    active: r.state.match({ A: 'yes', I: 'no' }).required(),
    created_at: r.since.required().asUtc(),
  }),
)

export default migration('customers', customers, {
  verify: [none('nobody without a name', { of: 'select count(*) from public.customer', rows: \`select id from public.customer where full_name = ''\` })],
})
`
