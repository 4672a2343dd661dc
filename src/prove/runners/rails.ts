// Rails' migrations, where ActiveRecord is installed: run as `db:migrate:up` and `:down` run them, one by one, without an application around them.
import path from 'node:path'
import type { Order, Step } from '../order.ts'
import type { Ran, Runner } from './runner.ts'
import { called, type Dialect, saidBy, type Tool, whyIn, workplace } from './tool.ts'

const adapters: Readonly<Record<Dialect, string>> = { postgres: 'postgresql', mysql: 'mysql2', sqlite: 'sqlite3' }

const driver = `require "json"
require "cgi"
require "uri"
require "logger"
require "active_record"

given = JSON.parse($stdin.read)
url = URI.parse(given["url"])
query = CGI.parse(url.query || "")
own = { adapter: given["adapter"], database: given["url"] }
if given["adapter"] != "sqlite3"
  part = ->(text) { text && CGI.unescape(text) }
  own = { adapter: given["adapter"], database: part.(url.path[1..]), username: part.(url.user), password: part.(url.password), host: query.fetch("host", [url.host])[0], port: url.port }
end
ActiveRecord::Base.establish_connection(own.compact)
ActiveRecord::Migration.verbose = false

count = 0
told = /schema_migrations|ar_internal_metadata|pg_catalog|pg_class|pg_type|pg_attribute|information_schema|advisory_lock/
ActiveSupport::Notifications.subscribe("sql.active_record") do |*, payload|
  sql = payload[:sql]
  count += 1 unless payload[:name] == "SCHEMA" || sql =~ told || sql =~ /\\A\\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SELECT|SHOW|SET)\\b/i
end

folder = File.join(__dir__, "migrate")
context =
  if ActiveRecord::MigrationContext.instance_method(:initialize).arity.abs > 1 && ActiveRecord.version < Gem::Version.new("7.1")
    ActiveRecord::MigrationContext.new(folder, ActiveRecord::SchemaMigration)
  else
    ActiveRecord::MigrationContext.new(folder)
  end

done = {}
begin
  given["versions"].each_with_index do |version, number|
    done[:number] = number
    context.run(given["way"].to_sym, version)
  end
  done.delete(:number)
rescue Exception => problem
  done[:why] = problem.message.lines.map(&:strip).reject(&:empty?).reject { |l| l.start_with?("StandardError", "An error has occurred") }.first
end
puts "godwit " + done.merge(statements: count).to_json
`

const numbered = /^(\d+)_\w+\.rb$/
const numberOf = ({ file }: Step): number => Number(numbered.exec(path.posix.basename(file))?.[1])

export const rails: Tool = {
  name: 'rails',
  format: 'rails',
  dialects: ['postgres', 'mysql', 'sqlite'],
  installed() {
    const version = saidBy('ruby', ['-e', 'require "logger"; require "active_record"; puts ActiveRecord.version'])
    const name = `ActiveRecord ${version}`
    return version === undefined ? undefined : { name, runner: (order, root, dialect) => runnerOf(name, order, root, dialect) }
  },
}

function runnerOf(name: string, { files }: Order, root: string, dialect: Dialect): Runner {
  const place = workplace('rails')
  const script = place.write('migrate.rb', driver)
  const lay = (told: (text: string) => string = (text) => text): void => {
    for (const [file, text] of files) {
      const base = path.posix.basename(file)
      if (numbered.test(base)) place.write(`migrate/${base}`, told(text))
    }
  }
  lay()
  const run = async (url: string, steps: readonly Step[], way: 'up' | 'down'): Promise<Ran> => {
    const input = JSON.stringify({ url, adapter: adapters[dialect], way, versions: steps.map(numberOf) })
    const said = await called('ruby', ['-I', root, script], { cwd: place.at, input })
    const [, told] = /^godwit (\{.*\})$/m.exec(said.stdout) ?? []
    if (told === undefined) return { statements: 0, failed: { id: steps[0]?.id ?? '', why: whyIn(said) } }
    const { statements, number, why } = JSON.parse(told) as { statements: number; number?: number; why?: string }
    return number === undefined ? { statements } : { statements, failed: { id: steps[number]!.id, why: why ?? 'it failed without a word' } }
  }
  return {
    name,
    cannot: () => undefined,
    cannotBack: () => undefined,
    // it writes down what it has run: of files that do nothing
    async stand(url, steps) {
      lay((text) => `${/^\s*class\s+\S+\s*<[^\n]*/m.exec(text)?.[0] ?? ''}\n  def change\n  end\nend\n`)
      const ran = await run(url, steps, 'up')
      lay()
      return ran
    },
    up: (url, steps) => run(url, steps, 'up'),
    down: (url, step) => run(url, [step], 'down'),
    close: place.close,
  }
}
