// Prints the least privileges that a migration needs: to read, to change, and to run as an administrator.
import { targetUnsupported } from '../../errors/target.ts'
import type { Context, Outcome } from '../context.ts'
import { type Define, examples } from '../define.ts'

export const define: Define = (command, act) =>
  void command
    .option('--login <role>', 'the user that connects (else the one of the address)')
    .addHelpText('after', examples(['godwit grants > grants.sql', 'read it, then run it as an administrator']))
    .action(act((context, options: { login?: string }) => print(context, options.login)))

async function print(context: Context, login: string | undefined): Promise<Outcome> {
  const [{ configOf, withDatabase }, { concernOf }, { grantsScript }] = await Promise.all([
    import('../project.ts'),
    import('../concern.ts'),
    import('../../databases/postgres/grants.ts'),
  ])
  const config = await configOf(context)
  const concern = await concernOf(context, { config })
  return withDatabase(context, config, async ({ db }) => {
    if (db.elsewhere)
      throw targetUnsupported({
        what: 'godwit grants',
        why: `it prints privileges of Postgres, and this is ${db.elsewhere.kind}`,
        hint: 'Who runs Godwit must be able to read and write the tables of the migration, and to make tables for its ledger.',
      })
    const sql = grantsScript(await db.schema(), { ...concern, login: login ?? config.address.user })
    context.screen.say(sql.trimEnd())
    return { json: { sql } }
  })
}
