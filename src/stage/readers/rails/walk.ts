// The body of a migration gone through without running it: what it does, one after the other.
import { argumentsOf, bodyOf, kindOf, type Ruby, type RubyFile } from '../../ruby/parse.ts'
import { Evaluator, type RubyValue, unknown } from '../../ruby/values.ts'
import type { Operation, Unread } from '../../types.ts'
import { anything, withParameters } from '../holes.ts'
import { quoted } from '../quoting.ts'
import { isColumnType, optionsOf, type Version } from './columns.ts'
import { tableOfModel } from './names.ts'
import { isOneWay, operations, type Said } from './operations.ts'
import { type Chain, callsIn, chainOf, changes, rowsSql, walkedSql, walks } from './rows.ts'

export interface Setting {
  readonly file: RubyFile
  readonly path: string
  readonly version: Version
  /** Methods that the file has of its own. */
  readonly methods: ReadonlyMap<string, Ruby>
  /** Tables of the models that the file has of its own. */
  readonly models: ReadonlyMap<string, string>
  readonly constants: ReadonlyMap<string, RubyValue>
}

/** They run what stands in their block, and that is all that matters here. */
const through =
  /^(say_with_time|safety_assured|transaction|suppress_messages|with_lock_retries|disable_statement_timeout|without_timeout|no_touching|unscoped|silence|ActiveRecord)$/
/** What is asked, said or set, and changes nothing in the database. */
const harmless =
  /^(say|puts|print|p|pp|warn|sleep|raise|require|require_relative|disable_ddl_transaction!|include|extend|private|public|attr_\w+|reset_column_information|\w+_exists\?|table_exists\?|connection|connected\?|quote\w*|info|debug|error|current|now|freeze|set_lock_timeout|clear_cache!|verbose|adapter_name|reload\w*|env|\w+\?)$/
const running = [
  'execute',
  'exec_query',
  'exec_update',
  'exec_delete',
  'exec_insert',
  'select_all',
  'select_value',
  'select_values',
  'select_rows',
  'insert',
  'update',
  'delete',
] // prettier-ignore
const asking = /^select_/

export class Walk {
  readonly done: Operation[] = []
  readonly unread: Unread[] = []
  readonly notes = new Set<string>()
  oneWay = false
  readonly #at: Setting
  readonly #up: boolean
  readonly #names: Map<string, RubyValue>
  readonly #evaluator: Evaluator
  readonly #within = new Set<string>()
  #conditional = false
  #repeated = false
  #reversible = 0

  constructor(at: Setting, up: boolean) {
    this.#at = at
    this.#up = up
    this.#names = new Map(at.constants)
    this.#evaluator = new Evaluator({ get: (name) => this.#names.get(name) ?? this.#answered(name) }, anything)
  }

  all(nodes: readonly Ruby[]): void {
    const before = this.#conditional
    for (const node of nodes) this.#one(node)
    this.#conditional = before
  }

