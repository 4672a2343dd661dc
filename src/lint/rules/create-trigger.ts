import type { Rule } from '../rule.ts'

export const createTrigger: Rule = {
  id: 'create-trigger',
  name: 'Something that happens at every write from now on',
  when: 'CREATE TRIGGER, ENABLE or DISABLE TRIGGER.',
  harm: 'Every write of the table does more than before, or less.',
  instead: 'Try it where nobody works; lock_timeout.',
  bad: {
    schema:
      "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';",
    sql: 'CREATE TRIGGER g BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f();',
  },
  good: {
    schema:
      'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int, note varchar(50)); CREATE TABLE users (id bigint PRIMARY KEY);',
    sql: "COMMENT ON TABLE orders IS 'x';",
  },
  on: [
    'CreateTrigStmt',
    'AT_EnableTrig',
    'AT_DisableTrig',
    'AT_DisableTrigAll',
    'AT_DisableTrigUser',
    'AT_DisableRowSecurity',
    'AT_ForceRowSecurity',
  ],
  check({ kind }, at) {
    return {
      categories: ['caution'],
      message: `writes of ${at.name} do another thing from now on`,
      lock: at.short(kind.endsWith('RowSecurity') ? 'ACCESS EXCLUSIVE' : 'SHARE ROW EXCLUSIVE'),
    }
  },
}
