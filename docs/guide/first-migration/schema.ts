// Written by `godwit pull`; `godwit pull --check` tells when it is out of date.
import { bigint, bool, date, int, table, text } from 'godwit'

export const contact = table('public.contact', {
  id: bigint().key().identity(),
  customer_id: bigint().references('public.customer.id'),
  kind: text(),
  value: text(),
})

export const customer = table('public.customer', {
  id: bigint().key().identity(),
  name: text(),
  active: bool(),
  joined_on: date(),
})

export const oldCustomer = table('public.old_customer', {
  id: int().key(),
  name: text().null(),
  email: text().null(),
  state: text().null(),
  joined: text().null(),
  fax: text().null(),
})
