// The audit as a command: asked, shown or written to a file, and what its exit says.
import { assessData } from '../assess/assess.ts'
import type { Assessment, Grade } from '../assess/assessment.ts'
import { failsAt } from '../assess/verdict.ts'
import { exit } from '../errors/error.ts'
import type { Migration } from '../migration/migration.ts'
import { type AssessmentFormat, renderAssessment } from '../report/assessment/index.ts'
import { wallClock } from '../run/clock.ts'
import type { Context, Outcome } from './context.ts'
import { writeWhole } from './files.ts'
import type { Project } from './project.ts'
import { assessText } from './terminal/assess-text.ts'
import { cut, oneLine } from './terminal/layout.ts'

export interface Audit {
  readonly format: AssessmentFormat
  readonly out?: string
  readonly failOn: Exclude<Grade, 'note'>
  readonly showValues?: boolean
  readonly patience: number
}

export async function auditOf({ screen }: Context, migration: Migration, { config, db }: Project, audit: Audit): Promise<Outcome> {
  const found = await assessData(migration, db, wallClock.now(), {
    patienceMs: audit.patience * 1000,
    showValues: audit.showValues,
    budget: config.run.budget,
    environment: config.name,
    tell: (what) => {
      if (screen.live) screen.draw(screen.paint.dim(cut(`asking ${oneLine(what)}`, screen.width)))
    },
  })
  if (screen.live) screen.draw('')
  show(screen, found, audit)
  return {
    exit: failsAt(found, audit.failOn) ? exit.no : exit.done,
    json: { assessment: found, ...(audit.out === undefined ? {} : { file: audit.out }) },
  }
}

function show(screen: Context['screen'], found: Assessment, { format, out }: Audit): void {
  if (out !== undefined) {
    writeWhole(out, renderAssessment(found, format))
    screen.say(`${assessText(found, screen.paint).split('\n')[0]}\nWritten to ${out}.`)
  } else screen.say(format === 'text' ? assessText(found, screen.paint) : renderAssessment(found, format).trimEnd())
}
