import { into, mapping, migration, none } from 'godwit'
import { contact, customer, oldCustomer } from './schema.ts'

export const customers = mapping(
  oldCustomer,
  (r) => {
    const person = into(customer, {
      name: r.name.trim().required(),
      active: r.state.match({ A: true, I: false }).required(),
      joined_on: r.joined.asDate('DD/MM/YYYY').required(),
    })
    const email = into(
      contact,
      { customer_id: person.key(), kind: 'email', value: r.email.trim().lower().required() },
      { when: r.email.notNull() },
    )
    return { person, email }
  },
  { ignore: { fax: 'nobody has sent one since 2012' } },
)

export default migration('customers', customers, {
  verify: [
    none('customers that nobody can reach', {
      of: customer,
      rows: 'select c.id, c.name from public.customer c where not exists (select from public.contact k where k.customer_id = c.id)',
    }),
  ],
})
