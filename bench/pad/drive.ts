// Runs godwit.ts and takes a reading at each line that it prints.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { between, type Cost, type Meter, type Reading } from '../meter.ts'
import type { Ids } from './migration.ts'

export interface GodwitCost extends Cost {
  readonly rss_mb: number | null
  readonly verify: Cost
}

const program = fileURLToPath(new URL('godwit.ts', import.meta.url))

export async function driveGodwit(meter: Meter, url: string, workers: number, ids: Ids): Promise<GodwitCost> {
  const child = spawn(process.execPath, [program, url, String(workers), ids], { stdio: ['ignore', 'pipe', 'pipe'] })
  const exit = once(child, 'close')
  const said = text(child.stderr)
  const readings = new Map<string, Promise<Reading>>()
  let peak = ''
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith('peak ')) peak = line.slice('peak '.length)
    else readings.set(line, meter.read())
  }
  const [code] = await exit
  if (code !== 0) throw new Error(`Godwit ended with ${code}:\n${await said}`)
  const [began, verifying, done] = await Promise.all(['began', 'verifying', 'done'].map((line) => readings.get(line)!))
  return { ...between(began!, verifying!), verify: between(verifying!, done!), rss_mb: peak ? Number(peak) / 1000 : null }
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let all = ''
  for await (const chunk of stream) all += chunk
  return all
}
