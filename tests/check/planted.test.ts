import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DOMAINS } from '../../contract/domain.ts'
import type { CheckOptions } from '../../joining/check/context.ts'
import { FINDINGS, type Finding, type PartName } from '../../joining/check/finding.ts'
import { runCheck } from '../../joining/check/run-check.ts'
import { loadDomains } from '../../subgraphs/domains.ts'
import { openTestDatabase, type TestDatabase } from '../../subgraphs/kit/testing.ts'

/** Each fault that is planted in the database of a country is found, once, by its own id, and nothing else is. */

const PROVENANCE = `'MP', '{H1}', '2026-03-14T09:26:53Z', true, '{jtf-1}'`
const COLUMNS = 'agency, handling, recorded_at, synthetic, shared_with'

/** A small country in which nothing is wrong. */
const SOUND = `
  truncate cases.warrant, cases.case_file, cases.offence, cases.participant, cases.linked_case, persons.person, persons.person_name,
    persons.identifier, persons.address, persons.associate, persons.membership, persons.same_as, legal.mla_request, legal.mla_concern,
    legal.statute, legal.instrument, legal.article, legal.participation, legal.coverage, reference.iccs_code;
  insert into reference.iccs_code (code, level, parent, title_en, title_es) values ('01', 1, null, 'Acts', 'Actos'), ('0101', 2, '01', 'Homicide', 'Homicidio');
  insert into legal.coverage (subject, key) values ('STATUTES', '*');
  insert into legal.statute (id, code, section, iccs, in_force_from) values ('NI:CP:138', 'CP', '138', '{0101}', '2008-05-16');
  insert into persons.person (id, birth_date, sex, nationalities, protected, ${COLUMNS}) values
    ('NI:P-1', '1980-02-29', 'F', '{NI}', false, ${PROVENANCE}), ('NI:P-2', null, 'M', null, false, ${PROVENANCE}),
    ('NI:P-víctima', '2001-01-01', 'F', '{NI,CR}', true, ${PROVENANCE});
  insert into persons.person_name (person_id, ordinal, category, full_name) values
    ('NI:P-1', 1, 'LEGAL', 'María Peñaranda Núñez'), ('NI:P-2', 1, 'LEGAL', 'Anastasio Altamirano Rocha'), ('NI:P-víctima', 1, 'LEGAL', 'Concepción Urtecho Lacayo');
  insert into persons.identifier (person_id, ordinal, category, jurisdiction, value) values ('NI:P-1', 1, 'NATIONAL_ID', 'NI', '001-290280-0001A');
  insert into persons.same_as (person_id, other_id) values ('NI:P-1', 'HN:P-9');
  insert into cases.case_file (id, category, status, filed_on, closed_on, ${COLUMNS}) values
    ('NI:C-1', 'COURT', 'OPEN', '2026-01-02', null, ${PROVENANCE}), ('NI:C-2', null, null, null, '2026-02-02', ${PROVENANCE});
  insert into cases.offence (case_id, ordinal, iccs, national_label, statute_id) values ('NI:C-1', 1, '0101', 'homicidio', 'NI:CP:138');
  insert into cases.participant (row_id, case_id, role, person_id) values
    ('1', 'NI:C-1', 'SUSPECT', 'NI:P-1'), ('2', 'NI:C-1', 'VICTIM', 'NI:P-víctima'), ('3', 'NI:C-1', 'WITNESS', 'NI:P-1'), ('4', 'NI:C-1', 'ACCUSED', 'HN:P-7');
  insert into cases.linked_case (case_id, linked_id) values ('NI:C-1', 'HN:C-77');
  insert into cases.warrant (id, case_id, category, status, issued_on, subject_id, ${COLUMNS}) values
    ('NI:W-1', 'NI:C-1', 'ARREST', 'ACTIVE', '2026-01-03', 'NI:P-1', ${PROVENANCE});
  insert into legal.mla_request (id, requested_country, case_id, legal_basis_id, measures, urgency, status, ${COLUMNS}) values
    ('NI:M-1', 'HN', 'NI:C-1', 'UN:XVIII-12', '{BANK_RECORDS}', 'URGENT', 'TRANSMITTED', ${PROVENANCE});
  insert into legal.mla_concern (mla_id, case_id) values ('NI:M-1', 'HN:C-77')`