  #one(node: Ruby): void {
    const walk = this.#kinds[kindOf(node)]
    if (walk) walk(node)
    else for (const call of callsIn(node)) this.#call(call)
  }

  readonly #kinds: Readonly<Record<string, (node: Ruby) => void>> = {
    Call: (n) => this.#call(n),
    If: (n) => this.#either(n),
    Unless: (n) => this.#either(n),
    Case: (n) =>
      this.#maybe([...(n['conditions'] as Ruby[]).flatMap((c) => bodyOf(c['statements'])), ...bodyOf(n['elseClause']?.statements)]),
    Begin: (n) => {
      this.all(bodyOf(n['statements']))
      if (n['rescueClause']) this.notes.add('an error is swallowed')
      this.all(bodyOf(n['ensureClause']?.statements))
    },
    RescueModifier: (n) => {
      this.notes.add('an error is swallowed')
      this.#one(n['expression'])
    },
    Parentheses: (n) => this.all(bodyOf(n['body'])),
    LocalVariableWrite: (n) => this.#assign(n),
    ConstantWrite: (n) => this.#assign(n),
    While: (n) => this.#again(bodyOf(n['statements'])),
    Until: (n) => this.#again(bodyOf(n['statements'])),
    For: (n) => this.#again(bodyOf(n['statements'])),
    Return: () => {},
    Def: () => {},
    Class: () => {},
    Module: () => {},
  } // prettier-ignore

  #assign(node: Ruby): void {
    this.#names.set(node['name'], this.#evaluator.of(node['value']))
    if (this.#names.get(node['name']) === unknown) this.#one(node['value'])
  }

  /** One way or the other, by what is known when it runs. */
  #either(node: Ruby): void {
    const known = this.#evaluator.of(node['predicate'])
    const [yes, no] = [
      bodyOf(node['statements']),
      bodyOf(node['subsequent']?.statements ?? node['elseClause']?.statements ?? node['subsequent']),
    ]
    if (typeof known === 'boolean') {
      this.all(known === (kindOf(node) === 'If') ? yes : no)
      return
    }
    this.#maybe([...yes, ...no])
    if ([...yes, ...no].some((n) => kindOf(n) === 'Return')) this.#conditional = true
  } // prettier-ignore

  #maybe(nodes: readonly Ruby[]): void {
    const before = this.#conditional
    this.#conditional = true
    this.all(nodes)
    this.#conditional = before
  }

  #again(nodes: readonly Ruby[]): void {
    const before = this.#repeated
    this.#repeated = true
    this.all(nodes)
    this.#repeated = before
  }

  #call(node: Ruby): void {
    const name: string = node['name']
    const ofSelf = !node['receiver'] || kindOf(node['receiver']) === 'Self' || this.#isConnection(node['receiver'])
    if (ofSelf && running.includes(name) && (!asking.test(name) || argumentsOf(node).length)) this.#sql(node)
    else if (ofSelf && operations[name]) this.#operation(node)
    else if ((ofSelf && this.#block(node)) || this.#loop(node)) return
    else if (['ConstantRead', 'ConstantPath'].includes(kindOf(chainOf(node).root)) || changes(node)) this.#rows(node)
    else if (!(ofSelf && this.#own(node)) && !harmless.test(name) && !(node['receiver'] && !node['block'])) this.#strange(node)
  }

  #strange(node: Ruby): void {
    if (node['block']) this.all(bodyOf(node['block'].body))
    this.#miss(node, `what ${node['name']} does is not known`)
  }

  #isConnection(node: Ruby): boolean {
    return (
      kindOf(node) === 'Call' &&
      ['connection', 'lease_connection', 'raw_connection'].includes(node['name']) &&
      argumentsOf(node).length === 0
    )
  }

  #add(node: Ruby, kind: string, more: Partial<Operation>): void {
    this.done.push({
      kind,
      line: this.#at.file.line(node),
      ...(this.#conditional ? { conditional: true } : {}),
      ...(this.#repeated ? { repeated: true } : {}),
      ...(more.sql?.includes(anything) ? { holes: true } : {}),
      ...more,
    })
  }

  #miss(node: Ruby, why: string): void {
    this.unread.push({ file: this.#at.path, line: this.#at.file.line(node), why, grave: true })
  }

  #sql(node: Ruby): void {
    const value = this.#evaluator.of(argumentsOf(node)[0])
    const sql = Array.isArray(value) ? value[0] : value
    this.oneWay ||= this.#reversible === 0
    if (typeof sql === 'string') this.#add(node, node['name'], { sql: withParameters(sql) })
    else this.#miss(node, 'its SQL is put together when it runs')
  }

  #operation(node: Ruby): void {
    const args = argumentsOf(node).map((a) => this.#evaluator.of(a))
    const block = node['block'] && kindOf(node['block']) === 'Block' ? this.#said(node['block']) : []
    this.oneWay ||= this.#reversible === 0 && isOneWay(node['name'], args, node['block'] !== null)
    for (const sql of operations[node['name']]!({ args, options: optionsOf(args), version: this.#at.version, block }))
      this.#add(node, node['name'], { sql })
  }

  /** t.string :name of each line, and of loops over what is known. */
  #said(block: Ruby): Said[] {
    const table = parameterOf(block)
    const found: Said[] = []
    const take = (nodes: readonly Ruby[]): void => {
      for (const n of nodes) {
        const list = kindOf(n) === 'Call' && n['block'] && n['receiver'] ? this.#evaluator.of(n['receiver']) : unknown
        if (Array.isArray(list))
          for (const item of list) {
            this.#names.set(parameterOf(n['block']), item)
            take(bodyOf(n['block'].body))
          }
        else if (kindOf(n) === 'If' || kindOf(n) === 'Unless') take(bodyOf(n['statements']))
        else if (kindOf(n) === 'Call' && n['receiver']?.name === table) found.push(this.#saidBy(n))
        else this.#miss(n, 'what is done within the block of the table is not known')
      }
    }
    take(bodyOf(block['body']))
    return found
  }

  #saidBy(call: Ruby): Said {
    const args = argumentsOf(call).map((a) => this.#evaluator.of(a))
    const known =
      isColumnType(call['name']) ||
      /^(timestamps\w*|references|belongs_to|column|index|foreign_key|check_constraint|remove\w*|rename|change\w*|unique_constraint|exclusion_constraint)$/.test(
        call['name'],
      )
    if (!known) this.#miss(call, `what t.${call['name']} does is not known`)
    return { name: call['name'], args }
  } // prettier-ignore

  #block(node: Ruby): boolean {
    const { name, block } = node as unknown as { name: string; block: Ruby | null }
    if (!block || kindOf(block) !== 'Block') return false
    if (name === 'reversible') this.#bothWays(block)
    else if (name === 'up_only') {
      this.#reversible++
      if (this.#up) this.all(bodyOf(block['body']))
      this.#reversible--
    } else if (name === 'revert') this.#miss(node, 'it takes back what another one did')
    else if (through.test(name)) this.all(bodyOf(block['body']))
    else return false
    return true
  }

  #bothWays(block: Ruby): void {
    this.#reversible++
    for (const part of bodyOf(block['body']))
      if (kindOf(part) === 'Call' && part['name'] === (this.#up ? 'up' : 'down')) this.all(bodyOf(part['block']?.body))
    this.#reversible--
  }

  /** Over what is known each is gone through; else once, as often as there are. */
  #loop(node: Ruby): boolean {
    if (!node['block'] || !node['receiver'] || !(walks(node) || ['times', 'each_pair', 'each_key', 'each_value'].includes(node['name'])))
      return false
    const items = this.#evaluator.of(node['receiver'])
    const parameters = parametersOf(node['block'])
    const body = bodyOf(node['block'].body)
    if (Array.isArray(items) || items instanceof Map) {
      for (const item of items) {
        const values = Array.isArray(item) && parameters.length > 1 ? item : [item]
        for (const [i, p] of parameters.entries()) this.#names.set(p, (values as RubyValue[])[i] ?? unknown)
        this.all(body)
      }
      return true
    }
    if (['ConstantRead', 'ConstantPath'].includes(kindOf(chainOf(node).root))) return false
    for (const p of parameters) this.#names.set(p, unknown)
    this.#again(body)
    return true
  } // prettier-ignore

  #rows(node: Ruby): void {
    const chain = chainOf(node)
    const walked = chain.calls.some((c) => walks(c) && c['block'])
    if (walked || chain.calls.some(changes)) this.#changed(node, chain, walked)
    else this.#unknownCall(node, chain.calls)
  }

  #changed(node: Ruby, chain: Chain, walked: boolean): void {
    const model = this.#at.file.text(chain.root).replace(/^::/, '')
    const constant = kindOf(chain.root).startsWith('Constant')
    const table = constant ? quoted(this.#at.models.get(model) ?? tableOfModel(model)) : anything
    this.oneWay ||= this.#reversible === 0
    const sql = walked ? walkedSql(table, chain, this.#evaluator) : rowsSql(table, chain, this.#evaluator)
    const kind = `${constant ? model : 'row'}.${chain.calls.at(-1)!['name']}`
    if (sql !== undefined && constant) this.#add(node, kind, { sql, ...(walked ? { repeated: true } : {}) })
    else if (sql !== undefined || this.#mayChange(chain.calls)) this.#add(node, kind, { effect: 'rows' })
  }

  /** A block over rows that hands them to something that nobody knows. */
  #mayChange(calls: readonly Ruby[]): boolean {
    return calls.some((c) => [...callsIn(c['block']?.body)].some((x) => !harmless.test(x['name']) && !x['receiver']))
  }

  /** Of a class of the application: what it does with the database is not in this file. */
  #unknownCall(node: Ruby, calls: readonly Ruby[]): void {
    const name: string = calls[0]?.['name'] ?? ''
    if (
      /^(perform\w*|call|run|new|execute|migrate|process|enqueue|up|backfill\w*|sync\w*|rebuild\w*|refresh\w*|recalculate\w*|invoke)!?$/.test(
        name,
      )
    )
      this.#miss(node, `what ${this.#at.file.text(chainOf(node).root)}.${name} does is not in this file`)
    else if (node['block']) this.all(bodyOf(node['block'].body))
  } // prettier-ignore

  /** A method of the file is gone through where it is called. */
  #own(node: Ruby): boolean {
    const method = this.#at.methods.get(node['name'])
    if (!method || this.#within.has(node['name'])) return method !== undefined
    const args = argumentsOf(node).map((a) => this.#evaluator.of(a))
    const kept = new Map(this.#names)
    for (const [i, p] of ((method['parameters']?.requireds ?? []) as Ruby[]).entries()) this.#names.set(p['name'], args[i] ?? unknown)
    this.#within.add(node['name'])
    this.all(bodyOf(method['body']))
    this.#within.delete(node['name'])
    this.#names.clear()
    for (const [name, value] of kept) this.#names.set(name, value)
    return true
  }

  /** What a method of the file gives back, where that is one value. */
  #answered(name: string): RubyValue | undefined {
    const body = bodyOf(this.#at.methods.get(name)?.['body'])
    if (body.length !== 1 || this.#within.has(name)) return undefined
    this.#within.add(name)
    const value = this.#evaluator.of(body[0])
    this.#within.delete(name)
    return value
  }
}

const parametersOf = (block: Ruby): string[] => ((block['parameters']?.parameters?.requireds ?? []) as Ruby[]).map((p) => p['name'] ?? '')
const parameterOf = (block: Ruby): string => parametersOf(block)[0] ?? 'it'
