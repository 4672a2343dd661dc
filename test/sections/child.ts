// A process of its own that migrates and is killed by itself at a moment of the delivery: kill.test.ts starts it.
import { DatabaseSync } from 'node:sqlite'
import { migrate } from './engine.ts'

const [url, workshop, moment] = process.argv.slice(2) as [string, string, string]
const { exec, prepare } = DatabaseSync.prototype
let delivers = false
const look = (sql: string) => {
  delivers ||= sql === 'begin immediate'
  if (delivers && sql.includes(moment)) process.kill(process.pid, 'SIGKILL')
}
DatabaseSync.prototype.exec = function (sql) {
  look(sql)
  exec.call(this, sql)
  if (sql === 'commit') look('after its commit')
}
DatabaseSync.prototype.prepare = function (sql, ...rest) {
  look(sql)
  return prepare.call(this, sql, ...rest)
}
await migrate(url, { workshop })
