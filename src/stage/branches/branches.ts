// A branch for each phase, on the one before it, with a commit for each migration: made of objects and refs only.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { stageBranch } from '../../errors/stage.ts'
import type { PlacedFile } from '../files/files.ts'
import type { FolderOnDisk } from '../folder.ts'
import { asked, commitOf, type Git, gitIn } from '../git.ts'
import type { StagedMigration } from '../writers/writer.ts'
import type { ShippedPhase } from './phases.ts'

export interface Branch {
  readonly name: string
  readonly phase: ShippedPhase
  /** What it stands on: the base, or the branch before it. */
  readonly onto: string
  readonly state: 'new' | 'the same' | 'made anew'
  readonly tip: string
  readonly commits: readonly {
    readonly id: string
    /** Undefined of what is no migration. */
    readonly migration: string | undefined
    readonly subject: string
    readonly files: readonly string[]
  }[]
}

export interface Branches {
  readonly branches: readonly Branch[]
  /** Made before, for phases that there are no more. Nobody deletes them but you. */
  readonly left: readonly string[]
}

interface Asked {
  readonly base: string
  readonly phases: readonly ShippedPhase[]
  readonly folder: FolderOnDisk
  /** Else nothing is written into the repository, and it is only said what would be. */
  readonly apply: boolean
}

/** What was made last of a branch, so that what others have put on it is seen. */
const remembered = (branch: string): string => `refs/godwit/stage/${branch}`

