// A plan as a page and as Markdown, for people who were not there.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Script } from 'node:vm'
import { expect, test } from 'vitest'
import { renderStaging, type Staging } from '../../src/report/stage/index.ts'
import { layoutOf } from '../../src/report/stage/layout.ts'
import { planPhases } from '../../src/stage/phases.ts'
import { noSettings } from '../../src/stage/settings.ts'
import { folder, godwit } from '../cli/godwit.ts'
import { analysed, before, type Files, revision } from './piles.ts'

const pile: Files = {
  ...before,
  ...revision('b2', `op.drop_column('orders', 'note')`, { parent: 'a1' }),
  ...revision('c3', `op.add_column('orders', sa.Column('x', sa.Integer()))\nop.execute("UPDATE orders SET x = 1")`, { parent: 'b2' }),
}

async function staging(files: Files): Promise<Staging> {
  const analysis = await analysed(files)
  return { folder: 'versions', analysis, plan: planPhases(analysis, noSettings), compared: undefined }
}

const layout = ({ plan }: Staging) =>
  layoutOf(plan.phases, plan.edges, new Map(plan.placed.map(({ judged: { migration: m } }) => [m.id, m.parents])))

test('every part has its place in its lane, and none lies on another', async () => {
  const many = Array.from({ length: 60 }, (_, i) =>
    revision(`m${i}`, `op.execute("UPDATE orders SET total = ${i}")`, { parent: i ? `m${i - 1}` : 'a1' }),
  )
  const { spots, lanes, width, height } = layout(await staging(Object.assign({}, before, ...many)))
  expect(spots).toHaveLength(61)
  expect(new Set(spots.map((s) => `${s.x} ${s.y}`)).size).toBe(61)
  for (const s of spots) {
    expect(s.x).toBeGreaterThanOrEqual(lanes[s.lane]!.x)
    expect(s.x + 196).toBeLessThanOrEqual(lanes[s.lane]!.x + lanes[s.lane]!.width)
  }
  expect(width / height).toBeGreaterThan(1)
  expect(width / height).toBeLessThan(3)
})

test('lines: what a part stands on, its parent, and what is the wrong way round; nothing that follows from others', async () => {
  const { lines, spots } = layout(await staging(pile))
  const named = lines.map((l) => `${l.kind}: ${spots[l.first]!.part.id} < ${spots[l.last]!.part.id}`)
  expect(named.toSorted()).toEqual([
    'chain: a1 < b2',
    'inversion: b2 < c3/expand',
    'objects: a1 < b2',
    'objects: a1 < c3/expand',
    'objects: c3/expand < c3/backfill',
  ])
})

test('the page holds all of it, loads nothing, and runs only what it says it runs', async () => {
  const html = renderStaging(await staging(pile), 'html')
  for (const id of ['a1', 'b2', 'c3']) expect(html).toContain(`<h3><code>${id}</code>`)
  expect(html).toContain('1 to be given another parent')
  expect(html).toContain('to be split: expand (1), backfill (1)')
  expect(html.match(/class="box /g)).toHaveLength(4)
  const [, script] = /<script>([\s\S]*)<\/script>/.exec(html)!
  expect(html).toContain(`script-src 'sha256-${createHash('sha256').update(script!).digest('base64')}';`)
  expect(html).not.toMatch(/(?:src|href)="(?!#)|https?:|url\((?!#)/)
  expect(() => new Script(script!)).not.toThrow()
  for (const [, name] of script!.matchAll(/querySelector(?:All)?\('[^')]*\.([a-z]+)/g))
    expect(html).toMatch(new RegExp(`class="[^"]*\\b${name}\\b`))
})

test('names that are markup stay names', async () => {
  const evil = `x"><img src=q onerror=alert(1)>|`
  const files = {
    ...before,
    'versions/b2.py': revision('b2', `op.drop_column('orders', 'note')`, { parent: 'a1' })['versions/b2.py']!.replace(
      'b2 does something',
      evil,
    ),
  }
  const s = await staging(files)
  expect(renderStaging(s, 'html')).not.toMatch(/<img/)
  const markdown = renderStaging(s, 'markdown')
  expect(markdown).not.toMatch(/<img/)
  expect(
    markdown
      .split('\n')
      .find((l) => l.startsWith('| `b2`'))!
      .match(/(?<!\\)\|/g),
  ).toHaveLength(5)
})

test('Markdown says first what stands in the way, and folds the phases away', async () => {
  const markdown = renderStaging(await staging(pile), 'markdown')
  expect(markdown.split('\n').slice(1, 11)).toMatchInlineSnapshot(`
    [
      "## ? 3 phases for 3 migrations: versions",
      "",
      "- 1 to be split: some of what they do ships before the rest",
      "- 1 to be given another parent: theirs ships after them",
      "",
      "| phase | what it does | parts | risk | after |",
      "|---|---|--:|---|---|",
      "| expand | make room | 2 | medium | – |",
      "| backfill | rows moved | 1 | high | expand |",
      "| contract | the old shape goes | 1 | high | expand |",
    ]
  `)
  expect(markdown).toContain('| `c3` | safe-additive, 1 of 2 operations |')
  expect(markdown).toContain('- `c3` says that it comes after `b2`')
  expect(markdown.match(/<details>/g)!.length).toBe(markdown.match(/<\/details>/g)!.length)
})

test('the command writes it to a file, and ends as it does without', async () => {
  const cwd = folder(pile)
  const ended = await godwit(['stage', 'plan', 'versions', '--report', 'html', '--out', 'plan.html'], { cwd })
  expect([ended.code, ended.stdout]).toEqual([4, expect.stringContaining('Written to plan.html')])
  expect(readFileSync(path.join(cwd, 'plan.html'), 'utf8')).toContain('<h1>versions</h1>')
  expect((await godwit(['stage', 'plan', 'versions', '--report', 'markdown'], { cwd })).stdout).toContain('## ? 3 phases for 3 migrations')
})
