// The application's file, as the application has it: written and read by SQLite itself, and by nothing of the engine.
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** A whole number is a bigint, any other a number, so that each value carries its storage class. */
export type Raw = null | bigint | number | string
export type Row = Readonly<Record<string, Raw>>

const fixture = (name: string) => readFileSync(new URL(`../../examples/sections/${name}`, import.meta.url), 'utf8')
export const tables = {
  read: [
    'milestones',
    'project_milestone_tasks',
    'projects',
    'supplier_project_instances',
    'suppliers',
    'task_templates_old',
    'task_types',
  ],
  filled: ['supplier_task_instances', 'tasks'],
  made: ['project_task_templates', 'project_task_types', 'task_type_sections'],
} as const

export class Application implements Disposable {
  readonly file: string
  private readonly db: DatabaseSync
  private constructor(file: string) {
    this.file = file
    this.db = new DatabaseSync(file, { timeout: 5000 })
  }

  static withFixture(...more: readonly string[]): Application {
    const app = new Application(path.join(mkdtempSync(path.join(tmpdir(), 'godwit-sections-')), 'app.db'))
    app.exec(
      `pragma foreign_keys = off; begin; ${fixture('source.sql')}; ${fixture('target.sql')}; ${fixture('readers.sql')}; ${more.join(';')}; commit; pragma foreign_keys = on`,
    )
    return app
  }

  /** Two of the nine projects, with all of the dirt: where the number of rows shows nothing. */
  static smaller(): Application {
    return Application.withFixture(
      `delete from project_milestone_tasks where projectId > 'p2'`,
      `delete from supplier_project_instances where projectId > 'p2'`,
      `delete from supplier_task_instances where id not like 'd5%' and supplierProjectInstanceId not in (select id from supplier_project_instances)`,
    )
  }

  /** Another file with the same in it: taken while nobody is at work. */
  copy(): Application {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'godwit-sections-')), 'app.db')
    copyFileSync(this.file, file)
    return new Application(file)
  }

  get url(): string {
    return `sqlite:${this.file}`
  }

  exec(sql: string): void {
    this.db.exec(sql)
  }

  rows(sql: string): Row[] {
    const statement = this.db.prepare(sql)
    statement.setReadBigInts(true)
    return statement.all() as unknown as Row[]
  }

  all(table: string): Row[] {
    return this.rows(`select * from "${table}" order by id`)
  }

  /** Everything but the ledger, as text: what was made by which statement, and each row, its values with their storage class. */
  dump(): string[] {
    const made = this.rows(
      `select type, name, tbl_name, sql from sqlite_schema where tbl_name not like 'godwit\\_%' escape '\\' order by type, name`,
    )
    const names = made.filter((m) => m['type'] === 'table').map((m) => m['name'] as string)
    return [...made.map(asText), ...names.flatMap((name) => this.printed(name))]
  }

  /** The rows of a table by their key: each column's storage class and the literal of its value. */
  printed(name: string, columns: readonly string[] = this.columns(name)): string[] {
    const values = columns.map((c) => `typeof("${c}") || ' ' || quote("${c}") as "${c}"`).join(', ')
    return this.rows(`select ${values} from "${name}" order by 1, 2`).map((row) => `${name} ${asText(row)}`)
  }

  columns(table: string): string[] {
    return this.rows(`select name from pragma_table_info('${table}')`).map((c) => c['name'] as string)
  }

  [Symbol.dispose](): void {
    this.db.close()
    rmSync(path.dirname(this.file), { recursive: true })
  }
}

export const asText = (row: Row): string => JSON.stringify(row, (_, v) => (typeof v === 'bigint' ? `${v} (integer)` : v))

/** Nothing, if these are the same rows, each as often. */
export function differences(should: readonly string[], are: readonly string[]): string[] {
  const [left, right] = [Map.groupBy(should, (t) => t), Map.groupBy(are, (t) => t)]
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((text) => {
    const [n, m] = [left.get(text)?.length ?? 0, right.get(text)?.length ?? 0]
    return n === m ? [] : [`${text} is there ${m} times, should be ${n}`]
  })
}
