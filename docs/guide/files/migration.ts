import { into, lookup, mapping, migration } from 'godwit'
import { filesMember, publicMember, town } from './schema.ts'

export const members = mapping(filesMember, (r) =>
  into(publicMember, {
    id: r.nr.required().asInt(),
    name: r.name.required(),
    joined: r.joined.asDate('YYYY-MM-DD').required(),
    fee: r.fee.asDecimal({ thousands: '.', decimal: ',' }),
    town: lookup(town, { code: r.town.required() }).name.required(),
  }),
)

export default migration('members', members)
