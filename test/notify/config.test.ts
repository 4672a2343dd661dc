// Channels in the configuration: what may be said, what is wrong with it, and that no key of theirs is seen.
import { describe, expect, test } from 'vitest'
import { scrubKnown } from '../../src/config/index.ts'
import { configFile, errorOf, load, loaded, project, said } from '../config/project.ts'

const withChannels = (channels: string) => `{ database: 'embedded', notify: { channels: ${channels} } }`

test('each kind opens, with its variables put in, and tells where it goes without its secrets', async () => {
  const root = project({
    ...configFile(
      withChannels(`{
        team: { slack: '\${SLACK}', on: ['failed', 'incident'] },
        records: { webhook: 'https://records.example/godwit', key: '\${KEY}' },
        owners: { mail: 'smtp://mailer:\${MAIL_PASSWORD}@mail.example', from: 'godwit@example.org', to: ['a@example.org'] },
        pager: { command: ['./page.sh', '--urgent'] },
      }`),
    ),
    '.env': 'SLACK=https://hooks.example/services/T0/B0/topsecret\nKEY=0123456789abcdef-key\nMAIL_PASSWORD=hunter2hunter2\n',
  })
  const channels = (await load(root)).channels()
  expect(channels.map(({ name, kind, to }) => [name, kind, to])).toEqual([
    ['team', 'slack', 'hooks.example'],
    ['records', 'webhook', 'records.example'],
    ['owners', 'mail', 'a@example.org by mail.example'],
    ['pager', 'command', './page.sh'],
  ])
  expect([...channels[0]!.on]).toEqual(['failed', 'incident'])
  expect([...channels[3]!.on]).toHaveLength(6)
  const leaked = 'https://hooks.example/services/T0/B0/topsecret /services/T0/B0/topsecret 0123456789abcdef-key hunter2hunter2'
  expect(scrubKnown(leaked)).not.toMatch(/topsecret|abcdef|hunter2/)
})

test('a variable that is not there is asked for when somebody is to be told, and not before', async () => {
  const config = await loaded(withChannels("{ team: { slack: '${NOWHERE}' } }"))
  const error = await errorOf(() => config.channels())
  expect(said(error)).toContain('NOWHERE')
  expect(said(error)).toContain('notify.channels.team.slack')
})

test('an environment has its own', async () => {
  const config = await loaded(
    `{ database: 'embedded', notify: { channels: { team: { command: ['a'] } }, contacts: { 'the data': 'Ana' } },
      environments: { dev: { notify: { channels: { pager: { command: ['b'] } } } } } }`,
    { env: 'dev' },
  )
  expect(config.channels().map((c) => c.name)).toEqual(['pager'])
  expect(config.contacts).toEqual({})
})

describe('what is wrong is said with its place', () => {
  test.each([
    ["{ team: { on: ['failed'] } }", /team must say one of slack, webhook, mail or command/],
    ["{ team: { slack: 'https://x.example/a', command: ['a'] } }", /team must say one of/],
    ["{ team: { webhook: 'https://x.example/a' } }", /team must also say key/],
    ["{ team: { command: ['a'], from: 'a@b.c' } }", /team\.from does not belong to a channel of the kind command/],
    ['{ team: { command: [] } }', /team\.command must be a list/],
    ["{ team: { command: 'page' } }", /team\.command must be a list/],
    ["{ team: { slak: 'https://x.example/a' } }", /team\.slak is not a key that Godwit knows\. Did you mean 'slack'\?/],
    ["{ team: { command: ['a'], on: ['fail'] } }", /team\.on\S* must be one of phase, waiting/],
    ["{ 'a b': { command: ['a'] } }", /cannot be the name of a channel/],
  ])('%s', async (channels, says) => {
    const error = await errorOf(loaded(withChannels(channels)))
    expect(said(error)).toMatch(says)
  })

  test.each([
    ["{ team: { slack: 'http://hooks.example/x' } }", /team\.slack must begin with https/],
    ["{ team: { slack: 'nonsense' } }", /team\.slack must be a URL/],
    ["{ team: { webhook: 'https://u:p@x.example/a', key: '0123456789abcdef' } }", /team\.webhook must not have a user or a password/],
    ["{ team: { webhook: 'https://x.example/a', key: 'short' } }", /team\.key must have 16 characters/],
    ["{ team: { mail: 'smtp://x.example', from: 'nobody', to: 'a@b.c' } }", /team\.from must be a plain mail address/],
  ])('%s, when it is opened', async (channels, says) => {
    const config = await loaded(withChannels(channels))
    const error = await errorOf(() => config.channels())
    expect(said(error)).toMatch(says)
    expect(said(error)).not.toMatch(/nonsense|short'|nobody|u:p/)
  })
})
