// What became of a run, to be read by people and programs that were not there.
import { html } from './html/page.ts'
import { json } from './json.ts'
import { junit } from './junit.ts'
import { markdown } from './markdown.ts'
import type { Report } from './report.ts'
import { text } from './text.ts'

export { gatherReport } from './gather.ts'
export type { Report } from './report.ts'

const formats = { text, markdown, json, html, junit } as const
export type ReportFormat = keyof typeof formats
export const reportFormats = Object.keys(formats) as readonly ReportFormat[]

export const renderReport = (report: Report, format: ReportFormat): string => formats[format](report)
