// Runs Godwit in a process of its own, so that the memory that is measured is only its own, and takes a reading at each line that it prints.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { between, type Cost, type Meter, type Reading } from './meter.ts'

export interface GodwitCost extends Cost {
  readonly rss_mb: number | null
  readonly verify: Cost
}

/** The program says `began`, `verifying` and `done`, and at the end its peak of memory. */
export async function drive(meter: Meter, program: string, args: readonly string[]): Promise<GodwitCost> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
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