/** Our own tables keep many faults out by themselves. Views and tables of a country’s own do not. */
const WITHOUT_CONSTRAINTS = `
  do $$ declare each record; begin
    for each in select conrelid::regclass as relation, conname from pg_constraint
      where contype in ('c', 'f') and connamespace::regnamespace::text in ('cases', 'persons', 'legal') loop
      execute format('alter table %s drop constraint %I', each.relation, each.conname);
    end loop; end $$;
  alter table cases.warrant alter column issued_on drop not null;
  alter table cases.offence alter column national_label drop not null`

const RULES = `country: NI
name: { es: Nicaragua, en: Nicaragua }
domains:
  cases: { url: "http://127.0.0.1:1/cases" }
  persons: { url: "http://127.0.0.1:1/persons" }
  legal: { url: "http://127.0.0.1:1/legal" }
taskForces:
  - id: jtf-1
    notAfter: 9999-12-31
    members: [{ issuer: HN, agencies: [HN-MP], purposes: [INVESTIGATION], scopes: ["case:read"] }]
`

const ROWS: readonly PartName[] = ['schema', 'visibility', 'rows', 'references', 'derived']

let database: TestDatabase
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'istmo-check-'))
  writeFileSync(join(folder, 'NI.yaml'), RULES)
  database = await openTestDatabase(await loadDomains(DOMAINS), 'NI')
  await database.db.execute(WITHOUT_CONSTRAINTS)
  await database.db.execute(SOUND)
})
afterAll(async () => {
  await database?.close()
  rmSync(folder, { recursive: true })
})

async function check(only: readonly PartName[], options: Partial<CheckOptions> = {}): Promise<readonly Finding[]> {
  const { findings } = await runCheck({
    ...{ country: 'NI', db: database.db, only },
    options: { rules: join(folder, 'NI.yaml'), examples: 3, sample: 10, deadlineMs: 60_000, ...options },
  })
  return findings
}

it('in a sound country nothing is found', async () => {
  expect(await check([...ROWS, 'clock', 'search', 'timings'])).toEqual([])
})

interface Planted {
  readonly what: string
  readonly sql: string
  /** Puts back what the sound rows do not. */
  readonly undo?: string
  readonly finding: Finding
}

function planted(
  what: string,
  sql: string,
  id: Finding['id'],
  place: string,
  rest: Partial<Finding> = {},
  undo?: string,
): Planted {
  return { what, sql, finding: { id, place, ...rest }, ...(undo !== undefined && { undo }) }
}

const CASE = { count: 1, examples: ['NI:C-1'] }
const PERSON = { count: 1, examples: ['NI:P-1'] }
const setCase = (change: string) => `update cases.case_file set ${change} where id = 'NI:C-1'`

