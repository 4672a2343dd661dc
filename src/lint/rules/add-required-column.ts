import { inSql, isNullLiteral, typeOf } from '../ast.ts'
import { beside, isSerial } from '../replay/columns.ts'
import type { Rule } from '../rule.ts'
import { alreadyThere } from './adding.ts'
import { setNotNull } from './never-null.ts'
import { definitionOf } from './retyping.ts'

export const addRequiredColumn: Rule = {
  id: 'add-required-column',
  name: 'A column that old rows and old programs do not have',
  when: 'ADD COLUMN … NOT NULL without a default, by itself or by its domain.',
  harm: 'It fails where there is any row, and inserts of programs that do not know it fail.',
  instead: 'Add it nullable or with a default, fill it, then SET NOT NULL as by set-not-null-scanning.',
  bad: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY); INSERT INTO orders (id) VALUES (1);',
    sql: 'ALTER TABLE orders ADD COLUMN place text NOT NULL;',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: "ALTER TABLE orders ADD COLUMN place text NOT NULL DEFAULT '';",
  },
  on: ['AT_AddColumn'],
  check(act, at) {
    const definition = definitionOf(act)
    const domain = at.catalog.types.get(typeOf(definition.typeName).name)
    const value = beside(definition, 'CONSTR_DEFAULT')?.raw_expr ?? domain?.default
    const required = beside(definition, 'CONSTR_NOTNULL') ?? beside(definition, 'CONSTR_PRIMARY') ?? domain?.notNull
    const filled =
      (value && !isNullLiteral(value)) ||
      isSerial(definition) ||
      beside(definition, 'CONSTR_IDENTITY') ||
      beside(definition, 'CONSTR_GENERATED')
    if (!required || filled || alreadyThere(act, at)) return undefined
    return {
      categories: ['fails', 'breaking'],
      message: `fails where ${at.name} has rows; inserts that leave ${definition.colname} out fail`,
      instead: [
        `ALTER TABLE ${at.written} ADD COLUMN ${inSql(definition.colname)} …;  -- without NOT NULL, or with a default`,
        '-- then fill the old rows in batches, each in a transaction of its own',
        ...setNotNull(at, definition.colname),
      ],
    }
  },
}
