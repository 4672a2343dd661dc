// Schedule B: restated like schedule A, but only in the snapshots, where every figure is a text and some names have changed over time.
import { type Expr, into, jsonRows, lookup, lookupOrNull, mapping, restated, sql, text, uuidOf, when } from 'godwit'
import { chained, reports } from './reports.ts'
import { createdBy, diesel, gasoline, isDeleted, sameText } from './rules.ts'
import * as db from './schema.ts'
import { snapshots } from './snapshots.ts'

const records = jsonRows('schedule B', snapshots, {
  column: 'snapshot',
  path: ['schedule_b', 'records'],
  columns: {
    fuel_type: 'fuel_type',
    fuel_class: ['fuel_class', 'fuel_category'],
    provision: ['provision_of_the_act_description', 'provision_act'],
    quantity: 'quantity',
    unit: 'unit_of_measure',
    credits: 'credits',
    debits: 'debits',
    intensity: 'intensity',
  },
})

const figure = <T extends string | null>(of: Expr<T>) => of.asDecimal({ thousands: ',' })
/** '1,000.00' and '1000' are the same; what is no number is what it says. */
const sameFigure = (of: Expr<string | null>) =>
  sql(text().null())`case when ${of} ~ '^-?[0-9,]+(\\.[0-9]+)?$' then trim_scale(replace(${of}, ',', '')::numeric)::text else ${of} end`

const units = { L: 'Litres', kg: 'Kilograms', kWh: 'Kilowatt_hour', 'm³': 'Cubic_metres', 'm\uFFFD': 'Cubic_metres' } as const

export const restatedSupplies = restated('schedule B changes', {
  documents: chained,
  chain: 'root',
  order: 'version',
  // without a snapshot nobody knows what a report said: it ends nothing, and the next one is compared with the one before it
  silent: (d) =>
    reports.report
      .keyOf(d.id)
      .isNull()
      .or(lookupOrNull(records.lists, { report_id: d.id }).items.isNull()),
  rows: records,
  of: { report_id: 'id' },
  same: (r) => ({ fuel: sameText(r.fuel_type), class: sameText(r.fuel_class), rule: sameText(r.provision) }),
  changed: (r) => [sameFigure(r.quantity), r.unit.match(units, r.unit), sameFigure(r.credits), sameFigure(r.debits)],
})

export const supplies = mapping(
  restatedSupplies,
  (r) => {
    const quantity = figure(r.quantity.required())
    const [credits, debits] = [figure(r.credits), figure(r.debits)]
    return {
      supply: into(db.fuelSupply, {
        compliance_report_id: reports.report.keyOf(r.document.required()),
        fuel_type_id: lookup(db.fuelType, { fuel_type: r.fuel_type.required() }).fuel_type_id,
        fuel_category_id: r.fuel_class.required().match({ Diesel: diesel, Gasoline: gasoline }),
        provision: r.provision.required(),
        quantity: quantity.round().asInt().warnIf(quantity.isNot(quantity.round()), 'quantity_rounded'),
        units: r.unit.required().match(units),
        compliance_units: when(credits.notNull(), credits)
          .otherwise(debits.negate())
          .must(credits.isNull().or(debits.isNull()), 'both credits and debits'),
        group_uuid: uuidOf(
          'fuel supply',
          r.chain.required(),
          r.fuel.required(),
          r.class.required(),
          r.rule.required(),
          r.ordinal.required(),
        ).asText(),
        version: r.version.required(),
        action_type: r.action.match({ CREATE: 'CREATE', UPDATE: 'UPDATE', DELETE: 'DELETE' }).required(),
        create_user: createdBy,
      }),
    }
  },
  {
    name: 'supplies',
    only: {
      'of reports that were not deleted': (r) =>
        isDeleted(lookupOrNull(chained, { id: r.document }))
          .orElse(false)
          .not(),
      'what changed': (r) => r.action.orElse('CREATE').isNot('UNCHANGED'),
    },
    ignore: { report_id: 'the document says it', intensity: 'the new table has no place for it; the summary keeps the snapshot' },
  },
)
