// Nothing in Postgres watches the process that started it. A small shell does: it reads from a pipe that
// ends when this process ends, however it ends, and then stops the server and removes what was temporary.
import { spawn } from 'node:child_process'

export interface Watchdog {
  /** The process to end, from now on. */
  watch(pid: number | undefined): void
  /** What happens by itself when this process ends. */
  leave(): void
  /** All has been put away: nothing is left to watch. */
  release(): void
}

// By the time it looks, the process may be gone and its number given to another. Ours is known by its arguments:
// Postgres works on our data directory, initdb on the unfinished one.
const script = `
data=$1 unfinished=$2 scratch=$3 pid=
is_ours() {
  if [ -d /proc/self ]; then args=$(tr '\\0' ' ' <"/proc/$1/cmdline"); else args=$(ps -ww -o command= -p "$1"); fi 2>/dev/null
  case "$args " in *"-D $data "* | *"-D $unfinished "*) return 0 ;; esac
  return 1
}
while read -r told; do pid=$told; done
if [ -n "$pid" ] && is_ours "$pid"; then
  kill -INT "$pid"
  tries=0
  while is_ours "$pid" && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
  if is_ours "$pid"; then kill -KILL "$pid"; fi
fi
for again in 1 2 3 4 5 6 7 8 9 10; do rm -rf "$unfinished" "$scratch" && break; sleep 0.2; done
`

export function startWatchdog(data: string, unfinished: string, scratch: string): Watchdog {
  // Windows has no sh; there the server has to be stopped by hand if godwit is killed.
  if (process.platform === 'win32') return { watch: () => {}, leave: () => {}, release: () => {} }
  const shell = spawn('sh', ['-c', script, 'godwit-watchdog', data, unfinished, scratch], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // A watchdog that cannot start, or was killed, is no reason to fail.
  shell.on('error', () => {})
  shell.stdin.on('error', () => {})
  shell.unref()
  return {
    watch: (pid) => pid !== undefined && shell.stdin.write(`${pid}\n`),
    leave: () => shell.stdin.destroy(),
    release: () => {
      shell.kill('SIGKILL')
      shell.stdin.destroy()
    },
  }
}
