import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { casesModule } from '../cases/module.ts'
import { legalModule } from '../legal/module.ts'
import { personsModule } from '../persons/module.ts'
import { findOpenTables, watchRows } from './row-watch.ts'
import { openTestDatabase, type TestDatabase } from './testing.ts'
import type { Database } from './types.ts'

/**
 * Checks the proofs over our own tables and over views of tables that a country has had for years, in the same database.
 */

const MODULES = [casesModule, personsModule, legalModule]
const SCHEMAS = MODULES.map(({ domain }) => domain)
const TABLES = MODULES.map(({ tables }) => tables ?? { publicTables: [], links: [], derived: [] })

let database: TestDatabase
let db: Database
beforeAll(async () => {
  database = await openTestDatabase(MODULES, 'HN')
  db = database.db
  await db.execute(`
    create schema old;
    create table old.secret as select 1 as id;
    grant usage on schema old to istmo_reader;
    insert into persons.person (id, agency, handling, recorded_at, synthetic, shared_with)
      values ('HN:P-1', 'MP', '{H1}', now(), true, '{*}'), ('HN:P-hid', 'MP', '{H1}', now(), true, '{other}');
    insert into persons.person_name (person_id, ordinal, category, full_name) values ('HN:P-1', 1, 'LEGAL', 'Ana Paz');
    insert into cases.case_file (id, filed_on, agency, handling, recorded_at, synthetic, shared_with)
      values ('HN:C-1', '2026-01-01', 'MP', '{H1}', now(), true, '{*}'), ('HN:C-hid', null, 'MP', '{H1}', now(), true, null);
    insert into cases.warrant (id, case_id, category, status, issued_on, agency, handling, recorded_at, synthetic, shared_with)
      values ('HN:W-1', 'HN:C-hid', 'ARREST', 'ACTIVE', '2026-01-01', 'MP', '{H1}', now(), true, '{*}')`)
})
afterAll(() => database?.close())

/** Replaces a table by a view over it, in a new place, and puts it back after the work. */
async function overView(table: string, view: string, work: () => Promise<void>): Promise<void> {
  const [schema, name] = table.split('.')
  await db.execute(`alter table ${table} set schema old; ${view.replaceAll('OLD', `old.${name}`)}`)
  try {
    await work()
  } finally {
    await db.execute(
      `drop view if exists ${table}; drop materialized view if exists ${schema}.${name}_m; alter table old.${name} set schema ${schema}`,
    )
  }
}

const open = () => findOpenTables(db, SCHEMAS, TABLES)
const WARRANTS = 'create view cases.warrant'
const GRANT = 'grant select on cases.warrant to istmo_reader'

