// `npm run demo -- life`: the whole life of examples/sections, eight weeks of it by a clock that goes when it is told to. It opens no browser and no port.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fitsTogether, gatherEvidence, readDossier, writeDossier } from '../../src/evidence/index.ts'
import { gatherReport, renderReport } from '../../src/report/index.ts'
import { count, duration } from '../../src/text.ts'
import { LifeProject } from './life-project.ts'
import * as tell from './tell.ts'

export async function life(): Promise<void> {
  const began = performance.now()
  const folder = mkdtempSync(path.join(tmpdir(), 'godwit-life-'))
  tell.title('Godwit: milestones become sections, from the audit to the end of the old model, in eight weeks.')
  tell.say('A copy of the application’s SQLite file is made, and a private PostgreSQL beside it. Days pass when the story says so.')
  await using p = await LifeProject.start(folder)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void p[Symbol.asyncDispose]().finally(() => process.exit(130)))

  await untilTheOwner(p)
  await theCutover(p)
  await theSoak(p)
  await theEnd(p)
  const kept = await evidence(p)
  tell.end(
    `Eight weeks: audited, backed up and proven, moved, verified, switched, watched, and the old model put out of sight. ${kept}`,
    `${duration((performance.now() - began) / 1000)}. ${path.join(folder, 'report.html')}, and beside it the folder dossier. The example: examples/sections/README.md`,
  )
}

async function untilTheOwner(p: LifeProject): Promise<void> {
  tell.chapter('1', `${p.today}. The data are looked at, a backup is brought back and compared, the rows go, and somebody is asked.`)
  await p.run()
}

async function theCutover(p: LifeProject): Promise<void> {
  p.pass(11)
  tell.chapter('2', `${p.today}. The old application has gone on writing: a day was set anew for a task and its open instances.`)
  p.change(`update project_milestone_tasks set dueDate = 1767225600000 where id = 'pmt_p1_t003';
    update supplier_task_instances set dueDate = 1767225600000 where projectMilestoneTaskId = 'pmt_p1_t003' and status <> 'completed' and actualDueDate is null`)
  await p.run('verify')
  tell.chapter('3', 'The owner has looked at the due dates in the new model, and says yes. The questions are switched one by one.')
  await p.approve('looked at the dates of three suppliers')
  await p.run()
  await p.asks('DUE_DATES')
}

async function theSoak(p: LifeProject): Promise<void> {
  p.pass(29)
  tell.chapter('4', `${p.today}. Is it over? Not before thirty days.`)
  await p.look()
  p.pass(1)
  p.change(`insert into model_reads values ('OVERDUE', 'v1', ${p.moment}) on conflict do update set askedAt = excluded.askedAt`)
  tell.say('A report that everybody had forgotten asks the old model. The week in which nobody may does not begin:')
  await p.look()
  for (const days of [4, 3, 3, 1]) {
    p.pass(days)
    p.change(`insert into model_reads values ('OVERDUE', 'v2', ${p.moment}) on conflict do update set askedAt = excluded.askedAt`)
    await p.look()
  }
}

async function theEnd(p: LifeProject): Promise<void> {
  p.pass(3)
  tell.chapter('5', `${p.today}. The owner lets the old model go. It is put out of sight, and kept for ninety days.`)
  await p.approve('nobody has asked for a week')
  await p.run()
  await p.asks('OVERDUE')
}

/** What a person who was not there is given. */
async function evidence(p: LifeProject): Promise<string> {
  tell.chapter('6', 'What can be shown of it')
  return p.as(async (plan, db) => {
    tell.command('godwit report --format html --out report.html')
    writeFileSync(path.join(p.folder, 'report.html'), renderReport(await gatherReport(plan, db), 'html'))
    tell.command('godwit dossier --out dossier')
    const { folder, manifest } = writeDossier(
      await gatherEvidence(plan, db, { showValues: false, folder: path.join(p.folder, '.godwit') }),
      path.join(p.folder, 'dossier'),
    )
    tell.say(`Written to ${folder}: ${count(manifest.files.length)} files, ${manifest.verdict}, seal ${manifest.seal.slice(0, 12)}…`)
    tell.command(`godwit dossier verify ${folder}`)
    for (const { title, looked, note } of fitsTogether(readDossier(folder)))
      tell.say(`${looked ? '✓' : '·'} ${title}${note ? `: ${note}` : `  (${looked})`}`)
    tell.say('Gates and approvals have the days of the story; what the database notes by itself has those of this machine.')
    return 'It can be checked again by anybody.'
  }, true)
}
