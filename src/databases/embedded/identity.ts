// Postgres refuses to run as root. Root runs it as postgres or nobody, who must exist in /etc/passwd,
// or, where that user cannot reach the files, in a user namespace in which root has another name.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { dataDirectoryOfAnother, rootCannotRunPostgres } from '../../errors/embedded.ts'

export interface Identity {
  /** The user that the processes are started as, if another than this one. */
  readonly as?: { readonly uid: number; readonly gid: number }
  /** What stands before the command. */
  readonly prefix: readonly string[]
}

const self: Identity = { prefix: [] }
// No --kill-child: that forks, and the process we hold would not be Postgres itself.
const namespace: Identity = { prefix: ['unshare', '--user', '--map-user=65534', '--map-group=65534'] }

/** Who runs Postgres: the owner of the data where there is some, else a user who can reach all of `paths`. */
export function identityFor(data: string, paths: readonly string[]): Identity {
  const user = process.getuid?.()
  if (user === undefined) return self
  const owner = existsSync(data) ? statSync(data) : undefined
  if (user !== 0) {
    if (owner && owner.uid !== user) throw dataDirectoryOfAnother({ dir: data, owner: owner.uid, user })
    return self
  }
  if (owner) return owner.uid === 0 ? inNamespace(data) : { as: { uid: owner.uid, gid: owner.gid }, prefix: [] }
  const unreachable = paths.find((each) => !reachableByOthers(each))
  const other = accountOf('postgres') ?? accountOf('nobody')
  return other && !unreachable ? { as: other, prefix: [] } : inNamespace(unreachable ?? data)
}

function inNamespace(unreachable: string): Identity {
  const [command, ...args] = namespace.prefix
  if (spawnSync(command!, [...args, 'true']).status !== 0) throw rootCannotRunPostgres({ unreachable })
  return namespace
}

function reachableByOthers(file: string): boolean {
  for (let at = path.resolve(file); ; at = path.dirname(at)) {
    if (existsSync(at) && !(statSync(at).mode & 0o001)) return false
    if (at === path.dirname(at)) return true
  }
}

function accountOf(name: string): { uid: number; gid: number } | undefined {
  if (!existsSync('/etc/passwd')) return undefined
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined
}