const FAULTS: readonly Planted[] = [
  planted(
    'no rows',
    'truncate cases.warrant, cases.case_file, cases.offence, cases.participant, cases.linked_case, legal.mla_request, legal.mla_concern',
    'TABLE_EMPTY',
    'cases.case_file',
  ),
  planted('an unknown status', setCase(`status = 'TR'`), 'VALUE_UNKNOWN', 'cases.case_file.status', CASE),
  planted(
    'an unknown measure',
    `update legal.mla_request set measures = '{BANK_RECORDS,SEIZE}'`,
    'VALUE_UNKNOWN',
    'legal.mla_request.measures',
    { count: 1, examples: ['NI:M-1'] },
  ),
  planted(
    'an empty label',
    `update cases.offence set national_label = null`,
    'VALUE_MISSING',
    'cases.offence.national_label',
    { count: 1, examples: ['NI:C-1 1'] },
  ),
  planted('an impossible day', setCase(`closed_on = 'infinity'`), 'DATE_IMPOSSIBLE', 'cases.case_file.closed_on', CASE),
  planted(
    'a day before Christ',
    `update persons.person set birth_date = '0044-03-15 BC' where id = 'NI:P-1'`,
    'DATE_IMPOSSIBLE',
    'persons.person.birth_date',
    PERSON,
  ),
  planted(
    'days in the wrong order',
    setCase(`closed_on = '2025-12-31'`),
    'DATES_REVERSED',
    'cases.case_file.closed_on',
    CASE,
  ),
  planted(
    'a day in the future',
    `update persons.person set birth_date = '2999-01-01' where id = 'NI:P-1'`,
    'DATE_IN_FUTURE',
    'persons.person.birth_date',
    PERSON,
  ),
  planted(
    'an unknown country',
    `update persons.person set nationalities = '{NI,XX}' where id = 'NI:P-1'`,
    'COUNTRY_UNKNOWN',
    'persons.person.nationalities',
    PERSON,
  ),
  planted(
    'an unknown jurisdiction',
    `update persons.identifier set jurisdiction = 'Nicaragua'`,
    'COUNTRY_UNKNOWN',
    'persons.identifier.jurisdiction',
    { count: 1, examples: ['NI:P-1 1'] },
  ),
  planted(
    'an unknown handling code',
    setCase(`handling = '{H1,H7}', shared_with = '{jtf-1}'`),
    'HANDLING_UNKNOWN',
    'cases.case_file.handling',
    CASE,
  ),
  planted('no handling code', setCase(`handling = '{}'`), 'HANDLING_UNKNOWN', 'cases.case_file.handling', CASE),
  planted('a code of another form', `update cases.offence set iccs = '1.1'`, 'ICCS_MALFORMED', 'cases.offence.iccs', {
    count: 1,
  }),
  planted(
    'a code that is not in the list',
    `update cases.offence set iccs = '0999'`,
    'ICCS_UNKNOWN',
    'cases.offence.iccs',
    { count: 1, examples: ['NI:C-1 1'] },
  ),
  planted(
    'a law with an unknown code',
    `update legal.statute set iccs = '{0101,0102}'`,
    'ICCS_UNKNOWN',
    'legal.statute.iccs',
    { count: 1, examples: ['NI:CP:138'] },
  ),
  planted(
    'an id without its country',
    `update cases.linked_case set linked_id = 'C-77'`,
    'ID_MALFORMED',
    'cases.linked_case.linked_id',
    { count: 1, examples: ['NI:C-1'] },
  ),
  planted(
    'an id of a country that does not exist',
    `update cases.linked_case set linked_id = 'XX:C-77'`,
    'ID_MALFORMED',
    'cases.linked_case.linked_id',
    { count: 1 },
  ),
  planted(
    'an id with a dash that only looks like one',
    `update cases.linked_case set linked_id = 'HN:C–77'`,
    'ID_MALFORMED',
    'cases.linked_case.linked_id',
    { count: 1 },
  ),
  planted(
    'an id that is not in NFC',
    `update cases.linked_case set linked_id = U&'HN:Cn\\0303'`,
    'ID_MALFORMED',
    'cases.linked_case.linked_id',
    { count: 1 },
  ),
  planted(
    'an id that is too long',
    `update cases.linked_case set linked_id = 'HN:' || repeat('x', 121)`,
    'ID_MALFORMED',
    'cases.linked_case.linked_id',
    { count: 1 },
  ),
  planted(
    'an id of another country as its own',
    `update cases.warrant set id = 'HN:W-1'`,
    'ID_OF_OTHER_COUNTRY',
    'cases.warrant.id',
    { count: 1, examples: ['HN:W-1'] },
  ),
  planted(
    'a link to its own record',
    `update persons.same_as set other_id = 'NI:P-2'`,
    'LINK_TO_SELF',
    'persons.same_as.other_id',
    PERSON,
  ),
  planted(
    'a subject that does not exist',
    `update cases.warrant set subject_id = 'NI:P-404'`,
    'REFERENCE_DANGLES',
    'cases.warrant.subject_id',
    { count: 1, examples: ['NI:W-1'] },
  ),
  planted(
    'a charge without its case',
    `insert into cases.offence (case_id, ordinal, iccs, national_label) values ('NI:C-404', 1, '0101', 'x')`,
    'REFERENCE_DANGLES',
    'cases.offence.case_id',
    { count: 1 },
    `delete from cases.offence where case_id = 'NI:C-404'`,
  ),
  planted(
    'a task force that nobody knows',
    setCase(`shared_with = '{jtf-1,jtf-9}'`),
    'SHARED_WITH_UNKNOWN',
    'cases.case_file.shared_with',
    { count: 1, details: { taskForces: 'jtf-9' } },
  ),
  planted(
    'rows that nobody sees',
    `update cases.case_file set shared_with = '{}'`,
    'SHARED_WITH_NOBODY',
    'cases.case_file.shared_with',
  ),
  planted(
    'a victim whom a search finds',
    `update persons.person set protected = false where id like '%víctima'`,
    'VICTIM_NOT_PROTECTED',
    'persons.person.protected',
    { count: 1, examples: ['NI:P-víctima'] },
  ),
  planted(
    'a person without a name',
    `delete from persons.person_name where person_id = 'NI:P-1'`,
    'PERSON_NEVER_FOUND',
    'persons.person',
    PERSON,
  ),
  planted(
    'a word that the search does not know',
    `delete from persons.name_word where word = 'altamirano'`,
    'DERIVED_UNCOVERED',
    'persons.name_word',
    {},
    'select persons.learn_all_words()',
  ),
  planted(
    'an order that lacks rows',
    'alter table cases.case_file alter column filed_desc_key drop expression; update cases.case_file set filed_desc_key = null',
    'DERIVED_UNCOVERED',
    'cases.case_file.filed_desc_key',
    {},
    `drop index cases.case_file_filed_desc_key_id_idx; alter table cases.case_file drop column filed_desc_key; alter table cases.case_file add column filed_desc_key text collate "C" generated always as (istmo.descending_date_key(filed_on)) stored; create index case_file_filed_desc_key_id_idx on cases.case_file (filed_desc_key, id)`,
  ),
  planted('a law that says nothing of its coverage', 'delete from legal.coverage', 'COVERAGE_UNSAID', 'legal.coverage'),
  planted(
    'an index that is gone',
    'drop index persons.person_name_keys',
    'INDEX_MISSING',
    'persons.person_name',
    {},
    'create index person_name_keys on persons.person_name using gin (keys) with (fastupdate = off)',
  ),
  planted(
    'a migration that has not run',
    `delete from istmo.migration where name = 'cases/004-changed-at.sql'`,
    'MIGRATION_MISSING',
    'cases/004-changed-at.sql',
    {},
    `insert into istmo.migration (name, sha256) values ('cases/004-changed-at.sql', 'x')`,
  ),
  planted(
    'a table without row-level security',
    'alter table persons.address disable row level security',
    'TABLE_OPEN',
    'persons.address',
    {},
    'alter table persons.address enable row level security',
  ),
  planted(
    'a second policy that shows everything',
    'create policy leak on cases.warrant for select to istmo_reader using (true)',
    'TABLE_OPEN',
    'cases.warrant',
    {},
    'drop policy leak on cases.warrant',
  ),
  planted(
    'a policy that shows victims to a task force',
    `alter policy seen on cases.participant using (istmo.task_force() = 'jtf-1' and exists (select from cases.case_file c where c.id = case_id))`,
    'PROTECTED_SHOWN',
    'cases.participant',
    {},
    `select istmo.set_policy('cases.participant', $$ (not protected or istmo.shows_protected()) and exists (select from cases.case_file c where c.id = case_id) and not istmo.hides_person(person_id)$$)`,
  ),
  planted(
    'a reader that writes',
    'grant insert on persons.person to istmo_reader',
    'READER_UNSAFE',
    'istmo_reader',
    {},
    'revoke insert on persons.person from istmo_reader',
  ),
]

