// Evidence of a run: a folder that anybody can check again, without a database and without us.
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { Context, Outcome } from '../context.ts'
import { type Act, type Define, examples } from '../define.ts'

interface Options {
  readonly out?: string
  readonly showValues?: boolean
  readonly sign?: string
}

export const define: Define = (command, act) => {
  command
    .option('--out <folder>', 'where to (else dossier-RUN in this folder)')
    .option('--show-values', 'values of rows as they are, and not by their shape only')
    .option('--sign <file>', 'a private key (PEM) that the manifest is signed with')
    .addHelpText(
      'after',
      examples(
        ['godwit dossier', 'plan, approvals, audit, books, answers, quarantine, timings, report'],
        ['godwit dossier --sign dossier.key', 'the same, signed'],
        ['godwit dossier verify dossier-r4', 'check one: every digest, seal and sum'],
      ),
    )
    .action(act((context, options: Options) => write(context, options)))
  defineVerify(command, act)
}

function defineVerify(command: Command, act: Act): void {
  command
    .command('verify')
    .argument('<folder>', 'a dossier')
    .summary('check a dossier; no database is asked')
    .description('check a dossier; no database is asked')
    .option('--key <file>', 'the public key (PEM) of who signed it')
    .action(act((context, folder: string, options: { readonly key?: string }) => check(context, folder, options.key)))
}

async function write(context: Context, options: Options): Promise<Outcome> {
  const [{ withPlan }, { gatherEvidence, writeDossier }, { ownFolder }] = await Promise.all([
    import('../project.ts'),
    import('../../evidence/index.ts'),
    import('../migrations.ts'),
  ])
  return withPlan(
    context,
    async ({ plan, db, config }) => {
      const { screen } = context
      const evidence = await gatherEvidence(plan, db, { showValues: options.showValues === true, folder: ownFolder(config) })
      const key = options.sign === undefined ? undefined : { name: options.sign, pem: readFileSync(options.sign, 'utf8') }
      const { folder, manifest, signed } = writeDossier(evidence, options.out ?? `dossier-${evidence.report.run.id}`, key)
      screen.say(
        `${screen.paint.green('Written')} to ${folder}: ${manifest.files.length} files, ${manifest.verdict}, seal ${manifest.seal.slice(0, 12)}…${signed ? ', signed' : ''}.`,
      )
      screen.say(screen.paint.dim(`Keep the seal elsewhere. To check it, without a database: godwit dossier verify ${folder}`))
      return { json: { folder, manifest, signed } }
    },
    { recorded: true },
  )
}

async function check({ screen }: Context, folder: string, keyFile: string | undefined): Promise<Outcome> {
  const { fitsTogether, readDossier } = await import('../../evidence/index.ts')
  const dossier = readDossier(folder)
  const key = keyFile === undefined ? undefined : { name: keyFile, pem: readFileSync(keyFile, 'utf8') }
  const fits = fitsTogether(dossier, key)
  const { manifest } = dossier
  for (const { title, looked, note } of fits)
    screen.say(`${looked ? screen.paint.green('✓') : screen.paint.dim('·')} ${title}${note ? `: ${note}` : `  (${looked})`}`)
  screen.say(
    `Everything fits: run ${manifest.run} of ${manifest.migration}, plan ${manifest.plan}, ${manifest.verdict}. Seal ${manifest.seal}`,
  )
  return { json: { folder, manifest, checks: fits } }
}
