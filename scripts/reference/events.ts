// All that the outside learns of a run, from the type of an event.
import ts from 'typescript'
import { cell, page, sourceOf, table } from './source.ts'

const says: Readonly<Record<string, string>> = {
  'run.started': 'A run begins, or goes on. `steps` is all that it will do.',
  'step.started': 'A step begins.',
  'step.done': 'A step has been done.',
  'step.skipped': 'A step was done before; the run that goes on leaves it alone.',
  'step.undone': 'A step has been taken back.',
  'step.progress': 'So many source rows of a mapping are through. Not kept in the ledger.',
  'step.books': 'What became of the rows of a mapping.',
  'step.waiting': 'It waits, and why.',
  'check.answered': 'A question of the verification, with its answer and some of the rows that are wrong.',
  'run.finished': 'All is done and verified.',
  'run.waiting': 'It waits at a gate: why, what opens it, and when it opens by itself.',
  'run.paused': 'It stopped between two units, and can go on.',
  'run.undone': 'The run has been taken back.',
  'run.failed': 'It stopped with an error.',
}

function rows(): string[][] {
  const body = sourceOf('src/events/event.ts')
    .statements.filter(ts.isTypeAliasDeclaration)
    .find((t) => t.name.text === 'EventBody')!
  if (!ts.isUnionTypeNode(body.type)) throw new Error('EventBody is no union any more: scripts/reference/events.ts')
  return body.type.types.filter(ts.isTypeLiteralNode).flatMap(eventsOf)
}

function eventsOf(type: ts.TypeLiteralNode): string[][] {
  const members = type.members.filter(ts.isPropertySignature)
  const names = [
    ...members
      .find((m) => m.name.getText() === 'type')!
      .type!.getText()
      .matchAll(/'([^']+)'/g),
  ].map((m) => m[1]!)
  const rest = members.filter((m) => m.name.getText() !== 'type').map((m) => `${m.name.getText()}${m.questionToken ? '?' : ''}`)
  return names.map((name) => [`\`${name}\``, rest.map((r) => `\`${r}\``).join(', '), cell(says[name] ?? '')])
}

export const eventsPage = (): string =>
  page(
    'Events',
    'A run tells what it does as events: plain JSON, the same for the terminal, for `--json` (one on a line of stderr), for programs (`observe`) and in the ledger (`godwit.event`). Each has `seq` and `at` (milliseconds) besides what stands here. `fold(view, event)` makes the run as one looks at it.',
    table(['event', 'with', 'what it says'], rows()),
  )
