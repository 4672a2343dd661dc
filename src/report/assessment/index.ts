// What an audit of the data found, to be read by people and programs.
import type { Assessment } from '../../assess/assessment.ts'
import { html } from './html.ts'
import { markdown } from './markdown.ts'
import { text } from './text.ts'

const json = (a: Assessment): string => `${JSON.stringify(a, null, 2)}\n`
const formats = { text, markdown, json, html } as const

export type AssessmentFormat = keyof typeof formats

export const renderAssessment = (a: Assessment, format: AssessmentFormat): string => formats[format](a)
