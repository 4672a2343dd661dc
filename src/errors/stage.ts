// What can be wrong with a pile of migrations that is to be staged. What is wrong with one of them is told in its verdict.
import { plainText } from '../text.ts'
import { defineError, exit } from './error.ts'

export const stageFolder = defineError<{ folder: string; why: string }>('GW_STAGE_FOLDER', {
  exit: exit.usage,
  means: 'The folder that was given to godwit stage is not there. Nothing was read.',
  say: (f) => ({ at: plainText(f.folder), message: `${plainText(f.folder)}: ${plainText(f.why)}.`, hint: 'Look at the name.' }),
})

export const stageFormat = defineError<{ folder: string; formats: readonly string[] }>('GW_STAGE_FORMAT', {
  exit: exit.usage,
  means: `Nothing in the folder looks like a migration of a kind that godwit stage can read.`,
  say: (f) => ({
    at: plainText(f.folder),
    message: `${plainText(f.folder)} holds no migrations that can be read.`,
    hint: `Give the folder in which the migrations stand. It reads: ${f.formats.join(', ')}.`,
  }),
})

export const stageSettings = defineError<{ at: string; why: string }>('GW_STAGE_SETTINGS', {
  exit: exit.usage,
  means:
    'stage.yaml says something that cannot be: a key that there is not, a migration or a phase that there is not, or wishes that contradict each other.',
  say: (f) => ({
    at: plainText(f.at),
    message: `${plainText(f.at)}: ${plainText(f.why)}.`,
    hint: 'godwit stage --help says what may stand there.',
  }),
})

export const stageBase = defineError<{ base: string; why: string; cause?: unknown }>('GW_STAGE_BASE', {
  exit: exit.usage,
  means:
    'The branch that godwit stage was to compare with (--base) cannot be read: the folder is in no git repository, or there is no such branch.',
  say: (f) => ({
    at: plainText(f.base),
    message: `${plainText(f.base)}: ${plainText(f.why)}.`,
    hint: 'git branch --all lists what there is.',
    cause: f.cause,
  }),
})

export const stageFile = defineError<{ file: string; cause?: unknown }>('GW_STAGE_FILE', {
  exit: exit.usage,
  means:
    'A file that was given to godwit stage (rows, a schema, smoke statements, a certificate, a template) is not there or cannot be read.',
  say: (f) => ({ at: plainText(f.file), message: `${plainText(f.file)} cannot be read.`, hint: 'Look at the name.', cause: f.cause }),
})

export const stageBranch = defineError<{ branch: string; why: string; hint: string }>('GW_STAGE_BRANCH', {
  exit: exit.usage,
  means:
    'A branch of a phase cannot be made or made anew: it belongs to somebody else, somebody has committed on it, it is checked out, or what it is made of is not committed. No branch was changed.',
  say: (f) => ({ at: plainText(f.branch), message: `${plainText(f.branch)}: ${plainText(f.why)}.`, hint: f.hint }),
})

export const stageTemplate = defineError<{ word: string; near: string | undefined; words: readonly string[] }>('GW_STAGE_TEMPLATE', {
  exit: exit.usage,
  means: 'A template of godwit stage prs asks for something that there is not. Nothing was written.',
  say: (f) => ({
    at: plainText(f.word),
    message: `The template says {{${plainText(f.word)}}}, which there is not${f.near ? `; did you mean {{${f.near}}}?` : '.'}`,
    hint: `There are: ${f.words.join(', ')}.`,
  }),
})

export const stageServer = defineError<{ dialect: string }>('GW_STAGE_SERVER', {
  exit: exit.usage,
  means:
    'A pile is proved on scratch databases of its own kind: of Postgres on a server that is started for it or on the one of --server, of MySQL and MariaDB on the one of --server, of SQLite in files. Nothing was run.',
  say: (f) => ({
    at: '--server',
    message: `The pile is written for ${f.dialect}, and ${f.dialect === 'SQLite' ? 'takes no server' : `--server names none of that kind`}.`,
    hint:
      f.dialect === 'SQLite'
        ? 'Leave --server out.'
        : `Give one on which databases may be made, for instance --server ${f.dialect === 'MySQL' ? 'mariadb://root@127.0.0.1:3306' : 'postgres://postgres@127.0.0.1:5432/postgres'}.`,
  }),
})

export const stageRunner = defineError<{ runner: string; why: string }>('GW_STAGE_RUNNER', {
  exit: exit.usage,
  means: 'The program that was to carry the migrations out (--runner) is not installed, or cannot carry out these. Nothing was run.',
  say: (f) => ({
    at: '--runner',
    message: `${plainText(f.runner)} cannot carry them out: ${plainText(f.why)}.`,
    hint: 'Install it, or leave --runner out: then it is taken where it can be used, and the SQL as it was read where not.',
  }),
})
