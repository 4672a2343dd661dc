// The original order and the staged one on scratch databases, and what came of it as a certificate.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Option } from 'commander'
import { exit } from '../../../errors/error.ts'
import type { Certificate } from '../../../prove/certificate.ts'
import type { Context, Outcome } from '../../context.ts'
import { format, type StagedOptions, settingsOption, staged, textOf, type Verb } from './looked.ts'

interface ProveOptions extends StagedOptions {
  readonly server?: string
  readonly runner: string
  readonly schema?: string
  readonly sample?: string
  readonly smoke?: string
  readonly out?: string
  readonly check?: string
}

export const prove: Verb = (command, act) => {
  command
    .command('prove')
    .description('run the original order and the staged one on scratch databases and compare; exit 4 where it is not proved')
    .argument('<folder>', 'where the migrations stand')
    .addOption(format())
    .option('--base <branch>', 'the branch that they are to be merged into: what it has is there before')
    .addOption(settingsOption())
    .option('--schema <file>', 'what is there before, as SQL, in place of running the migrations that made it')
    .option('--sample <file>', 'rows as SQL, put in before the first phase (else they are made up)')
    .option('--smoke <file>', 'what the application does that runs now, as SQL: tried after each phase, and taken back')
    .addOption(
      new Option('--runner <runner>', 'who carries the migrations out: the tool itself where it is installed, or the SQL as it was read')
        .choices(['auto', 'reading', 'alembic', 'django', 'prisma', 'flyway', 'rails', 'dbmate', 'psql'])
        .default('auto'),
    )
    .option(
      '--server <url>',
      'where scratch databases are made: a Postgres (else a private one is started), or a MariaDB or MySQL for piles of those',
    )
    .option('--out <folder>', 'write the certificate there: certificate.json and certificate.md')
    .option('--check <certificate>', 'prove nothing: say whether this certificate is of these files')
    .action(act(work))
}

async function work(context: Context, given: string, options: ProveOptions): Promise<Outcome> {
  const { folder, staging, notes } = await staged(context, given, options)
  const at = context.globals.folder ?? '.'
  if (options.check !== undefined) return checked(context, staging, folder, textOf(options.check, at)!)
  const { proveStaging } = await import('../../stage-prove.ts')
  const { server, runner, schema, sample, smoke } = options
  const certificate = await proveStaging(staging, folder, {
    notes,
    server,
    runner,
    schema: textOf(schema, at),
    sample: textOf(sample, at),
    smoke: textOf(smoke, at),
  })
  const { certificateMarkdown } = await import('../../../prove/certificate.ts')
  const text = certificateMarkdown(certificate)
  if (options.out !== undefined) write(path.resolve(at, options.out), certificate, text)
  for (const line of text.trimEnd().split('\n')) context.screen.say(line)
  return { exit: certificate.proved ? exit.done : exit.no, json: { certificate } }
}

function write(folder: string, certificate: Certificate, text: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'certificate.json'), `${JSON.stringify(certificate, undefined, 2)}\n`)
  writeFileSync(path.join(folder, 'certificate.md'), text)
}

type Staged = Awaited<ReturnType<typeof staged>>

async function checked(context: Context, staging: Staged['staging'], folder: Staged['folder'], text: string): Promise<Outcome> {
  const [{ ordersOf }, { sealOf }] = await Promise.all([import('../../../prove/order.ts'), import('../../../prove/certificate.ts')])
  const { seal, files } = sealOf(ordersOf(staging, folder))
  const certificate = certificateIn(text)
  const same = certificate?.seal === seal
  const differing = (was: Readonly<Record<string, string>> = {}, is: Readonly<Record<string, string>>) =>
    [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((f) => was[f] !== is[f])
  const changed = same
    ? []
    : [...new Set([...differing(certificate?.files?.original, files.original), ...differing(certificate?.files?.staged, files.staged)])]
  const proved = same && certificate?.proved === true
  context.screen.say(
    same ? `The certificate is of these files; it says: ${proved ? 'proved' : 'not proved'}.` : 'The certificate is of other files:',
  )
  for (const file of changed) context.screen.say(`  ${file}`)
  return { exit: proved ? exit.done : exit.no, json: { seal, same, proved, changed } }
}

function certificateIn(text: string): Partial<Certificate> | undefined {
  try {
    return JSON.parse(text) as Partial<Certificate>
  } catch {
    return undefined
  }
}
