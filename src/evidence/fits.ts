// Does everything in a dossier fit together? Each check gives the first thing that does not, or nothing.
import { doesNotFit } from '../errors/evidence.ts'
import type { Answer } from '../events/event.ts'
import { type Audited, broken } from '../ledger/audit.ts'
import { planId } from '../plan/id.ts'
import type { Rehearsed } from '../run/rehearse.ts'
import { count, plural } from '../text.ts'
import { digestOf, dossierVersion, manifestFile, sealOf, signatureFile, signatureHolds } from './manifest.ts'
import type { Lying } from './read.ts'

export interface Misfit {
  readonly file: string
  readonly what: string
}

interface Check {
  readonly title: string
  /** How many things were looked at; none is nothing proved. */
  find(d: Lying, key: PublicKey | undefined): Misfit | { readonly looked: number; readonly note?: string }
}
export interface PublicKey {
  readonly name: string
  readonly pem: string
}

export interface Fits {
  readonly title: string
  readonly looked: number
  readonly note?: string
}

/** All checks in their order; throws with the first thing that does not fit. */
export function fitsTogether(d: Lying, key?: PublicKey): Fits[] {
  return checks.map((check) => {
    const found = check.find(d, key)
    if ('what' in found) throw doesNotFit({ folder: d.folder, ...found })
    return { title: check.title, ...found }
  })
}

interface Book {
  readonly mapping: string
  readonly read: number
  readonly migrated: number
  readonly quarantined: number
  readonly filtered: number
}
type Asked = { readonly verdict: string; readonly when: string; readonly answers: readonly Answer[] } | null

const detailOf = <T>(e: Audited): T => JSON.parse(e.detail) as T
const auditOf = (d: Lying): readonly Audited[] => d.lines<Audited>('audit.ndjson')
const ofRun = (d: Lying): readonly Audited[] => auditOf(d).filter((e) => e.run === Number(d.manifest.run.slice(1)))

const checks: readonly Check[] = [
  { title: 'the manifest is whole', find: manifestIsWhole },
  { title: 'its signature', find: signatureFits },
  { title: 'every file is the one that was listed', find: filesAreTheirs },
  { title: 'the audit is unbroken', find: auditIsUnbroken },
  { title: 'the plan is the one that was run', find: planIsItsId },
  { title: 'the books close, and are those of the audit', find: booksClose },
  { title: 'the quarantine is as long as the books say', find: quarantineIsWhole },
  { title: 'the answers are those that the data gave', find: answersWereGiven },
  { title: 'the rehearsal was of this plan, and its undo left nothing', find: rehearsalHolds },
  { title: 'the approvals are for this plan, and in the audit', find: approvalsWereGiven },
]

function manifestIsWhole({ manifest }: Lying) {
  if (manifest.version > dossierVersion)
    return { file: manifestFile, what: `it has version ${manifest.version}, and this Godwit knows ${dossierVersion}` }
  if (sealOf(manifest) !== manifest.seal) return { file: manifestFile, what: 'its seal is not the digest of what stands in it' }
  return { looked: 1 }
}

function signatureFits(d: Lying, key: PublicKey | undefined) {
  if (d.signature === undefined)
    return key
      ? { file: signatureFile, what: 'it is not there, and a key was given to check it with' }
      : { looked: 0, note: 'it is not signed' }
  if (!key) return { looked: 0, note: 'there is one, and no key to check it with: --key FILE' }
  return signatureHolds(d.manifestText, d.signature, key.pem, key.name)
    ? { looked: 1 }
    : { file: signatureFile, what: `it was not made by the owner of ${key.name}, or not for this manifest` }
}

function filesAreTheirs(d: Lying) {
  for (const { file, bytes, sha256 } of d.manifest.files) {
    const there = d.bytes(file)
    if (!there) return { file, what: 'it is listed in the manifest, and is not there' }
    if (there.length !== bytes) return { file, what: `it has ${count(there.length)} bytes, and had ${count(bytes)} when it was written` }
    if (digestOf(there) !== sha256) return { file, what: 'its digest is not the one in the manifest: something in it was changed' }
  }
  const stranger = d.names.find((name) => !d.manifest.files.some((f) => f.file === name))
  return stranger === undefined ? { looked: d.manifest.files.length } : { file: stranger, what: 'it is not listed in the manifest' }
}

function auditIsUnbroken(d: Lying) {
  const file = 'audit.ndjson'
  const entries = auditOf(d)
  const wrong = broken(entries)
  if (wrong) return { file, what: wrong.why }
  const { audit } = d.manifest
  if (entries.length !== audit.entries || (entries.at(-1)?.seal ?? audit.seal) !== audit.seal)
    return {
      file,
      what: `it ends with another entry than the manifest says (${plural(audit.entries, 'entry', 'entries')}, seal ${audit.seal.slice(0, 12)}…)`,
    }
  return ofRun(d).length ? { looked: entries.length } : { file, what: `nothing in it is about run ${d.manifest.run}` }
}

