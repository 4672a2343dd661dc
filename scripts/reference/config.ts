// The keys of godwit.config.ts, from the types that check it.
import ts from 'typescript'
import { cell, commentOf, page, sourceOf, table } from './source.ts'

const file = 'src/config/config.ts'

function keysOf(name: string, prefix = '', from = file): string[][] {
  const declared = sourceOf(from)
    .statements.filter(ts.isInterfaceDeclaration)
    .find((i) => i.name.text === name)!
  return declared.members.filter(ts.isPropertySignature).map((m) => {
    const type = m
      .type!.getText()
      .replace(/readonly /g, '')
      .replace(/ \| undefined/g, '')
      .replace(/\?: /g, '?: ')
    return [`\`${prefix}${m.name.getText()}\``, `\`${cell(type)}\``, cell(commentOf(m) ?? more[`${name}.${m.name.getText()}`] ?? '')]
  })
}

const more: Readonly<Record<string, string>> = {
  'Settings.run': 'How a run works; see below.',
  'Settings.protection': 'What a protected environment wants to see first; see below.',
}

const keys = (name: string, prefix?: string, from?: string): string => table(['key', 'type', 'what it says'], keysOf(name, prefix, from))

export const configPage = (): string =>
  page(
    'Configuration',
    'What `godwit.config.ts` exports as its default. A key that is not here is refused, and types are checked, never converted. `${NAME}` is taken from the process environment, then `.env.ENVIRONMENT`, then `.env`, both beside the configuration.',
    '## At the top',
    keys('Config'),
    '## At the top, and in every environment',
    keys('Settings'),
    '## sources.NAME',
    'Where it is not an address alone: one of `database` and `files`.',
    keys('Source', 'sources.NAME.'),
    '## sources.NAME.tables.TABLE',
    'Where it is not the name of a file alone.',
    keys('FileTable', 'tables.TABLE.', 'src/databases/files/declared.ts'),
    '## owns',
    keys('Owns', 'owns.'),
    '## people.NAME',
    keys('PersonGiven', 'people.NAME.'),
    '## protection',
    keys('ProtectionGiven', 'protection.'),
    '## lint',
    keys('LintGiven', 'lint.', 'src/config/lint.ts'),
    '## notify',
    keys('Notify', 'notify.'),
    '## notify.channels.NAME',
    'One of `slack`, `webhook`, `mail` and `command`, with what belongs to it. Each may also say `on`: what it is told of, a list of `phase`, `waiting`, `failed`, `incident`, `finished` and `undone`. Default all.',
    ...['slack', 'webhook', 'mail', 'command'].map((kind) =>
      keys(`${kind[0]!.toUpperCase()}${kind.slice(1)}Channel`, 'NAME.', `src/notify/channels/${kind}.ts`),
    ),
    '## run',
    keys('RunSettings', 'run.'),
  )
