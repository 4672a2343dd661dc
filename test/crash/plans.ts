// Small migrations that between them take every path of the engine: each with its own tables, a few dozen rows, and rows of
// others in the target. `change` is what the source's owner does before a second run, `mend` what makes a retry worth while.
import { key } from '../../src/expr/words/key.ts'
import {
  before,
  bigint,
  bool,
  compute,
  concat,
  countRows,
  Expr,
  int,
  into,
  lookup,
  lookupOrNull,
  type Migration,
  mapping,
  migration,
  nth,
  numeric,
  query,
  sum,
  table,
  text,
  uuid,
  uuidOf,
  varchar,
} from '../../src/index.ts'

export interface SmallPlan {
  readonly name: string
  readonly setup: string
  readonly migration: Migration
  readonly change: string
  readonly mend: string
}

/** Whole source keys with gaps and below zero: a stretch of numbers is set aside. Children, a filter, warnings, closed maps. */
function customers(): SmallPlan {
  const person = table('src.person', {
    id: bigint().key(),
    name: text(),
    email: text().null(),
    kind: text(),
    age: text().null(),
    active: bool().null(),
  })
  const purchase = table('src.purchase', { id: int().key(), person_id: bigint().null(), amount: text() })
  const customer = table('tgt.customer', {
    id: bigint().key().default(),
    name: text(),
    email: text().null(),
    kind: varchar(10),
    age: int().null(),
  })
  const bought = table('tgt.purchase', {
    id: bigint().key().identity('always'),
    customer_id: bigint(),
    amount: numeric(8, 2),
    label: text(),
  })
  const people = mapping(
    person,
    (r) =>
      into(customer, {
        name: r.name,
        email: r.email.blankToNull(),
        kind: r.kind.match({ P: 'private', C: 'company' }),
        age: r.age.asInt().orWarn(null) as never,
      }),
    { only: { active: (r) => r.active } },
  )
  const purchases = mapping(purchase, (r) =>
    into(bought, { customer_id: people.keyOf(r.person_id).required(), amount: r.amount.asMoney(), label: concat('no ', r.id.asText()) }),
  )
  return {
    name: 'customers',
    migration: migration('customers', people, purchases),
    setup: `
      create schema src; create schema tgt;
      create table src.person (id bigint primary key, name text not null, email text, kind text not null, age text, active boolean);
      insert into src.person select i, 'person ' || i, case when i % 5 = 0 then null when i = 13 then 'taken@x' else 'p' || i || '@x' end, case when i = 22 then 'X' when i % 2 = 0 then 'P' else 'C' end,
        case when i % 7 = 0 then 'old' else (20 + i)::text end, case when i = 31 then null else i % 9 <> 0 end from generate_series(-5, 34) i where i % 6 <> 2;
      create table src.purchase (id integer primary key, person_id bigint, amount text not null);
      insert into src.purchase select i, case when i = 17 then 999 else i % 35 - 4 end, case when i = 8 then 'much' else '1,' || (200 + i) || '.5' end from generate_series(1, 36) i;
      create table tgt.customer (id bigserial primary key, name text not null, email text unique, kind varchar(10) not null check (kind in ('private', 'company')), age integer);
      insert into tgt.customer (name, email, kind) select 'native ' || i, case when i = 3 then 'taken@x' else 'n' || i end, 'private' from generate_series(1, 5) i;
      create table tgt.purchase (id bigint generated always as identity primary key, customer_id bigint not null references tgt.customer, amount numeric(8, 2) not null check (amount >= 0), label text not null);
      insert into tgt.purchase (customer_id, amount, label) select i, i, 'native' from generate_series(1, 4) i;`,
    change: `
      update src.person set name = name || '!' where id in (1, 19, 33); update src.person set kind = 'X' where id = 7; update src.person set kind = 'C' where id = 22;
      delete from src.purchase where id in (3, 4) or person_id = 5; delete from src.person where id = 5;
      insert into src.person values (90, 'late', 'late@x', 'P', '1', true), (-20, 'early', null, 'C', null, true);
      insert into src.purchase values (100, 90, '7.00'), (-3, -20, '8.00'), (101, 22, '9')`,
    mend: `update src.person set kind = 'P' where kind = 'X'; update src.person set email = 'free@x' where email = 'taken@x'; update src.person set active = true where active is null; update src.purchase set amount = '12' where amount = 'much'; update src.purchase set person_id = 1 where person_id = 999`,
  }
}