/** `npm run test:full` looks at all parts after each fault, the usual run at those that could find it. */
const READS_ALL = process.env.ISTMO_CHECK_STEP === '1'

function partsFor({ id }: Finding): readonly PartName[] {
  if (READS_ALL) return ROWS
  if (/^(INDEX|MIGRATION)/.test(id)) return ['schema']
  return /^(TABLE_OPEN|PROTECTED|READER)/.test(id) ? ['visibility'] : ['rows', 'references', 'derived']
}

describe('a planted fault is the only finding:', () => {
  it.each(FAULTS)('$what', async ({ sql, undo, finding }) => {
    await database.db.execute(sql)
    try {
      const found = await check(partsFor(finding))
      expect(found.map(({ id, place }) => `${id} ${place}`)).toEqual([`${finding.id} ${finding.place}`])
      expect(found[0]).toMatchObject(finding)
    } finally {
      if (undo !== undefined) await database.db.execute(undo)
      await database.db.execute(SOUND)
    }
  })

  it('and after all of them the country is sound again', async () => {
    expect(await check(ROWS)).toEqual([])
  })
})

it('a function that shows a task force what is shared with others is found, although each policy has the text of the migrations', async () => {
  const [row] = await database.db.query<{ text: string }>(
    `select pg_get_functiondef('istmo.sees(text[], text[])'::regprocedure) as text`,
  )
  await database.db.execute(`create or replace function istmo.sees(shared_with text[], handling text[]) returns boolean
    language sql stable parallel safe as $$ select istmo.task_force() <> '' $$`)
  const found = await check(['visibility'])
  await database.db.execute(row?.text ?? '')
  expect(found.map(({ id, place }) => `${id} ${place}`)).toEqual(['TABLE_OPEN istmo.sees'])
  expect(await check(['visibility'])).toEqual([])
})

