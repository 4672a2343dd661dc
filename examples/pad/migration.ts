// Personal account dealing: one wide legacy row becomes a request, its approvals, its execution and its audit trail.
// Each rule below was a question that somebody had to answer; where the answer is not plain from the code, its reason stands beside it.
import { bigint, concat, decide, type Expr, into, json, lookup, mapping, migration, query, varchar, when } from 'godwit'
import { checks } from './checks.ts'
import * as db from './schema.ts'

type Text = Expr<string | null>
type Id = Expr<bigint | null>
type Flag = Expr<boolean | null>

/** '1' is yes and '2' is no, as Oracle's forms had it. A blank is no answer. */
const answer = (given: Text) => given.blankToNull().match({ '1': true, '2': false })
/** Of a flag that nothing hangs on, an odd text is as good as no answer; but it is counted. */
const flag = (given: Text) => answer(given).orWarn(null)

// Names are compared in capitals: the desk typed them by hand, and 'tk7 ln' is TK7 LN. Two securities of one name stay two.
const securityByName = query(
  'security_by_name',
  { id: bigint().key(), name: varchar(60).null() },
  'select id, upper(btrim(bloomberg)) as name from bo.oracle_bloomberg',
)
// Its table has no key, and lines that stand there twice. A symbol with two ids is ambiguous even if one of them leads nowhere.
const securityBySymbol = query(
  'security_by_symbol',
  { inst_symbol: varchar(30).key(), bloomberg_id: bigint().key() },
  'select distinct inst_symbol, bloomberg_id from bo.map_inst_symbol where inst_symbol is not null and bloomberg_id is not null',
)