/** Source keys that are no whole numbers: ids are drawn in the order of the keys, and stored. */
function devices(): SmallPlan {
  const device = table('src.device', { id: uuid().key(), label: text(), size: int().null() })
  const reading = table('src.reading', { site: text().key(), nr: int().key(), device: uuid().null(), value: text() })
  const made = table('tgt.device', { id: int().key().default(), label: text(), size: int() })
  const taken = table('tgt.reading', { id: int().key().identity('always'), device_id: int().null(), place: text(), value: numeric(10, 3) })
  const devices = mapping(device, (r) => into(made, { label: r.label, size: r.size.required() }))
  const readings = mapping(reading, (r) =>
    into(taken, { device_id: devices.keyOf(r.device), place: concat(r.site, '/', r.nr), value: r.value.asDecimal() }),
  )
  return {
    name: 'devices',
    migration: migration('devices', devices, readings),
    setup: `
      create schema src; create schema tgt;
      create table src.device (id uuid primary key, label text not null, size integer);
      insert into src.device select md5('d' || i)::uuid, 'device ' || i, case when i = 11 then null else i end from generate_series(1, 33) i;
      create table src.reading (site text, nr integer, device uuid, value text not null, primary key (site, nr));
      insert into src.reading select chr(97 + i % 4), i, case when i % 10 = 0 then null else md5('d' || (1 + i % 33))::uuid end, case when i = 21 then 'n/a' else (i / 3.0)::numeric(8, 3)::text end from generate_series(1, 40) i;
      create table tgt.device (id serial primary key, label text not null unique, size integer not null);
      insert into tgt.device (label, size) values ('native', 1), ('device 4', 2);
      create table tgt.reading (id integer generated always as identity primary key, device_id integer references tgt.device, place text not null, value numeric(10, 3) not null);
      insert into tgt.reading (device_id, place, value) values (1, 'native', 1)`,
    change: `
      update src.device set label = label || ' b' where size in (2, 20); update src.device set size = null where size = 30; update src.reading set value = '5' where nr = 21;
      delete from src.reading where nr in (7, 8); update src.reading set device = null where device = md5('d25')::uuid; delete from src.device where size = 25;
      insert into src.device select md5('new' || i)::uuid, 'new ' || i, i from generate_series(1, 9) i; insert into src.reading select 'z', i, md5('new' || i)::uuid, '1' from generate_series(1, 9) i`,
    mend: `update src.device set size = 0 where size is null; update src.device set label = 'free' where label = 'device 4'; update src.reading set value = '0' where value = 'n/a'`,
  }
}

/** Keys that the mapping gives, keys made of a source key, keys of several columns. */
function shops(): SmallPlan {
  const country = table('src.country', { code: text().key(), name: text().null() })
  const shop = table('src.shop', { id: int().key(), country: text().null(), opened: text().null() })
  const stock = table('src.stock', { shop: int().key(), sku: text().key(), pieces: int() })
  const land = table('tgt.country', { code: varchar(3).key(), name: text() })
  const store = table('tgt.store', { id: uuid().key().default(), country: varchar(3).null(), note: text().null() })
  const held = table('tgt.stock', { store_id: uuid().key(), sku: text().key(), pieces: int() })
  const log = table('tgt.log', { id: uuid().key(), what: text() })
  const countries = mapping(country, (r) => into(land, { code: r.code.upper(), name: r.name.required() }))
  const stores = mapping(shop, (r) => into(store, { country: countries.keyOf(r.country), note: r.opened.blankToNull() }))
  const stocks = mapping(stock, (r) => ({
    held: into(held, { store_id: stores.keyOf(r.shop), sku: r.sku, pieces: r.pieces }),
    log: into(log, { id: uuidOf('log', r.shop, r.sku), what: concat('stock of ', r.sku) }, { when: r.pieces.moreThan(3) }),
  }))
  return {
    name: 'shops',
    migration: migration('shops', countries, stores, stocks),
    setup: `
      create schema src; create schema tgt;
      create table src.country (code text primary key, name text);
      insert into src.country select 'c' || chr(96 + i), case when i = 3 then null else 'country ' || i end from generate_series(1, 20) i;
      create table src.shop (id integer primary key, country text, opened text);
      insert into src.shop select i, case when i % 8 = 0 then null else 'c' || chr(96 + 1 + i % 20) end, nullif(repeat(' ', i % 3), '') from generate_series(1, 30) i;
      create table src.stock (shop integer, sku text, pieces integer not null, primary key (shop, sku));
      insert into src.stock select 1 + i % 31, 'sku ' || i, i % 7 - 1 from generate_series(1, 45) i;
      create table tgt.country (code varchar(3) primary key, name text not null);
      insert into tgt.country values ('CE', 'native'), ('ZZ', 'native');
      create table tgt.store (id uuid primary key default gen_random_uuid(), country varchar(3) references tgt.country, note text);
      insert into tgt.store values (md5('n')::uuid, 'ZZ', 'native');
      create table tgt.stock (store_id uuid references tgt.store, sku text, pieces integer not null check (pieces >= 0), primary key (store_id, sku));
      insert into tgt.stock values (md5('n')::uuid, 'native', 3);
      create table tgt.log (id uuid primary key, what text not null)`,
    change: `
      update src.country set name = name || '.' where code in ('ca', 'cb'); update src.country set name = 'three' where code = 'cc'; update src.shop set country = 'ca' where id = 4;
      delete from src.stock where shop = 9; delete from src.shop where id = 9; update src.stock set pieces = 6 where sku in ('sku 10', 'sku 11'); update src.stock set pieces = 2 where sku = 'sku 12';
      insert into src.country values ('cz', 'late'); insert into src.shop values (70, 'cz', 'x'); insert into src.stock values (70, 'q', 5), (1, 'q', 5)`,
    mend: `update src.country set name = 'mended' where name is null; update src.shop set country = 'ca' where country = 'ce'; update src.stock set pieces = 0 where pieces < 0`,
  }
}

