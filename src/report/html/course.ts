// How the run went, what the plan had said, and how to read it all.
import { duration } from '../../text.ts'
import type { Report } from '../report.ts'
import * as words from '../words.ts'
import { markup as h, Markup } from './markup.ts'
import { section, table } from './parts.ts'

export function course(r: Report): Markup {
  const longest = Math.max(0.001, ...r.steps.map((s) => s.seconds ?? 0))
  const bar = (seconds: number) => new Markup(`<span class="time" style="width:${((seconds / longest) * 8).toFixed(2)}rem"></span>`)
  const steps = r.steps.map(
    (s) =>
      h`<tr><td class="soft short">${s.phase}</td><th scope="row">${s.title}${s.note !== undefined && h` <span class="note-of">${s.note}</span>`}</th><td class="number">${words.took(s)}</td><td aria-hidden="true">${s.seconds !== undefined && bar(s.seconds)}</td></tr>\n`,
  )
  const processes = r.processes.map(
    (s, i, all) =>
      h`<tr><td class="number">${s.pass}</td><td>${words.moment(s.from)}</td><td>${words.moment(s.to)}</td><td class="number">${duration(Math.max(0, (Date.parse(s.to) - Date.parse(s.from)) / 1000))}</td><td>${words.worked(s, i, all)}</td></tr>\n`,
  )
  const sequences = r.sequences.map(
    (s) =>
      h`<tr><th scope="row"><code>${s.sequence}</code></th><td class="number">${s.nextBefore}</td><td class="number">${s.nextAfter}</td></tr>\n`,
  )
  const approvals = r.approvals.map(
    (a) =>
      h`<tr><td>${words.moment(a.at)}</td><th scope="row">${a.question}${a.note !== undefined && h` <span class="soft">${a.note}</span>`}</th><td>${words.saidYesOrNo(a)}</td><td><code>${a.plan}</code></td></tr>\n`,
  )
  return section('course', 'Course of the run', undefined, [
    table('Steps, and the time that each took', ['phase', 'step', '#time', ''], steps),
    ...(processes.length
      ? [
          h`<h3>Processes</h3>`,
          table(
            'First and last commit of each process that worked on the run. More than one in a pass: it was broken off and taken up again.',
            ['#pass', 'from', 'to', '#span', 'what'],
            processes,
          ),
        ]
      : []),
    ...(approvals.length
      ? [h`<h3>Approvals</h3>`, table('What people have said to what the run asked', ['when', 'question', 'who', 'plan'], approvals)]
      : []),
    ...(sequences.length
      ? [h`<h3>Sequences</h3>`, table('Numbers that were set aside for new keys', ['sequence', '#next was', '#next is'], sequences)]
      : []),
  ])
}

export function findings(r: Report): Markup | undefined {
  if (!r.findings.length) return undefined
  const rows = r.findings.map(
    (f) =>
      h`<tr><td class="short">${f.level}</td><th scope="row">${f.message} <span class="soft">${f.hint}</span></th><td><code>${f.code}</code></td><td class="soft short">${f.at ?? ''}</td></tr>\n`,
  )
  return section(
    'findings',
    'Findings of the plan',
    undefined,
    table('What was said before anything was done', ['level', 'finding', 'code', 'where'], rows),
  )
}

export const terms = (r: Report): Markup =>
  section(
    'terms',
    'How to read this',
    undefined,
    h`<dl class="terms">
<dt>Books</dt><dd>Each source row is migrated, in quarantine, or left out by a rule that has a name: one of the three, and never two. The database itself refuses to commit counts that do not add up.</dd>
<dt>Quarantine</dt><dd>A source row goes whole or not at all. One that cannot go is kept with the reason and all of its values; nothing of it is in the target.</dd>
<dt>Verified</dt><dd>The rows as they are, compared column by column with the rows as the mapping says they should be, by other SQL than the one that wrote them, in one snapshot.</dd>
<dt>Not ours</dt><dd>Rows that stood in the target before the run. Each was fingerprinted before the first write and compared afterwards.</dd>
<dt>Plan</dt><dd><code>${r.run.plan}</code> is a digest of every rule and statement of the run. Another rule makes another plan.</dd>
</dl>`,
  )
