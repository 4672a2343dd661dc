// The list of what is in a dossier, with the digest of each; its own seal stands in it, and a signature beside it.
import { createHash, createPrivateKey, createPublicKey, sign as signed, verify as verified } from 'node:crypto'
import { keyUnreadable } from '../errors/evidence.ts'

export const dossierVersion = 1
export const manifestFile = 'manifest.json'
export const signatureFile = 'manifest.sig'

export interface Listed {
  readonly file: string
  readonly bytes: number
  readonly sha256: string
}

export interface Manifest {
  readonly format: 'godwit dossier'
  readonly version: number
  readonly madeAt: string
  readonly migration: string
  readonly run: string
  readonly plan: string
  readonly environment: string | null
  readonly database: string
  readonly verdict: string
  /** The seal of the last entry of the audit: whoever has kept it elsewhere can tell whether the audit is still the same. */
  readonly audit: { readonly entries: number; readonly seal: string }
  readonly files: readonly Listed[]
  /** SHA-256 of all of the above. */
  readonly seal: string
}

export const digestOf = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex')

export const sealOf = ({ seal: _, ...rest }: Manifest): string => digestOf(JSON.stringify(rest))

export const manifestText = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 2)}\n`

/** Ed25519 or whatever the key is: Node knows by the key. */
export function signatureOf(text: string, privateKey: string, name: string): string {
  try {
    return signed(null, Buffer.from(text), createPrivateKey(privateKey)).toString('base64')
  } catch (cause) {
    throw keyUnreadable({ name, said: (cause as Error).message, cause })
  }
}

export function signatureHolds(text: string, signature: string, publicKey: string, name: string): boolean {
  try {
    return verified(null, Buffer.from(text), createPublicKey(publicKey), Buffer.from(signature, 'base64'))
  } catch (cause) {
    throw keyUnreadable({ name, said: (cause as Error).message, cause })
  }
}
