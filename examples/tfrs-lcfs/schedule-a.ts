// Schedule A: each report states all of its transfers anew, under new ids. What is kept now is what changed from one to the next.
import { into, lookupOrNull, mapping, restated, uuidOf } from 'godwit'
import { chained, reports } from './reports.ts'
import { createdBy, diesel, gasoline, isDeleted, oneSpaced, sameText } from './rules.ts'
import * as db from './schema.ts'

export const restatedTransfers = restated('schedule A', {
  documents: chained,
  chain: 'root',
  order: 'version',
  silent: (d) => reports.report.keyOf(d.id).isNull(),
  rows: db.scheduleARecord,
  of: { schedule_id: 'schedule_a_id' },
  same: (r) => ({ partner: sameText(r.trading_partner), class: r.fuel_class_id, type: r.transfer_type_id }),
  changed: (r) => [r.quantity, r.postal_address],
})

export const transfers = mapping(
  restatedTransfers,
  (r) => ({
    transfer: into(db.notionalTransfer, {
      compliance_report_id: reports.report.keyOf(r.document.required()),
      legal_name: oneSpaced(r.trading_partner),
      address_for_service: r.postal_address,
      fuel_category_id: r.fuel_class_id.match({ 1: diesel, 2: gasoline }),
      received_or_transferred: r.transfer_type_id.match({ 1: 'Received', 2: 'Transferred' }),
      quantity: r.quantity.round().asInt().warnIf(r.quantity.isNot(r.quantity.round()), 'quantity_rounded'),
      group_uuid: uuidOf(
        'notional transfer',
        r.chain.required(),
        r.partner.required(),
        r.class.required(),
        r.type.required(),
        r.ordinal.required(),
      ).asText(),
      version: r.version.required(),
      action_type: r.action.match({ CREATE: 'CREATE', UPDATE: 'UPDATE', DELETE: 'DELETE' }).required(),
      create_user: createdBy,
    }),
  }),
  {
    name: 'transfers',
    only: {
      'of reports that were not deleted': (r) =>
        isDeleted(lookupOrNull(chained, { id: r.document }))
          .orElse(false)
          .not(),
      'what changed': (r) => r.action.orElse('CREATE').isNot('UNCHANGED'),
    },
    ignore: { schedule_id: 'the document says it' },
  },
)
