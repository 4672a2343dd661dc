// Dossiers: what keeps one from being made, or from being believed.
import { defineError, exit } from './error.ts'

export const keyUnreadable = defineError<{ name: string; said: string; cause: unknown }>('GW_KEY_UNREADABLE', {
  exit: exit.usage,
  means: 'A key that a dossier is signed or checked with could not be read. It is a PEM: PRIVATE KEY to sign, PUBLIC KEY to check.',
  say: (f) => ({
    message: `${f.name} is no key that can be used: ${f.said}`,
    hint: 'Make a pair: openssl genpkey -algorithm ed25519 -out dossier.key; openssl pkey -in dossier.key -pubout -out dossier.pub',
    cause: f.cause,
  }),
})

export const noDossier = defineError<{ folder: string; said: string }>('GW_NO_DOSSIER', {
  exit: exit.usage,
  means: 'The folder that was named holds no dossier: there is no manifest in it that can be read.',
  say: (f) => ({
    message: `${f.folder} is not a dossier: ${f.said}`,
    hint: 'godwit dossier writes one; name the folder that it wrote.',
  }),
})

export const dossierThere = defineError<{ folder: string }>('GW_DOSSIER_THERE', {
  exit: exit.usage,
  means: 'Evidence is not written over: a dossier goes into a folder that is not there yet, or is empty.',
  say: (f) => ({ message: `${f.folder} is there already.`, hint: 'Name another folder: --out FOLDER.' }),
})

export const doesNotFit = defineError<{ folder: string; file: string; what: string }>('GW_DOSSIER_DOES_NOT_FIT', {
  exit: exit.no,
  means:
    'A dossier was checked, and something in it does not fit the rest: it was changed after it was made, or what it says was never true.',
  say: (f) => ({
    message: `${f.folder}: ${f.file}: ${f.what}`,
    hint: 'This is the first thing that does not fit. Get the dossier again from where it was kept, or make it anew: godwit dossier.',
  }),
})