describe('the proof that a database hides its rows', () => {
  it('holds for our own tables', async () => {
    expect(await open()).toEqual([])
  })

  it.each([
    ['shows everything to each task force', `istmo.task_force() <> ''`],
    ['shows what is shared with nobody', `istmo.task_force() <> '' and shared_with is null`],
    ['shows what is limited', `istmo.task_force() <> '' and '*' = any(shared_with)`],
    ['shows rows without a task force', `handling = '{H1}' and shared_with = '{*}'`],
  ])(
    'does not hold if the function of our policies %s: no domain is ready, and a node does not start',
    async (_, condition) => {
      const sees = 'istmo.sees(shared_with text[], handling text[])'
      const [row] = await db.query<{ text: string }>(
        `select pg_get_functiondef('istmo.sees(text[], text[])'::regprocedure) as text`,
      )
      const watch = await watchRows(db, MODULES, pino({ level: 'silent' }))
      await db.execute(
        `create or replace function ${sees} returns boolean language sql stable parallel safe as $$ select ${condition} $$`,
      )
      try {
        expect((await open()).map(({ table }) => table)).toEqual(['istmo.sees'])
        await expect(watchRows(db, MODULES, pino({ level: 'silent' }))).rejects.toThrow(/- istmo\.sees: it shows rows/)
        await watch.check()
        expect(SCHEMAS.map((domain) => watch.problemOf(domain)?.table)).toEqual(SCHEMAS.map(() => 'istmo.sees'))
      } finally {
        await db.execute(row?.text ?? '')
        watch.close()
      }
    },
  )

  it.each([
    [
      'a view that reads as its owner',
      `${WARRANTS} as select * from OLD; ${GRANT}`,
      'it shows rows to a leg that no task force has',
      'Create the view «with (security_invoker)»',
    ],
    [
      'a view that reads as its owner, even if it has no rows yet',
      `${WARRANTS} as select * from OLD where false; ${GRANT}`,
      'nothing filters its rows',
      'Create the view «with (security_invoker)»',
    ],
    [
      'a view over a table without a policy',
      `${WARRANTS} with (security_invoker) as select * from OLD; ${GRANT}; alter table OLD disable row level security`,
      'it shows rows to a leg that no task force has',
      'policies for istmo_reader',
    ],
    [
      'a policy that knows every task force, and not whom a row is shared with',
      `${WARRANTS} with (security_invoker) as select * from OLD; ${GRANT}; alter table OLD enable row level security;
       alter policy seen on OLD using (istmo.task_force() <> ''); update OLD set shared_with = '{other}'`,
      'it shows rows that are shared with other task forces, or with nobody',
      'policies for istmo_reader',
    ],
    [
      'a policy that shows a warrant of a hidden case',
      `${WARRANTS} with (security_invoker) as select * from OLD; ${GRANT};
       alter policy seen on OLD using (istmo.sees(shared_with, handling)); update OLD set shared_with = '{*}'`,
      'it shows rows whose case_id is hidden: its policy must ask «not istmo.hides_case(case_id)»',
      'policies for istmo_reader',
    ],
    [
      'a view over a table that the reader may not read',
      `revoke select on OLD from istmo_reader; ${WARRANTS} with (security_invoker) as select * from OLD; ${GRANT}`,
      'istmo_reader cannot read it (permission denied for table warrant)',
      'policies for istmo_reader',
    ],
  ])('fails for %s, and names the table and the remedy', async (_title, view, problem, remedy) => {
    await overView('cases.warrant', view, async () => {
      const found = { table: 'cases.warrant', problem, remedy: expect.stringContaining(remedy) }
      expect(await open()).toEqual([expect.objectContaining(found)])
      const starting = watchRows(db, MODULES, pino({ level: 'silent' }))
      await expect(starting).rejects.toThrow(`- cases.warrant: ${problem}`)
    })
    await db.execute(`
      alter table cases.warrant enable row level security;
      grant select on cases.warrant to istmo_reader;
      alter policy seen on cases.warrant using (
        istmo.sees(shared_with, handling) and not istmo.hides_case(case_id) and not istmo.hides_person(subject_id))`)
  })

  it('is made once at a start, and anew at each later check', async () => {
    let proofs = 0
    const counted: Database = {
      ...db,
      query: (sql, params) => {
        if (sql.includes('security_invoker')) proofs += 1
        return db.query(sql, params)
      },
    }
    const watch = await watchRows(counted, MODULES, pino({ level: 'silent' }))
    expect(proofs).toBe(1)
    await watch.check()
    expect(proofs).toBe(2)
    watch.close()
  })

  it('holds for a view that reads as the leg, over a table with a policy', async () => {
    const view = `${WARRANTS} with (security_invoker) as select * from OLD; ${GRANT}`
    await overView('cases.warrant', view, async () => expect(await open()).toEqual([]))
  })

  it('fails for another table in a domain’s schema that shows rows', async () => {
    await db.execute('create table cases.notes as select 1 as id; grant select on cases.notes to istmo_reader')
    expect(await open()).toMatchObject([{ table: 'cases.notes' }])
    await db.execute('drop table cases.notes')
  })

  it('names each such table, also beside one that cannot be read', async () => {
    const grant = 'grant select on cases.notes, cases.secrets, persons.notes to istmo_reader'
    await db.execute(`create table cases.notes as select 1 as id; create table persons.notes as select 1 as id;
      create view cases.secrets with (security_invoker) as select * from old.secret; ${grant}`)
    const names = async () => (await open()).map(({ table, problem }) => `${table} ${problem}`)
    const shows = 'it shows rows to a leg that no task force has'
    expect(await names()).toEqual([
      `cases.notes ${shows}`,
      'cases.secrets istmo_reader cannot read it (permission denied for table secret)',
      `persons.notes ${shows}`,
    ])
    await db.execute('drop view cases.secrets')
    expect(await names()).toEqual([`cases.notes ${shows}`, `persons.notes ${shows}`])
    await db.execute('drop table cases.notes, persons.notes')
  })
})

