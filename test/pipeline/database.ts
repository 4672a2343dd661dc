// The pipeline's database as texts: what a server prints, so that nothing in between can take part in what is compared.
import { fileURLToPath } from 'node:url'
import { type FreshDatabase, freshDatabase, query } from '../support/postgres.ts'
import { type Cells, differences, type Expected, expectedOf } from './oracle.ts'

export const example = fileURLToPath(new URL('../../examples/pipeline/', import.meta.url))

export const pipelineDatabase = (): Promise<FreshDatabase> =>
  freshDatabase({ load: ['source.sql', 'target.sql', 'engines.sql'].map((name) => `${example}${name}`) })

async function rows(url: string, table: string, columns: readonly string[]): Promise<Cells[]> {
  const found = await query(url, `select ${columns.join(', ')} from ${table}`)
  return found.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null])))
}

export const loansNow = (url: string) =>
  rows(url, 'analytics.fact_loans', ['company', 'loan_no', 'customer_id', 'principal', 'outstanding', 'dpd', 'is_writeoff', 'status'])
export const paymentsNow = (url: string) =>
  rows(url, 'analytics.fact_payments', ['payment_id', 'company', 'loan_no', 'paid_on', 'principal', 'interest', 'fees', 'tax'])

export async function expected(url: string): Promise<Expected> {
  return expectedOf({
    tape: await rows(url, 'v1.loan_tape', [
      'loan_id',
      'customer_id',
      'company',
      'disburse_principal',
      'outstanding_balance',
      'dpd',
      'loan_status',
    ]),
    exported: await rows(url, 'v1.real_payment', ['row_no', 'company', 'loan_ref', 'paid_on', 'principal', 'interest', 'fees', 'tax']),
    snapshots: await rows(url, 'v1.par_balance', ['loan_id', 'reporting_date', 'is_writeoff']),
  })
}

/** Nothing, where all is as the oracle has it. */
export async function compare(url: string, should: Expected): Promise<string[]> {
  return [...differences(should.loans, await loansNow(url)), ...differences(should.payments, await paymentsNow(url))]
}

const print = async (url: string, tables: readonly string[]): Promise<Record<string, string>> => {
  const of = async (table: string) =>
    (
      await query(
        url,
        `select pg_relation_filenode('${table}') || ':' || count(*) || ':' || coalesce(md5(string_agg(t::text || t.xmin || t.ctid, chr(10) order by t::text collate "C")), '-') from ${table} t`,
      )
    )[0]![0]!
  const prints: Record<string, string> = {}
  for (const table of tables) prints[table] = await of(table)
  return prints
}

/** Every row with its version and place on disk: what was written anew with the same values shows, too. */
export const sourcePrint = (url: string) => print(url, ['v1.loan_tape', 'v1.real_payment', 'v1.par_balance', 'v1.kpi_history'])
export const targetPrint = (url: string) => print(url, ['analytics.fact_loans', 'analytics.fact_payments'])

/** One value. */
export const one = async (url: string, sql: string): Promise<string | null> => (await query(url, sql))[0]?.[0] ?? null

/** The old application in an hour: somebody pays, and the tape says so. */
export const anHourOfBusiness = (url: string, amount = '10.00') =>
  query(
    url,
    `with paid as (
       update v1.loan_tape set outstanding_balance = outstanding_balance - ${amount}
       where loan_id = (select loan_id from v1.loan_tape where loan_status = 'Current' and outstanding_balance > 1000 order by outstanding_balance desc limit 1)
       returning company, split_part(loan_id, ' - ', 2) as loan_ref
     ) insert into v1.real_payment(company, loan_ref, paid_on, principal, interest, fees, other, tax)
       select company, loan_ref, '2026-01-01', '${amount}', '0', '0', 'null', '0' from paid`,
  )
