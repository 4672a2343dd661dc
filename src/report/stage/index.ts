// The phases of a pile, to be read by people who were not there.
import { html } from './html.ts'
import { markdown } from './markdown.ts'
import type { Staging } from './staging.ts'

const formats = { html, markdown } as const

export type { Staging }
export type StagingFormat = keyof typeof formats

export const renderStaging = (staging: Staging, format: StagingFormat): string => formats[format](staging)