/** Rows that several source rows share: made once, or adopted where they are there already; sums over the group. */
function trades(): SmallPlan {
  const trade = table('src.trade', { id: bigint().key(), ticker: text().null(), desk: text(), qty: int() })
  const reference = table('src.reference', { ticker: text().key(), name: text() })
  const security = table('tgt.security', { id: bigint().key().default(), ticker: text(), name: text() })
  const desk = table('tgt.desk', { id: int().key().identity('always'), name: text(), trades: bigint(), total: numeric(12, 0) })
  const deal = table('tgt.trade', { id: bigint().key().default(), security_id: bigint(), desk_id: int(), qty: int() })
  const split = mapping(trade, (r) => {
    const known = lookup(reference, { ticker: r.ticker })
    const paper = into(security, { ticker: r.ticker.required(), name: known.name.required() }, { per: ['ticker', 'name'], adopt: true })
    const table = into(desk, { name: r.desk, trades: countRows(), total: sum(r.qty) as never }, { per: ['name'] })
    return { paper, table, deal: into(deal, { security_id: paper.key(), desk_id: table.key(), qty: r.qty }) }
  })
  return {
    name: 'trades',
    migration: migration('trades', split),
    setup: `
      create schema src; create schema tgt;
      create table src.reference (ticker text primary key, name text not null);
      insert into src.reference select 't' || i, 'paper ' || i from generate_series(0, 9) i;
      create table src.trade (id bigint primary key, ticker text, desk text not null, qty integer not null);
      insert into src.trade select i, case when i = 20 then 'nowhere' when i = 21 then null else 't' || i % 9 end, 'desk ' || i % 4, case when i = 30 then 0 else i end from generate_series(1, 42) i;
      create table tgt.security (id bigserial primary key, ticker text not null unique, name text not null);
      insert into tgt.security (ticker, name) values ('t2', 'paper 2'), ('t5', 'paper 5'), ('own', 'native');
      create table tgt.desk (id integer generated always as identity primary key, name text not null unique, trades bigint not null, total numeric(12, 0) not null);
      insert into tgt.desk (name, trades, total) values ('native', 0, 0);
      create table tgt.trade (id bigserial primary key, security_id bigint not null references tgt.security, desk_id integer not null references tgt.desk, qty integer not null check (qty > 0));
      insert into tgt.trade (security_id, desk_id, qty) values (1, 1, 1)`,
    change: `
      update src.trade set qty = qty + 100 where id in (1, 2, 3); delete from src.trade where ticker = 't7'; update src.trade set ticker = 't0' where id = 20; update src.trade set desk = 'desk new' where id in (4, 5);
      insert into src.trade values (100, 't9', 'desk 1', 5), (101, 't2', 'desk 9', 6), (-4, 't1', 'desk 0', 7)`,
    mend: `update src.trade set qty = 5 where qty = 0; update src.trade set ticker = 't9' where ticker = 'nowhere' or ticker is null`,
  }
}

