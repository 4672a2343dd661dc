// npm run bench -- NAME [--rows N] [--scale N] [--repeat K] [--json]: ratios measured in one run, on whatever machine this is.
import { parseArgs } from 'node:util'
import { didYouMean } from '../src/text.ts'
import { backup } from './backup/bench.ts'
import type { Bench, Options } from './bench.ts'
import { copy } from './copy/bench.ts'
import { evidence } from './evidence/bench.ts'
import { lint } from './lint/bench.ts'
import { beside } from './online/bench.ts'
import { pad } from './pad/bench.ts'
import { plan } from './plan/bench.ts'
import { keys } from './rekey/bench.ts'
import { report } from './report.ts'
import { tfrs } from './tfrs/bench.ts'

const benches: Readonly<Record<string, Bench>> = { backup, copy, evidence, lint, online: beside, pad, plan, rekey: keys, tfrs }

const help = `npm run bench -- NAME [options]

${Object.entries(benches)
  .map(([name, b]) => `  ${name.padEnd(6)} ${b.about}\n${' '.repeat(9)}${b.options}`)
  .join('\n')}

  --json     one object on stdout instead of the table
  --help     this

BENCH_DATABASE_URL: a server to measure on, instead of one that is started for it. A database is made there, and dropped at the end.
Exit: 0 measured, whether the goals are met or not · 1 failed, or the variants did not make the same rows · 2 used wrongly
`

class Misused extends Error {}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        rows: { type: 'string' },
        repeat: { type: 'string' },
        tables: { type: 'string' },
        scale: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new Misused((error as Error).message)
  }
}

/** 200000, 200_000, 200k, 1M */
function whole(text: string | undefined, otherwise: number, option: string): number {
  if (text === undefined) return otherwise
  const found = /^(\d[\d_]*)(k|M)?$/.exec(text)
  const n = found ? Number(found[1]!.replaceAll('_', '')) * (found[2] === 'k' ? 1e3 : found[2] === 'M' ? 1e6 : 1) : 0
  if (n < 1) throw new Misused(`--${option} wants a whole number above zero, like 200000 or 200k, and got ${text}.`)
  return n
}

function benchCalled(name: string): Bench {
  const bench = benches[name]
  if (bench) return bench
  const near = didYouMean(name, Object.keys(benches))
  throw new Misused(
    `There is no benchmark called ${name}.${near ? ` Did you mean ${near}?` : ''} There are: ${Object.keys(benches).join(', ')}.`,
  )
}

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parsed(args)
  if (values.help || positionals.length === 0) {
    process.stdout.write(help)
    return values.help ? 0 : 2
  }
  if (positionals.length > 1) throw new Misused('One benchmark at a time.')
  const bench = benchCalled(positionals[0]!)
  const options: Options = {
    rows: whole(values.rows, 200_000, 'rows'),
    repeat: whole(values.repeat, 1, 'repeat'),
    tables: whole(values.tables, 300, 'tables'),
    scale: whole(values.scale, 100, 'scale'),
  }
  const outcome = await bench.run(options, (line) => process.stderr.write(`${line}\n`))
  process.stdout.write(values.json ? `${JSON.stringify(outcome)}\n` : report(outcome))
  return 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Misused ? error.message : ((error as Error).stack ?? error)}\n`)
  process.exitCode = error instanceof Misused ? 2 : 1
}
