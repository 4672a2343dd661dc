// A dossier: one folder with all that an auditor asks for, which anybody can check again without a database.
export { fitsTogether } from './fits.ts'
export { gatherEvidence } from './gather.ts'
export { readDossier } from './read.ts'
export { keepRehearsal, rehearsalOf } from './rehearsals.ts'
export { writeDossier } from './write.ts'