/** The key of another row of the very output that is being written, which no word gives yet. */
const ownKeyOf = (mapping: string, output: string, source: Expr<any>): Expr<never> =>
  new Expr(key({ mapping, name: output, keyTypes: [] }, [source.node]))

/** Rows that name other rows of the same table: filled in a second pass. */
function staff(): SmallPlan {
  const employee = table('src.employee', { id: int().key(), name: text(), boss: int().null() })
  const node = table('src.node', { id: uuid().key(), parent: uuid().null(), title: text().null() })
  const person = table('tgt.staff', { id: bigint().key().default(), name: text(), boss_id: bigint().null() })
  const page = table('tgt.page', { id: int().key().identity('by default'), title: text(), parent_id: int().null() })
  const employees = mapping(employee, (r) => into(person, { name: r.name, boss_id: ownKeyOf('employee', 'staff', r.boss) }), {
    only: { named: (r) => r.name.isNot('left') },
  })
  const nodes = mapping(node, (r) => into(page, { title: r.title.required(), parent_id: ownKeyOf('node', 'page', r.parent) }))
  return {
    name: 'staff',
    migration: migration('staff', employees, nodes),
    setup: `
      create schema src; create schema tgt;
      create table src.employee (id integer primary key, name text not null, boss integer);
      insert into src.employee select i, case when i = 12 then 'left' else 'name ' || i end, case when i = 30 then null when i = 18 then 12 when i = 25 then 77 else 1 + (i * i) % 37 end from generate_series(1, 36) i;
      create table src.node (id uuid primary key, parent uuid, title text);
      insert into src.node select md5('n' || i)::uuid, case when i > 1 then md5('n' || (i / 2))::uuid end, case when i = 5 then null else 'title ' || i end from generate_series(1, 32) i;
      create table tgt.staff (id bigserial primary key, name text not null unique, boss_id bigint references tgt.staff);
      insert into tgt.staff (name, boss_id) values ('native', 1), ('name 3', 1);
      create table tgt.page (id integer generated by default as identity primary key, title text not null, parent_id integer references tgt.page);
      insert into tgt.page (title) values ('native')`,
    change: `
      update src.employee set boss = 2 where id in (5, 6); update src.employee set name = 'name x' where id = 8; update src.employee set boss = null where boss = 9; delete from src.employee where id = 9;
      insert into src.employee values (60, 'new', 61), (61, 'newer', 1), (-2, 'newest', 60); update src.node set parent = md5('n3')::uuid where id = md5('n4')::uuid;
      insert into src.node values (md5('late')::uuid, md5('n4')::uuid, 'late'); delete from src.node where id = md5('n32')::uuid`,
    mend: `update src.employee set boss = 1 where boss = 77; update src.employee set name = 'name three' where id = 3; update src.node set title = 'five' where title is null`,
  }
}

/** A query as the source, neighbours in a group, values that must not be there twice, and a plain function. */
function lines(): SmallPlan {
  const document = table('src.document', { nr: int().key(), title: text(), slug: text().null(), owner: text().null() })
  const owner = table('src.owner', { login: text().key(), name: text() })
  const line = query(
    'line',
    { doc: int().key(), pos: int().key(), body: text(), weight: int() },
    `select d.nr as doc, p.pos, d.title || ':' || p.pos as body, (d.nr * p.pos) % 11 as weight from src.document d cross join generate_series(1, 2) as p(pos) where d.nr > 3`,
  )
  const paper = table('tgt.paper', {
    id: int().key().default(),
    title: text(),
    slug: text().null(),
    owner: text().null(),
    place: bigint(),
    older: text().null(),
  })
  const part = table('tgt.part', { id: bigint().key().default(), paper_id: int(), body: text(), rank: bigint(), shout: text() })
  const papers = mapping(document, (r) =>
    into(paper, {
      title: r.title,
      slug: r.slug.blankToNull(),
      owner: lookupOrNull(owner, { login: r.owner }).name,
      place: nth({ by: [r.owner], order: [r.title] }),
      older: before(r.title, { by: [r.owner], order: [r.title] }),
    }),
  )
  const parts = mapping(
    line,
    (r) =>
      into(part, {
        paper_id: papers.keyOf(r.doc).required(),
        body: r.body,
        rank: nth({ by: [r.doc], order: [[r.weight, 'desc']] }),
        shout: compute([r.body, r.weight], text(), (body, weight) => {
          if (weight === 10) throw new Error('too heavy')
          return `${body.toUpperCase()}\t\\${weight}`
        }),
      }),
    { only: { 'not too light': (r) => r.weight.isNot(0) } },
  )
  return {
    name: 'lines',
    migration: migration('lines', papers, parts, { reads: [document] }),
    setup: `
      create schema src; create schema tgt;
      create table src.owner (login text primary key, name text not null);
      insert into src.owner select 'o' || i, 'Owner ' || i from generate_series(0, 3) i;
      create table src.document (nr integer primary key, title text not null, slug text, owner text);
      insert into src.document select i, 'T' || (i * 7) % 23, case when i in (6, 19) then 'same' when i % 4 = 0 then ' ' else 's' || i end, 'o' || i % 5 from generate_series(1, 30) i;
      create table tgt.paper (id serial primary key, title text not null, slug text unique, owner text, place bigint not null, older text);
      insert into tgt.paper (title, slug, place) values ('native', 's3', 1);
      create table tgt.part (id bigserial primary key, paper_id integer not null references tgt.paper, body text not null, rank bigint not null, shout text not null);
      insert into tgt.part (paper_id, body, rank, shout) values (1, 'native', 1, '!')`,
    change: `
      update src.document set title = 'AAA' where nr in (5, 17); delete from src.document where nr in (10, 28); update src.document set slug = 'other' where nr = 19; update src.document set slug = 's7' where nr = 8;
      insert into src.document values (40, 'New', 'new', 'o1'), (41, 'Newer', null, 'o2')`,
    mend: `update src.document set slug = 'alone' where nr = 6; update src.document set slug = 'three' where nr = 3`,
  }
}

