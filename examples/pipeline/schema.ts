// Written by `godwit pull`; `godwit pull --check` tells when the database has become another.
import { bigint, bool, date, int, numeric, table, text, timestamptz } from 'godwit'

export const factLoans = table('analytics.fact_loans', {
  company: text().key(),
  loan_no: text().key(),
  customer_id: text(),
  principal: numeric(14, 2),
  outstanding: numeric(14, 2),
  dpd: int(),
  is_writeoff: bool(),
  status: text(),
})

export const factPayments = table('analytics.fact_payments', {
  payment_id: bigint().key(),
  company: text(),
  loan_no: text(),
  paid_on: date(),
  principal: numeric(14, 2),
  interest: numeric(14, 2),
  fees: numeric(14, 2),
  tax: numeric(14, 2),
})

export const kpiHistory = table('v1.kpi_history', {
  run_at: timestamptz().key(),
  kpi: text().key(),
  value: numeric().null(),
})

export const loanTape = table('v1.loan_tape', {
  loan_id: text().key(),
  customer_id: text(),
  company: text(),
  product_type: text().null(),
  disburse_date: date(),
  maturity_date: date(),
  disburse_principal: numeric(14, 2),
  outstanding_balance: numeric(14, 2),
  interest_rate: numeric(9, 6).null(),
  term: int().null(),
  currency: text(),
  dpd: int(),
  loan_status: text(),
  application_date: date().null(),
})

export const parBalance = table('v1.par_balance', {
  loan_id: text().key(),
  reporting_date: date().key(),
  dpd: int(),
  is_writeoff: bool(),
  outstanding: numeric(14, 2),
  writeoff_outstanding: numeric(14, 2),
})

export const realPayment = table('v1.real_payment', {
  row_no: bigint().key().default(),
  company: text(),
  loan_ref: text(),
  paid_on: date(),
  principal: text(),
  interest: text(),
  fees: text(),
  other: text().null(),
  tax: text().null(),
  payer: text().null(),
})
