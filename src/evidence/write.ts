// A dossier written: a folder that is there whole or not at all.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { dossierThere } from '../errors/evidence.ts'
import { origin } from '../ledger/audit.ts'
import type { Evidence } from './gather.ts'
import { digestOf, dossierVersion, type Manifest, manifestFile, manifestText, sealOf, signatureFile, signatureOf } from './manifest.ts'
import { firstPage, parts } from './parts.ts'

export interface Written {
  readonly folder: string
  readonly manifest: Manifest
  readonly signed: boolean
}

export function writeDossier(e: Evidence, folder: string, key?: { readonly name: string; readonly pem: string }): Written {
  const there = resolve(folder)
  if (existsSync(there) && readdirSync(there).length) throw dossierThere({ folder })
  const making = `${there}.${process.pid}.making`
  try {
    mkdirSync(making, { recursive: true })
    const manifest = fill(making, e)
    if (key) writeFileSync(join(making, signatureFile), `${signatureOf(manifestText(manifest), key.pem, key.name)}\n`)
    mkdirSync(dirname(there), { recursive: true })
    rmSync(there, { recursive: true, force: true })
    renameSync(making, there)
    return { folder, manifest, signed: key !== undefined }
  } finally {
    rmSync(making, { recursive: true, force: true })
  }
}

function fill(folder: string, e: Evidence): Manifest {
  const texts = [['README.md', firstPage(e)] as const, ...parts.map((p) => [p.file, p.text(e)] as const)]
  const files = texts.map(([file, text]) => {
    writeFileSync(join(folder, file), text)
    return { file, bytes: Buffer.byteLength(text), sha256: digestOf(text) }
  })
  const manifest = manifestOf(e, files)
  writeFileSync(join(folder, manifestFile), manifestText(manifest))
  return manifest
}

function manifestOf({ report, database, audit }: Evidence, files: Manifest['files']): Manifest {
  const whole: Manifest = {
    format: 'godwit dossier',
    version: dossierVersion,
    madeAt: report.madeAt,
    migration: report.migration,
    run: report.run.id,
    plan: report.run.plan,
    environment: report.run.environment ?? null,
    database,
    verdict: report.verdict.outcome,
    audit: { entries: audit.length, seal: audit.at(-1)?.seal ?? origin },
    files,
    seal: '',
  }
  return { ...whole, seal: sealOf(whole) }
}