/** Rows that only the server refuses: a trigger that raises, constraints that are looked at when the unit commits. */
function items(): SmallPlan {
  const item = table('src.item', { id: int().key(), name: text(), tag: text().null(), code: int() })
  const piece = table('src.piece', { id: int().key(), item: int() })
  const thing = table('tgt.thing', { id: int().key().default(), name: text(), tag: text().null(), code: int() })
  const bit = table('tgt.bit', { id: int().key().default(), thing_id: int(), nr: int() })
  const things = mapping(item, (r) => into(thing, { name: r.name, tag: r.tag, code: r.code }))
  const bits = mapping(piece, (r) => into(bit, { thing_id: things.keyOf(r.item), nr: r.id }))
  return {
    name: 'items',
    migration: migration('items', things, bits),
    setup: `
      create schema src; create schema tgt;
      create table src.item (id integer primary key, name text not null, tag text, code integer not null);
      insert into src.item select i, case when i in (5, 6, 23) then 'bad ' || i else 'item ' || i end, case when i = 15 then 'NATIVE' when i % 3 = 0 then null else 'tag' || i end, i from generate_series(1, 34) i;
      create table src.piece (id integer primary key, item integer not null);
      insert into src.piece select i, 1 + (i * 3) % 34 from generate_series(1, 30) i;
      create table tgt.thing (id serial primary key, name text not null, tag text, code integer not null, unique (code) deferrable initially deferred);
      insert into tgt.thing (name, tag, code) values ('native', 'native', 500);
      create unique index on tgt.thing (lower(tag));
      create function tgt.look() returns trigger language plpgsql as $$ begin if new.name like 'bad%' then raise 'no % here', new.name; end if; return new; end $$;
      create trigger look before insert or update on tgt.thing for each row execute function tgt.look();
      create table tgt.bit (id serial primary key, thing_id integer not null references tgt.thing deferrable initially deferred, nr integer not null);
      create function tgt.late() returns trigger language plpgsql as $$ begin if new.nr = 12 then raise 'twelve'; end if; return null; end $$;
      create constraint trigger late after insert or update on tgt.bit deferrable initially deferred for each row execute function tgt.late();
      insert into tgt.bit (thing_id, nr) values (1, 0)`,
    change: `update src.item set name = 'bad now' where id = 9; update src.item set name = 'good' where id = 5; delete from src.piece where item in (20, 9); delete from src.item where id = 20; insert into src.item values (50, 'new', 'tag50', 50), (51, 'bad new', null, 51); insert into src.piece values (90, 50), (91, 5), (92, 51)`,
    mend: `update src.item set name = 'good ' || id where name like 'bad%'; update src.item set tag = 'free' where tag = 'NATIVE'`,
  }
}

export const plans: readonly SmallPlan[] = [customers(), devices(), shops(), trades(), staff(), lines(), items()]
export const planNamed = (name: string): SmallPlan => plans.find((p) => p.name === name)!