it('of each finding only as many rows are named as were asked for, and no name of a person', async () => {
  await database.db.execute(`update cases.participant set role = 'X'; update persons.person set sex = 'Z'`)
  const found = await check(['rows'], { examples: 1 })
  await database.db.execute(SOUND)
  expect(
    found.filter(({ id }) => id === 'VALUE_UNKNOWN').map(({ count, examples }) => [count, examples?.length]),
  ).toEqual([
    [4, 1],
    [3, 1],
  ])
  expect(JSON.stringify(found)).not.toMatch(/Peñaranda|Altamirano|Urtecho/)
})

describe('the search', () => {
  it('that lost its keys is an error, with the ids and without the names', async () => {
    await database.db.execute(`alter function persons.recorded_words(text[], boolean[]) rename to recorded_words_kept;
      create function persons.recorded_words(words text[], slips boolean[]) returns table (asked text, asked_sound text, word text, sound text)
        language sql stable as 'select * from persons.recorded_words_kept(words, slips) limit 0'`)
    const found = await check(['search'])
    await database.db.execute(`drop function persons.recorded_words(text[], boolean[]);
      alter function persons.recorded_words_kept(text[], boolean[]) rename to recorded_words`)
    expect(found.map(({ id, details }) => [id, details?.way])).toContainEqual(['SEARCH_MISSES', 'exact'])
    expect(JSON.stringify(found)).not.toMatch(/Peñaranda|Altamirano/)
    expect(await check(['search'])).toEqual([])
  })
})

describe('timings', () => {
  it('are late beside a deadline that is over', async () => {
    const found = await check(['timings'], { deadlineMs: -1 })
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set(['ANSWER_LATE']))
    expect(found.map(({ place }) => place)).toContain('Query.personHits')
  })

  it('name a question that fails', async () => {
    await database.db.execute('alter table cases.linked_case rename to gone')
    const found = await check(['timings'])
    await database.db.execute('alter table cases.gone rename to linked_case')
    expect(found.map(({ id, place }) => `${id} ${place}`)).toEqual(['ANSWER_FAILS Query.case'])
  })
})

it('a database of another country, and one without tables, are one finding each, and nothing is read of them', async () => {
  const run = async (country: string) => {
    const options = { examples: 3, sample: 10, deadlineMs: 60_000 }
    const result = await runCheck({ country, db: database.db, only: ['rows', 'schema'], options })
    return result.findings.map(({ id, place }) => `${FINDINGS[id]} ${id} ${place}`)
  }
  const notChecked = ['note NOT_CHECKED schema', 'note NOT_CHECKED rows']
  expect(await run('HN')).toEqual(['error DATABASE_OF_OTHER_COUNTRY database', ...notChecked])
})
