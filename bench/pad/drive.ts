// Godwit on the dealings: see godwit.ts.
import { fileURLToPath } from 'node:url'
import { drive, type GodwitCost } from '../drive.ts'
import type { Meter } from '../meter.ts'
import type { Ids } from './migration.ts'

const program = fileURLToPath(new URL('godwit.ts', import.meta.url))

export const driveGodwit = (meter: Meter, url: string, workers: number, ids: Ids): Promise<GodwitCost> =>
  drive(meter, program, [url, String(workers), ids])
