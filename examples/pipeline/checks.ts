// What must be true when all is done, asked of the tables alone. None of it is derived from migration.ts: where both say the same
// rule, they say it in other words, so that a slip in one is not a slip in the other.
import { baseline, matrix, none, noOrphans, same, since } from 'godwit'
import type { loans as migrated } from './migration.ts'
import * as db from './schema.ts'

/** Each loan beside its row of the tape, whichever of them is there. */
const loans = `v1.loan_tape t full join analytics.fact_loans f on t.loan_id = f.company || ' - ' || f.loan_no`
const loanId = `coalesce(t.loan_id, f.company || ' - ' || f.loan_no) as loan`

/** The export as numbers: whatever PostgreSQL takes for one once the groups are out of it. */
const plain = (text: string) => `round(replace(case ${text} when 'null' then null else ${text} end, ',', '')::numeric, 2)`
const amounts = ['principal', 'interest', 'fees', 'tax'] as const
const known = `(p.company, p.loan_ref) in (select company, split_part(loan_id, ' - ', 2) from v1.loan_tape)`
const payments = `(select * from v1.real_payment p where ${known}) p full join analytics.fact_payments f on f.payment_id = p.row_no`

const totals = (of: string, ...columns: string[]) =>
  `select company, status, count(*) as n, ${columns.map((c, i) => `sum(${c}) as s${i}`).join(', ')} from ${of} group by 1, 2`

/** V1's own figure, kept before anything is written. */
export const outstandingBefore = baseline('outstanding on the tape', (t) => `select sum(outstanding_balance) from ${t(db.loanTape)}`, {
  unit: 'USD',
})

/** Figures may agree while the data do not. */
export const identity = none('principal − paid = outstanding, loan by loan', {
  of: db.factLoans,
  rows: `select f.company, f.loan_no, f.principal, coalesce(p.paid, 0) as paid, f.outstanding from analytics.fact_loans f
    left join (select company, loan_no, sum(principal) as paid from analytics.fact_payments group by 1, 2) p using (company, loan_no)
    where f.principal - coalesce(p.paid, 0) <> f.outstanding`,
})

export const checks = (loan: typeof migrated) => [
  none('each loan is there once, by its whole name', {
    of: db.loanTape,
    rows: `select ${loanId} from ${loans} where t.loan_id is null or f.loan_no is null`,
  }),
  none('loans are what the tape says', {
    of: db.factLoans,
    rows: `select ${loanId}, f.principal, f.outstanding, f.dpd from ${loans} where
      (t.customer_id, t.disburse_principal, t.outstanding_balance, t.dpd) is distinct from (f.customer_id, f.principal, f.outstanding, f.dpd)`,
  }),
  matrix('status', db.loanTape, loan.loan, {
    from: (r) => [r.loan_status],
    to: (r) => [r.status],
    cells: [
      [['Complete'], ['Complete']],
      [['Current'], ['Current']],
      [['Default'], ['Default']],
    ],
  }),
  none('sums by company and status', {
    of: db.factLoans,
    rows: `select * from (${totals("(select split_part(loan_id, ' ', 1) as company, loan_status as status, disburse_principal, outstanding_balance from v1.loan_tape) t", 'disburse_principal', 'outstanding_balance')}) a
      full join (${totals('analytics.fact_loans', 'principal', 'outstanding')}) b using (company, status, n, s0, s1) where num_nulls(a, b) > 0`,
  }),
  none('written off is what the snapshot of the last day of 2025 says', {
    of: 'select count(*) from v1.par_balance where extract(year from reporting_date) = 2025 and is_writeoff',
    rows: `select ${loanId}, f.is_writeoff from ${loans} where f.is_writeoff is distinct from exists (
      select from v1.par_balance p where p.loan_id = t.loan_id and p.is_writeoff and p.reporting_date = make_date(2025, 12, 31))`,
  }),
  none('each payment of a loan is there once, and no other', {
    of: db.realPayment,
    rows: `select coalesce(row_no, payment_id) as payment from ${payments} where row_no is null or payment_id is null`,
  }),
  none('payments belong to their loans', {
    of: db.factPayments,
    rows: `select row_no from ${payments} where (p.company, p.loan_ref, p.paid_on) is distinct from (f.company, f.loan_no, f.paid_on)`,
  }),
  none('amounts are what the export says', {
    of: db.factPayments,
    rows: `select row_no, a.* from ${payments} cross join lateral (values ${amounts.map((a) => `('${a}', p.${a}, ${plain(`p.${a}`)}, f.${a})`).join(', ')})
      as a(amount, said, should, found) where should is distinct from found`,
  }),
  ...amounts.map((a) =>
    same(
      `${a} paid, in all`,
      `select sum(${plain(`p.${a}`)}) from v1.real_payment p where ${known}`,
      `select sum(${a}) from analytics.fact_payments`,
    ),
  ),
  same(
    'rebates stay negative',
    `select count(*) from v1.real_payment p where interest like '-%' and ${known}`,
    'select count(*) from analytics.fact_payments where interest < 0',
  ),
  noOrphans(db.factPayments),
  identity,
  // The tape moves on while both engines run: an hour of it is far below this, a part that is cut off is not.
  since('outstanding since the beginning', outstandingBefore, 'select sum(outstanding) from analytics.fact_loans', {
    within: '0.01',
    strict: true,
    unit: 'USD',
  }),
]
