// Flyway, where it is installed: `migrate` up to a version. Only its paid editions go back.
import path from 'node:path'
import type { Order, Step } from '../order.ts'
import type { Runner } from './runner.ts'
import { asRead, backAsRead, called, type Dialect, notYet, outcome, saidBy, type Tool, workplace } from './tool.ts'

const program = 'flyway'

export const flyway: Tool = {
  name: 'flyway',
  format: 'flyway',
  dialects: ['postgres', 'mysql', 'sqlite'],
  atPort: true,
  unfit: ({ files }) =>
    [...files.keys()].some((f) => path.posix.basename(f).startsWith('R__'))
      ? 'its repeatable scripts are run whenever they change, and have no place in the line'
      : undefined,
  installed() {
    const said = /Flyway (\w+) Edition ([\d.]+)/.exec(saidBy(program, ['--version']) ?? saidBy(program, ['-v']) ?? '')
    if (!said) return undefined
    const name = `Flyway ${said[2]} (${said[1]})`
    return { name, runner: (order, _, dialect) => runnerOf(name, said[1] !== 'Community', order, dialect) }
  },
}

function addressOf(url: string, dialect: Dialect): string[] {
  if (dialect === 'sqlite') return [`-url=jdbc:sqlite:${url}`]
  const { hostname, port, username, password, pathname } = new URL(url)
  const kind = dialect === 'postgres' ? 'postgresql' : url.split(':')[0]
  return [
    `-url=jdbc:${kind}://${hostname}:${port || (dialect === 'postgres' ? 5432 : 3306)}${pathname}`,
    `-user=${decodeURIComponent(username)}`,
    `-password=${decodeURIComponent(password)}`,
  ]
}

function runnerOf(name: string, goesBack: boolean, order: Order, dialect: Dialect): Runner {
  const place = workplace('flyway')
  const asked = (url: string, words: readonly string[]) =>
    called(
      program,
      [...addressOf(url, dialect), `-locations=filesystem:${path.join(place.at, 'sql')}`, '-validateOnMigrate=false', ...words],
      {
        cwd: place.at,
      },
    )
  const lay = (last: Step): void => {
    const later = notYet(order, last)
    place.empty('sql')
    for (const [file, text] of order.files)
      if (file.endsWith('.sql') && !later.has(file)) place.write(`sql/${path.posix.basename(file)}`, text)
  }
  return {
    name,
    cannot: () => undefined,
    cannotBack: () => (goesBack ? undefined : 'this edition of Flyway does not go back'),
    async stand(url, steps) {
      const last = steps.at(-1)!
      lay(last)
      return outcome(await asked(url, [`-baselineVersion=${last.id}`, 'baseline']), last, 0)
    },
    async up(url, steps) {
      const last = steps.at(-1)
      if (!last) return { statements: 0 }
      lay(last)
      return outcome(await asked(url, [`-target=${last.id}`, 'migrate']), last, asRead(steps))
    },
    async down(url, step) {
      lay(step)
      return outcome(await asked(url, [`-target=${step.id}`, 'undo']), step, backAsRead(step))
    },
    close: place.close,
  }
}
