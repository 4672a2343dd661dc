// What each act leaves behind in the schema.
import type { Catalog } from '../catalog.ts'
import type { Act, Scene } from '../scene.ts'
import { alterEffects } from './alter.ts'
import { dropEffects } from './drop.ts'
import { makeEffects } from './make.ts'
import { sessionEffects } from './session.ts'

export type Effect = (act: Act, catalog: Catalog, scene: Scene) => void
export type Effects = Readonly<Record<string, Effect>>

const effects: Effects = { ...makeEffects, ...alterEffects, ...dropEffects, ...sessionEffects }

export function take(act: Act, scene: Scene): void {
  effects[act.kind]?.(act, scene.catalog, scene)
}
