import type { Found, Rule } from '../rule.ts'

export const editedAfterApply: Rule = {
  id: 'edited-after-apply',
  name: 'A migration that is no longer what ran',
  when: 'A file whose statements are others than at the revision of --since, where it was already.',
  harm: 'Runners that keep checksums refuse it. Others never run it where it ran, and run the new text everywhere else: the databases drift apart.',
  instead: 'Put the file back as it was, and write the change into a new one.',
  bad: {
    schema: '',
    applied: 'CREATE TABLE wishes (id bigint PRIMARY KEY);',
    sql: 'CREATE TABLE wishes (id bigint PRIMARY KEY, made timestamptz);',
  },
  good: {
    schema: '',
    applied: 'CREATE TABLE wishes (id bigint PRIMARY KEY);',
    sql: '-- what people would like to have\nCREATE TABLE wishes (id bigint PRIMARY KEY);',
  },
  on: ['Edited'],
  always: true,
  check: () => edited,
}

export const edited: Found = {
  categories: ['fails'],
  message: 'from here on it is not what ran: its runner refuses it, or never runs it where the old text ran',
  beyondOneRun: true,
}
