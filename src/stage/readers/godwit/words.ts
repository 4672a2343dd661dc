// Names and places as Godwit's steps have them.
import { quoted } from '../quoting.ts'

/** `public.users` as SQL. */
export const named = (id: string): string => id.split('.').map(quoted).join('.')

/** The schema stays the same. */
export const beside = (id: string, name: string): string => [...id.split('.').slice(0, -1), name].map(quoted).join('.')

/** `migration.ts:41` */
export const lineOf = (at: string | undefined): number => Number(/:(\d+)$/.exec(at ?? '')?.[1] ?? 1)
