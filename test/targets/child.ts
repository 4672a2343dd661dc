// A process of its own that delivers to a target and is killed by itself at a moment of the delivery: kill.test.ts starts it.
import { DatabaseSync } from 'node:sqlite'
import { connect, plan, run, undo } from '../../src/api.ts'
import { generous } from '../crash/process.ts'
import { people } from './people.ts'
import { kindNamed } from './place.ts'

const [url, workshop, kind, deed, moment] = process.argv.slice(2) as [string, string, string, 'run' | 'undo', string]
const die = () => process.kill(process.pid, 'SIGKILL')

/** Before the first statement that says this to the file, or right after the commit, this process is gone. */
function killAt(text: string): void {
  const { exec } = DatabaseSync.prototype
  const { prepare } = DatabaseSync.prototype
  const look = (sql: string) => {
    if (sql.includes(text)) die()
  }
  DatabaseSync.prototype.exec = function (sql) {
    look(sql)
    exec.call(this, sql)
    if (sql === 'commit' && text === 'after commit') die()
  }
  DatabaseSync.prototype.prepare = function (sql, ...rest) {
    look(sql)
    return prepare.call(this, sql, ...rest)
  }
}

const db = await connect(url, { workshop })
const planned = await plan(people(kindNamed(kind)), db, { chunk: 7, workers: 1, budget: generous })
killAt(moment)
if (deed === 'run') await run(planned, db)
else await undo(planned, db)
await db.close()
process.exit()