describe('a domain whose derived data does not cover its rows', () => {
  const silent = pino({ level: 'silent' })

  it('is not ready while recorded words are missing, and ready again when they are learned', async () => {
    const lines: string[] = []
    const watch = await watchRows(db, MODULES, pino({}, { write: (line: string) => void lines.push(line) }))
    expect([watch.problemOf('persons'), watch.problemOf('cases')]).toEqual([undefined, undefined])
    await db.execute('delete from persons.name_word')
    await watch.check()
    expect(watch.problemOf('persons')).toMatchObject({
      table: 'persons.name_word',
      remedy: expect.stringContaining('select persons.learn_all_words()'),
    })
    expect(watch.problemOf('cases')).toBeUndefined()
    await watch.check()
    expect(lines.filter((line) => line.includes('a domain is not ready'))).toHaveLength(1)
    await db.execute('select persons.learn_all_words()')
    await watch.check()
    expect(watch.problemOf('persons')).toBeUndefined()
    watch.close()
  })

  it.each([
    ['cases.case_file', 'filed_desc_key', `'~'::text`],
    ['cases.case_file', 'filed_asc_key', `null::text`],
    ['cases.warrant', 'issued_desc_key', `'x'::text`],
    ['persons.person_name', 'parts', `array[]::text[]`],
    ['persons.person_name', 'keys', `null::text[]`],
  ])('is not ready over a view of %s with a wrong %s', async (table, column, wrong) => {
    const columns = await db.query<{ name: string }>(
      'select attname::text as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped',
      [table],
    )
    const list = columns.map(({ name }) => (name === column ? `${wrong} as ${name}` : name)).join(', ')
    const view = `create view ${table} with (security_invoker) as select ${list} from OLD; grant select on ${table} to istmo_reader`
    await overView(table, view, async () => {
      const watch = await watchRows(db, MODULES, silent)
      expect(watch.problemOf(table.split('.')[0] ?? '')).toMatchObject({ table: `${table}.${column}` })
      watch.close()
    })
  })
})

describe('the lists of the domains', () => {
  it('name each column that the database derives, and each table that a trigger fills', async () => {
    const derived = await db.query<{ name: string }>(
      `select format('%s.%s', a.attrelid::regclass, a.attname) as name from pg_attribute a join pg_class c on c.oid = a.attrelid
       where a.attgenerated <> '' and c.relnamespace::regnamespace::text = any($1)
       union select tgfoid::regproc::text from pg_trigger t join pg_class c on c.oid = t.tgrelid
       where not tgisinternal and c.relnamespace::regnamespace::text = any($1)`,
      [SCHEMAS],
    )
    const filledBy: Readonly<Record<string, string>> = {
      'persons.learn_words': 'persons.name_word',
      'cases.set_changed_at': 'cases.case_file.changed_at',
      'cases.touch_cases': 'cases.case_file.changed_at',
    }
    const listed = TABLES.flatMap((tables) => tables.derived.map(({ name }) => name))
    expect(derived.length).toBeGreaterThan(8)
    for (const { name } of derived) expect(listed).toContain(filledBy[name] ?? name)
  })

  it('name each column that names a case or a person', async () => {
    const named = await db.query<{ name: string }>(
      `select format('%s.%s', a.attrelid::regclass, a.attname) as name from pg_attribute a join pg_class c on c.oid = a.attrelid
       where c.relkind = 'r' and c.relnamespace::regnamespace::text = any($1) and a.attnum > 0 and not a.attisdropped
         and a.attname in ('case_id', 'person_id', 'subject_id', 'linked_id', 'associate_id', 'other_id')`,
      [SCHEMAS],
    )
    const listed = TABLES.flatMap((tables) => tables.links.map(({ table, column }) => `${table}.${column}`))
    expect(named.map(({ name }) => name).sort()).toEqual(listed.sort())
  })
})
