// The report as it is, for programs. Its `version` rises when what they read today would mean something else.
import type { Report } from './report.ts'

export const json = (report: Report): string => `${JSON.stringify(report, null, 2)}\n`
