import { check } from './check.ts'
import { exclusion } from './exclusion.ts'
import { index, unique } from './indexes.ts'
import { statistics } from './statistics.ts'
import type { TwinKind, Way } from './twin.ts'

export const ways: Readonly<Record<TwinKind, Way>> = {
  'primary key': index,
  unique,
  index,
  exclusion,
  check,
  statistics,
}