export function branchesOf({ base, phases, folder, apply }: Asked): Branches {
  const git = gitIn(folder.root, base)
  refuseUncommitted(git, folder)
  const scratch = mkdtempSync(path.join(tmpdir(), 'gw-stage-'))
  try {
    const making = new Making(git, scratch, apply)
    const made: Branch[] = []
    let onto = { name: base, commit: commitOf(git, base) }
    refuseBoth(git, onto.commit, phases)
    for (const phase of phases) {
      const commits = making.commitsOf(phase, onto.commit)
      const tip = commits.at(-1)?.id ?? onto.commit
      making.verify(phase, onto.commit, tip)
      made.push({ name: phase.branch, phase, onto: onto.name, tip, commits, state: stateOf(git, phase.branch, tip) })
      onto = { name: phase.branch, commit: tip }
    }
    if (apply) update(git, made)
    return { branches: made, left: leftIn(git, made) }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** Of the files that a branch changes, those that stand in its commits. */
export function committed(files: readonly PlacedFile[], { root }: FolderOnDisk, base: string | undefined): PlacedFile[] {
  if (base === undefined || files.length === 0) return []
  const git = gitIn(root, base)
  const left = asked(git, ['merge-base', base, 'HEAD']) ?? base
  const there = new Set(git(['diff', '--name-only', '-z', '--no-renames', left, 'HEAD']).split('\0'))
  return files.filter((f) => there.has(f.file))
}

/** A commit says what it was made of: that must be one itself. */
function refuseUncommitted(git: Git, folder: FolderOnDisk): void {
  const changed = git(['status', '--porcelain', '-z', '--untracked-files=all', '--', folder.at || '.'])
    .split('\0')
    .filter(Boolean)
  if (changed.length)
    throw stageBranch({ branch: folder.at || '.', why: `${changed[0]!.slice(3)} is not committed`, hint: 'Commit it or take it away.' })
}

/** What the base has changed since would be lost: whoever knows both puts them together. */
function refuseBoth(git: Git, base: string, phases: readonly ShippedPhase[]): void {
  const files = phases.flatMap((p) => p.application.map((f) => f.file))
  const left = asked(git, ['merge-base', base, 'HEAD']) ?? base
  const since =
    files.length && left !== base ? git(['diff', '--name-only', '-z', '--no-renames', left, base, '--', ...files]).split('\0') : ['']
  if (since[0])
    throw stageBranch({ branch: since[0], why: 'it was changed here and on the base', hint: 'Merge the base into your branch first.' })
}

class Making {
  readonly #git: Git
  readonly #env: Readonly<Record<string, string>>

  constructor(git: Git, scratch: string, apply: boolean) {
    this.#git = git
    const objects = path.resolve(git(['rev-parse', '--show-toplevel']).trim(), git(['rev-parse', '--git-path', 'objects']).trim())
    // what is only to be shown is written elsewhere, and thrown away
    const elsewhere = { GIT_OBJECT_DIRECTORY: path.join(scratch, 'objects'), GIT_ALTERNATE_OBJECT_DIRECTORIES: objects }
    mkdirSync(elsewhere.GIT_OBJECT_DIRECTORY)
    this.#env = { GIT_INDEX_FILE: path.join(scratch, 'index'), ...(apply ? {} : elsewhere) }
  }

  #run(words: readonly string[], given: { input?: string; env?: Readonly<Record<string, string>> } = {}): string {
    return this.#git(words, { ...given, env: { ...this.#env, ...given.env } }).trim()
  }

  commitsOf(phase: ShippedPhase, onto: string): Branch['commits'] {
    this.#run(['read-tree', onto])
    let parent = onto
    const commits: Branch['commits'][number][] = []
    for (const migration of phase.migrations) {
      const files = this.#put(migration)
      const tree = this.#run(['write-tree'])
      // it is there as it is: nothing to commit
      if (tree === this.#run(['rev-parse', `${parent}^{tree}`])) continue
      const { text, env } = this.#words(migration, phase)
      parent = this.#run(['commit-tree', tree, '-p', parent, '-F', '-'], { input: text, env })
      commits.push({ id: parent, migration: migration.id, subject: text.split('\n')[0]!, files })
    }
    const others = this.#others(phase, parent)
    return others ? [...commits, others] : commits
  }

  /** What else ships with the phase, as it is on the branch, in one commit. */
  #others({ n, of, branch, application }: ShippedPhase, parent: string): Branch['commits'][number] | undefined {
    if (application.length === 0) return undefined
    const blobs = this.#blobs(application.map((f) => f.file))
    for (const { file } of application) {
      const there = blobs.get(file)
      this.#run(there ? ['update-index', '--add', '--cacheinfo', `${there},${file}`] : ['update-index', '--force-remove', '--', file])
    }
    const tree = this.#run(['write-tree'])
    if (tree === this.#run(['rev-parse', `${parent}^{tree}`])) return undefined
    const [source, env] = this.#author([])
    const subject = `stage ${n}/${of}: what ships with it of the application`
    const text = `${subject}\n\nAs it is on the branch.\n\nGodwit-Stage: ${branch}\nGodwit-Source: ${source}\n`
    const id = this.#run(['commit-tree', tree, '-p', parent, '-F', '-'], { input: text, env })
    return { id, migration: undefined, subject, files: application.map((f) => f.file) }
  }

  #blobs(files: readonly string[]): ReadonlyMap<string, string> {
    const lines = this.#run(['ls-tree', '-r', '-z', 'HEAD', '--', ...files])
      .split('\0')
      .filter(Boolean)
    return new Map(
      lines.map((line) => [
        line.slice(line.indexOf('\t') + 1),
        line
          .split(/\s+/, 3)
          .filter((_, i) => i !== 1)
          .join(','),
      ]),
    )
  }

  #author(of: readonly string[]): [string, Record<string, string>] {
    const [source = '', author = '', mail = '', date = ''] = this.#run([
      'log',
      '-1',
      '--format=%H%x00%an%x00%ae%x00%aI',
      'HEAD',
      ...of,
    ]).split('\0')
    return [source, { GIT_AUTHOR_NAME: author, GIT_AUTHOR_EMAIL: mail, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date }]
  }

  #put({ files, change, judged }: StagedMigration): string[] {
    for (const { file, text } of files) {
      // as it was committed, with its mode and every byte
      const was = change === 'none' && file === judged.migration.file ? this.#run(['ls-tree', 'HEAD', '--', file]) : ''
      const [mode = '100644', , blob = this.#run(['hash-object', '-w', '--stdin'], { input: text })] = was ? was.split(/\s+/) : []
      this.#run(['update-index', '--add', '--cacheinfo', `${mode},${blob},${file}`])
    }
    return files.map((f) => f.file)
  }

  /** By whoever wrote the original, and then: made twice it is the same commit. */
  #words({ judged, id, change }: StagedMigration, { n, of, name, branch }: ShippedPhase): { text: string; env: Record<string, string> } {
    const { migration } = judged
    const [source, env] = this.#author(['--', migration.file])
    const part = change === 'part' ? `, the ${name} part` : ''
    const trailers = [`Godwit-Stage: ${branch}`, `Godwit-Migration: ${id}`, `Godwit-Source: ${source}`]
    return {
      text: `stage ${n}/${of}: ${migration.title}${part}\n\n${whyOf(change, migration.id)}\n\n${trailers.join('\n')}\n`,
      env,
    }
  }

  /** The files of the phase and no others. */
  verify({ files, branch }: ShippedPhase, onto: string, tip: string): void {
    const differing = this.#run(['diff', '--name-only', '-z', '--no-renames', onto, tip]).split('\0').filter(Boolean)
    const other = differing.find((f) => !files.includes(f))
    if (other)
      throw stageBranch({ branch, why: `${other} would be changed, and is of no migration of the phase`, hint: 'Nothing was written.' })
  }
}

