// Written by `godwit pull`; `godwit pull --check` tells when it is out of date.
import { bigint, database, date, numeric, table, text } from 'godwit'

export const filesMember = database('exports').table('files.member', {
  row: bigint().key(),
  nr: text().null(),
  name: text().null(),
  joined: text().null(),
  fee: text().null(),
  town: text().null(),
})

export const town = database('exports').table('files.town', {
  code: text().key(),
  name: text().null(),
  at: text().null(),
})

export const publicMember = table('public.member', {
  id: bigint().key(),
  name: text(),
  joined: date(),
  fee: numeric(8, 2).null(),
  town: text(),
})