export const split = mapping(
  db.personalAccountDealing,
  (r) => {
    const employee = (id: Id) => lookup(db.oracleEmployee, { id }).id

    // The symbol counts only where no Bloomberg name was given: a name that is not found is not tried again as something else.
    const name = r.bloomberg.trim().withoutSuffix(' Equity', { anyCase: true }).upper().blankToNull()
    const byName = lookup(securityByName, { name }).id
    const bySymbol = lookup(securityBySymbol, { inst_symbol: r.inst_symbol.blankToNull() }).bloomberg_id
    const listing = when(name.notNull(), byName).otherwise(bySymbol).required()
    const listed = lookup(db.oracleBloomberg, { id: listing })

    // The application only has the securities that somebody has asked for in it: one that it lacks is made from the reference.
    const security = into(
      db.security,
      { bloomberg: listed.bloomberg.required(), ticker: listed.ticker, isin: listed.isin, ref_id: listing },
      { per: ['ref_id'], adopt: true },
    )

    // No default and no nearest case: a combination that nobody has decided on is for a person to look at.
    const status = decide(
      [r.status, r.status_manager, r.status_compliance],
      [
        [['request', [null, 'pending'], [null, 'pending']], 'pending_manager'],
        [['approved', 'approved', 'approved'], 'approved'],
        [['approved', 'approved', 'pending'], 'pending_compliance'],
        [['declined', 'declined', [null, 'pending']], 'declined'],
        [['declined', 'approved', 'declined'], 'declined'],
      ],
    )

    const size = r.trade_size.required().asMoney().asInt()
    const amount = r.value.required().asMoney()
    // Which way the money went is in buysell. A sign in the amount as well is nothing that was agreed on.
    const value = when(amount.atLeast(0), amount)

    const requestedAt = r.requested_date.required().asUtc()
    const changedAt = r.last_modified_date.asUtc().orElse(requestedAt)
    const isDeleted = r.is_deleted_yn.blankToNull().match({ Y: true, N: false })
    const withinTwoDays = flag(r.two_business_days_execution_yn)
    const noteReceived = flag(r.contract_notes_received_yn)
    const restricted = flag(r.restricted_yn)
    const holdingPeriod = flag(r.holding_period_yn)
    const conflict = flag(r.conflicts_yn)

    const request = into(db.padRequest, {
      // No id: the application has given 1 to 40 to requests of its own, and gives out others while this runs.
      reference_id: concat('LEG-', r.id.asText().padLeft(6, '0')),
      created_at: requestedAt,
      updated_at: changedAt,
      employee_id: employee(r.employee).required(),
      security_id: security.key(),
      direction: r.buysell.match({ B: 'BUY', S: 'SELL' }).required(),
      quantity: size,
      estimated_value: value,
      // Not left to the column's default: whose currency is missing may have traded in any.
      currency: r.currency.blankToNull().required().upper(),
      is_connected_person: flag(r.related_yn),
      relation: r.relation,
      has_existing_position: flag(r.existing_pos_yn),
      justification: r.justification,
      // The new form asks the reverse: true declares that there is none. Who was never asked has declared nothing, and stays null.
      insider_info_declaration: answer(r.inside_info_yn).not(),
      status,
      compliance_assessment: json({ holding_period: holdingPeriod, restricted, conflict }),
      conflict_comments: r.conflict_comments,
      other_comments: r.other_comments,
      broker_reporting: flag(r.broker_reporting_yn),
      is_derivative: flag(r.derivative_contract_yn),
      is_leveraged: flag(r.leveraged_yn),
      signed_declaration: flag(r.signed_yn),
      // Who touched a row last decides nothing: one who has left the reference table is left empty, and counted.
      updated_by_id: employee(r.last_modified_by).orWarn(null),
      deleted_at: when(isDeleted, changedAt).otherwise(null),
      executed_within_two_days: withinTwoDays,
    })

    const audit = { actor_type: 'user', entity_type: 'pad_request', entity_id: request.key(), request_id: request.key() } as const
    const origin = { source: 'legacy_migration', original_table: 'personal_account_dealing' }

    const level = (
      type: 'manager' | 'compliance',
      looked: Partial<Record<'restricted_check' | 'holding_period_check' | 'conflict_check', Flag>>,
    ) => {
      const by = r[`auth_${type}` as const]
      const decision = r[`status_${type}` as const]
      const comments = r[`comments_${type}` as const]
      // An approval without its day stands at the day of the last change, which is no earlier. It is counted; with neither it does not go.
      const decidedAt = r[`auth_${type}_date` as const].required().orWarn(r.last_modified_date.required()).asUtc()
      const approval = into(
        db.padApproval,
        {
          request_id: request.key(),
          approval_type: type,
          approver_id: employee(by).required(),
          decision: decision.required(),
          comments,
          decided_at: decidedAt,
          ...looked,
        },
        { when: by.notNull() },
      )
      // Only what was decided is an event: an approver who has yet to answer has done nothing.
      const decided = into(
        db.auditLog,
        {
          ...audit,
          timestamp: decidedAt,
          action_type: `approval_${type}`,
          action_status: decision.match({ approved: 'success', declined: 'blocked' }).required(),
          actor_id: by,
          details: json({ ...origin, decision, comments }),
        },
        { when: by.notNull().and(decision.isIn('approved', 'declined')) },
      )
      return { approval, decided }
    }
    // The manager's row has the three columns, too, but it was compliance that looked: nobody ever asked a manager.
    const manager = level('manager', {})
    const compliance = level('compliance', { restricted_check: restricted, holding_period_check: holdingPeriod, conflict_check: conflict })

    return {
      security,
      request,
      manager: manager.approval,
      compliance: compliance.approval,
      execution: into(
        db.padExecution,
        {
          request_id: request.key(),
          // The nearest there is: nobody wrote down when it was executed, and it was not before the last approval.
          executed_at: r.auth_compliance_date.required().asUtc(),
          execution_price: value.over(size).round(4),
          execution_quantity: size,
          contract_note_received: noteReceived,
          recorded_by_id: r.auth_compliance,
        },
        // The flags were ticked on some requests that were never approved; those were not executed.
        { when: status.is('approved').and(withinTwoDays.notNull().or(noteReceived.notNull())) },
      ),
      submitted: into(db.auditLog, {
        ...audit,
        timestamp: requestedAt,
        action_type: 'request_submitted',
        action_status: 'success',
        actor_id: r.employee,
        details: json(origin),
      }),
      managerDecided: manager.decided,
      complianceDecided: compliance.decided,
    }
  },
  {
    name: 'pad',
    ignore: {
      // The plans also took it for the security's name, and for the relation's.
      name: "the employee's own name, which oracle_employee has",
      security_description: 'the security that was found says it, as the reference has it',
      isin: 'the security says it',
      sedol: 'the reference has it, and the application has no use for it',
      ticker: 'the security says it. As one ticker can be several securities, none is found by it',
    },
  },
)

export default migration('pad-history', split, {
  // Owned by others, or still being synced into: no row of these may change by our doing.
  reads: [db.oracleEmployee, db.oracleBloomberg, db.mapInstSymbol, db.personalAccountDealing],
  verify: checks(split),
})