const whys: Readonly<Record<StagedMigration['change'], string>> = {
  none: 'As it was written.',
  parent: 'As it was written, with another parent.',
  name: 'As it was written, under a name that says its place.',
  part: 'Cut out of a migration that does work of several phases.',
}

const whyOf = (change: StagedMigration['change'], id: string): string => `${whys[change]} Of ${id}.`

function stateOf(git: Git, branch: string, tip: string): Branch['state'] {
  if (asked(git, ['check-ref-format', '--branch', branch]) === undefined)
    throw stageBranch({ branch, why: 'that is no name for a branch', hint: 'Give another one with --name.' })
  const there = asked(git, ['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`])
  if (!there) return 'new'
  const ours = asked(git, ['rev-parse', '--verify', '--quiet', remembered(branch)])
  if (there !== ours) {
    const why = ours ? 'somebody has committed on it since it was made' : 'it is there, and was not made by godwit'
    throw stageBranch({ branch, why, hint: 'Nothing was changed. Rename it or take it away, or give other names with --name.' })
  }
  if (there === tip) return 'the same'
  if (git(['worktree', 'list', '--porcelain']).split('\n').includes(`branch refs/heads/${branch}`))
    throw stageBranch({
      branch,
      why: 'it is checked out, and would change under whoever works there',
      hint: 'Check out another branch there.',
    })
  return 'made anew'
}

/** All of them or none. */
function update(git: Git, branches: readonly Branch[]): void {
  const nothing = '0'.repeat(40)
  const lines = branches.flatMap(({ name, tip, state }) => {
    const was = state === 'new' ? nothing : commitOf(git, `refs/heads/${name}`)
    return [`update refs/heads/${name} ${tip} ${was}`, `update ${remembered(name)} ${tip}`]
  })
  git(['update-ref', '--stdin'], { input: `${lines.join('\n')}\n` })
}

function leftIn(git: Git, made: readonly Branch[]): string[] {
  const known = git(['for-each-ref', '--format=%(refname)', 'refs/godwit/stage/']).split('\n').filter(Boolean)
  const names = known.map((r) => r.slice('refs/godwit/stage/'.length)).filter((n) => !made.some((b) => b.name === n))
  return names.filter((n) => asked(git, ['rev-parse', '--verify', '--quiet', `refs/heads/${n}`]))
}
