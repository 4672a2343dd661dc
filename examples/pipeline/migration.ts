// A loan pipeline of one engine becomes one of another: the rows, the figures that are made of them, the configuration, and the day on
// which the new one serves. Each rule was a question that somebody had to answer; where the answer is not plain, its reason stands beside it.
import { bool, concat, type Expr, into, lookup, lookupOrNull, mapping, migration, numeric, query, snapshot, sql, text, when } from 'godwit'
import { checks, outstandingBefore } from './checks.ts'
import { configuration } from './configuration.ts'
import { cutover } from './cutover.ts'
import * as db from './schema.ts'

/** 'AAA - L00001': the number alone is another loan of each company. */
const company = (loanId: Expr<string>) => loanId.must(loanId.matches('^[A-Z]{3} - [A-Z0-9]+$'), 'is no id of a loan').slice(0, 3)
const number = (loanId: Expr<string>) => loanId.slice(6)

/** As spreadsheets write what is left when they add fractions up: 5.68E-14 is nothing, and rounding it loses nothing. */
const scientific = '^-?[0-9]([.][0-9]+)?E[+-]?[0-9]{1,2}$'

/** '1,250.00', '-12.50', '5.684341886080801E-14', and the word null. Rebates stay negative. */
function amount(exported: Expr<string | null>) {
  const said = exported.trim().nullIf('null')
  return when(said.matches(scientific), sql(numeric())`${said}::numeric`.round(2)).otherwise(said.asDecimal({ thousands: ',' }))
}

// The day is written down. By the last snapshot there is, a run of tomorrow would write off other loans than one of today.
const lastOf2025 = query(
  'par_snapshot',
  { loan_id: text().key(), is_writeoff: bool() },
  `select loan_id, is_writeoff from v1.par_balance where reporting_date = '2025-12-31'`,
)

export const loans = mapping(
  db.loanTape,
  (r) => {
    const writtenOff = lookupOrNull(lastOf2025, { loan_id: r.loan_id }).is_writeoff
    const owing = r.outstanding_balance.moreThan(0)
    const loan = into(db.factLoans, {
      company: company(r.loan_id).must(company(r.loan_id).is(r.company), 'is not the company of the loan'),
      loan_no: number(r.loan_id),
      customer_id: r.customer_id,
      principal: r.disburse_principal.must(r.currency.is('USD'), 'is not in dollars'),
      outstanding: r.outstanding_balance,
      dpd: r.dpd,
      is_writeoff: writtenOff.orElse(false).warnIf(owing.and(writtenOff.isNull()), 'is owed, and not in the snapshot'),
      status: r.loan_status.match({ Complete: 'Complete', Current: 'Current', Default: 'Default' }),
    })
    return { loan }
  },
  {
    name: 'loans',
    ignore: {
      product_type: 'factoring, all of them',
      disburse_date: 'no figure asks for it; the tape keeps it',
      maturity_date: 'no figure asks for it; the tape keeps it',
      interest_rate: 'no figure asks for it; the tape keeps it',
      term: 'no figure asks for it; the tape keeps it',
      application_date: 'was never filled in',
    },
  },
)

export const payments = mapping(
  db.realPayment,
  (r) => {
    // Payments name their loan without its company, which stands beside it.
    const loan = lookup(db.loanTape, {
      company: r.company,
      loan_id: concat(r.company, ' - ', r.loan_ref),
    })
    const payment = into(db.factPayments, {
      payment_id: r.row_no,
      company: loan.company,
      loan_no: number(loan.loan_id),
      paid_on: r.paid_on,
      principal: amount(r.principal).required(),
      interest: amount(r.interest).required(),
      fees: amount(r.fees).required(),
      tax: amount(r.tax).required().must(amount(r.other).isNull(), 'has another amount besides, which has no place in the new table'),
    })
    return { payment }
  },
  { name: 'payments', ignore: { payer: 'who paid is no part of any figure; the export keeps it' } },
)

export default migration('pipeline', loans, payments, {
  reads: [db.loanTape, db.realPayment, db.parBalance, db.kpiHistory],
  assess: [outstandingBefore],
  backup: [snapshot()],
  // Before anything is switched: a configuration that is put together afterwards is tried out on customers.
  expand: [configuration],
  verify: checks(loans),
  cutover,
})