function planIsItsId(d: Lying) {
  const file = 'plan.json'
  const { lines } = d.json<{ lines: Record<string, string> }>(file)
  const id = planId(lines)
  if (d.manifest.plan !== id) return { file, what: `its lines make plan ${id}, and the run was of plan ${d.manifest.plan}` }
  const begun = ofRun(d).findLast((e) => /^run (started|resumed)$/.test(e.what))
  if (begun?.plan !== id) return { file, what: `the audit says that the run went on with plan ${begun?.plan ?? 'nothing'}` }
  return { looked: Object.keys(lines).length }
}

function booksClose(d: Lying) {
  const file = 'books.json'
  const books = d.json<readonly Book[]>(file)
  for (const b of books) {
    const sum = b.migrated + b.quarantined + b.filtered
    if (b.read !== sum) return { file, what: `${b.mapping}: ${count(b.read)} rows were read, and ${count(sum)} are accounted for` }
    const said = ofRun(d).findLast((e) => e.what === 'books' && detailOf<Book>(e).mapping === b.mapping)
    const then = said && detailOf<Book>(said)
    if (!then) return { file, what: `${b.mapping}: the audit knows nothing of these books` }
    for (const n of ['read', 'migrated', 'quarantined', 'filtered'] as const)
      if (then[n] !== b[n]) return { file, what: `${b.mapping}: ${n} ${count(b[n])}, and the audit says ${count(then[n])}` }
  }
  return { looked: books.length }
}

function quarantineIsWhole(d: Lying) {
  const file = 'quarantine.ndjson'
  const rows = d.lines<{ mapping: string }>(file)
  for (const b of d.json<readonly Book[]>('books.json')) {
    const there = rows.filter((r) => r.mapping === b.mapping).length
    if (there !== b.quarantined) return { file, what: `${plural(there, 'row')} of ${b.mapping}, and the books say ${count(b.quarantined)}` }
  }
  return { looked: rows.length, ...(rows.length ? {} : { note: 'no row is in quarantine' }) }
}

function answersWereGiven(d: Lying) {
  const file = 'answers.json'
  const asked = d.json<Asked>(file)
  if (!asked)
    return d.manifest.verdict === 'passed'
      ? { file, what: 'the verdict is "passed", and nothing was asked' }
      : { looked: 0, note: 'nothing was asked of the data' }
  for (const a of asked.answers) {
    if (a.verdict === 'passed' && a.wrong > 0) return { file, what: `"${a.title}" passed with ${count(a.wrong)} wrong` }
  }
  const unknown = asked.when === 'by the run' && asked.answers.find((a) => !wasGiven(d, a))
  if (unknown)
    return { file, what: `"${unknown.title}" ${unknown.verdict} over ${count(unknown.examined)}: the audit knows of no such answer` }
  const verdict = overallOf(asked.answers)
  if (verdict !== asked.verdict) return { file, what: `the answers come to "${verdict}", and it says "${asked.verdict}"` }
  if (d.manifest.verdict === 'passed' && verdict !== 'passed')
    return { file: manifestFile, what: `the verdict is "passed", and the answers come to "${verdict}"` }
  return { looked: asked.answers.length }
}

const wasGiven = (d: Lying, { title, verdict, examined, wrong }: Answer): boolean =>
  ofRun(d).some((e) => {
    if (e.what !== 'asked') return false
    const said = detailOf<Answer>(e)
    return said.title === title && said.verdict === verdict && said.examined === examined && said.wrong === wrong
  })

function overallOf(answers: readonly Answer[]): string {
  if (answers.some((a) => a.verdict === 'failed')) return 'failed'
  return answers.length && answers.every((a) => a.verdict === 'passed') ? 'passed' : 'not verified'
}

function rehearsalHolds(d: Lying) {
  const file = 'rehearsal.json'
  const rehearsed = d.json<Rehearsed | null>(file)
  if (!rehearsed) return { looked: 0, note: 'there was none' }
  if (rehearsed.plan !== d.manifest.plan) return { file, what: `it was of plan ${rehearsed.plan}` }
  const { before, after, same } = rehearsed.undo
  if (same !== (before === after))
    return { file, what: `the digests before and after the undo are ${before === after ? 'the same' : 'different'}, and it says otherwise` }
  return { looked: rehearsed.steps.length, ...(same ? {} : { note: 'its undo did NOT leave the copy as it was' }) }
}

interface Approval {
  readonly plan: string
  readonly step: string
  readonly nonce: string
}

function approvalsWereGiven(d: Lying) {
  const file = 'approvals.json'
  const approvals = d.json<readonly Approval[]>(file)
  const told = new Set(ofRun(d).flatMap((e) => (/^(approved|rejected)/.test(e.what) ? [detailOf<{ nonce?: string }>(e).nonce] : [])))
  for (const a of approvals)
    if (!told.has(a.nonce)) return { file, what: `the one for ${a.step} (${a.nonce.slice(0, 8)}…) is not in the audit` }
  return { looked: approvals.length, ...(approvals.length ? {} : { note: 'none was asked for' }) }
}
