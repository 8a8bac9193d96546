import type { Finding } from '../../joining/check/finding.ts'

/** The faults that `istmo check` must find in rows and tables, each with its finding. */

/** A fault in the rows or tables of the sound country. */
export interface Planted {
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

/** Persons of that many names, from `NI:P-901` on. */
const crowd = (count: number) => `
  insert into persons.person (id, agency, handling, recorded_at, synthetic, shared_with)
    select 'NI:P-' || 900 + n, 'MP', '{H1}', '2026-03-14T09:26:53Z', true, '{jtf-1}' from generate_series(1, ${count}) as n;
  insert into persons.person_name (person_id, ordinal, category, full_name)
    select 'NI:P-' || 900 + n, 1, 'LEGAL', 'Ana Paz ' || chr(96 + n) || 'uni' from generate_series(1, ${count}) as n;`
const OUT = `delete from persons.person where id like 'NI:P-9%'`

/** One fault or more for each finding of rows and tables. */
export const FAULTS: readonly Planted[] = [
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
    'a time some hours ahead, which was read in the wrong time zone',
    `update persons.person set recorded_at = now() + interval '6 hours' where id = 'NI:P-1'`,
    'DATE_IN_FUTURE',
    'persons.person.recorded_at',
    PERSON,
  ),
  planted(
    'a case that was recorded after its last change',
    setCase(`recorded_at = '2026-03-14T15:26:53Z', changed_at = '2026-03-14T09:30:00Z'`),
    'RECORDED_AFTER_CHANGE',
    'cases.case_file.changed_at',
    CASE,
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
    'a row whose handling code hides it from everybody',
    setCase(`shared_with = '{*}', handling = '{H3}'`),
    'HANDLING_HIDES',
    'cases.case_file.handling',
    { count: 1 },
  ),
  planted(
    'a victim whom a search finds',
    `update persons.person set protected = false where id like '%víctima'`,
    'VICTIM_NOT_PROTECTED',
    'persons.person.protected',
    { count: 1, examples: ['NI:P-víctima'] },
  ),
  planted(
    'a minor whom a search finds',
    `update persons.person set birth_date = current_date - interval '17 years' where id = 'NI:P-1'`,
    'MINOR_NOT_PROTECTED',
    'persons.person.protected',
    PERSON,
  ),
  planted(
    'a day of birth before everybody who lives',
    `update persons.person set birth_date = '1900-01-01' where id = 'NI:P-1'`,
    'BIRTH_DATE_DOUBTFUL',
    'persons.person.birth_date',
    PERSON,
  ),
  planted(
    'a day of birth that a form filled in',
    `${crowd(21)} update persons.person set birth_date = '1980-01-01' where id like 'NI:P-9%'`,
    'BIRTH_DATE_DOUBTFUL',
    'persons.person.birth_date',
    { count: 21, examples: ['NI:P-901', 'NI:P-902', 'NI:P-903'] },
    OUT,
  ),
  planted(
    'a document that is none',
    `update persons.identifier set value = 'SIN CEDULA'`,
    'IDENTIFIER_PLACEHOLDER',
    'persons.identifier.value',
    { count: 1, examples: ['NI:P-1 1'] },
  ),
  planted(
    'a number of zeros',
    `update persons.identifier set value = '000-000000-0000X'`,
    'IDENTIFIER_PLACEHOLDER',
    'persons.identifier.value',
    { count: 1, examples: ['NI:P-1 1'] },
  ),
  planted(
    'a number that a clerk gave to everybody',
    `${crowd(11)} insert into persons.identifier (person_id, ordinal, category, jurisdiction, value)
       select id, 1, 'NATIONAL_ID', 'NI', '123-456' from persons.person where id like 'NI:P-9%'`,
    'IDENTIFIER_OF_MANY',
    'persons.identifier.value',
    { count: 11, examples: ['NI:P-901 1', 'NI:P-902 1', 'NI:P-903 1'] },
    OUT,
  ),
  planted(
    'the mailbox of an office that a clerk gave to everybody, whatever country stands beside it',
    `${crowd(11)} insert into persons.identifier (person_id, ordinal, category, jurisdiction, value)
       select id, 1, 'EMAIL', case when id < 'NI:P-905' then 'NI' else 'GT' end, 'info@mp.ni' from persons.person where id like 'NI:P-9%';
     insert into persons.identifier (person_id, ordinal, category, jurisdiction, value) values ('NI:P-901', 2, 'EMAIL', 'NI', 'in.fo@mp.ni')`,
    'IDENTIFIER_OF_MANY',
    'persons.identifier.value',
    { count: 11, examples: ['NI:P-901 1', 'NI:P-902 1', 'NI:P-903 1'] },
    OUT,
  ),
  planted(
    'two telephones in one text',
    `insert into persons.identifier (person_id, ordinal, category, jurisdiction, value) values
      ('NI:P-1', 7, 'TELEPHONE', 'NI', '5555-1234 / 4444'), ('NI:P-1', 8, 'TELEPHONE', 'NI', '+50555551234'), ('NI:P-1', 9, 'EMAIL', 'NI', 'ana@x.ni')`,
    'IDENTIFIER_NOT_NORMAL',
    'persons.identifier.value',
    { count: 1, examples: ['NI:P-1 7'] },
  ),
  planted(
    'a name that was read in a wrong encoding',
    `update persons.person_name set full_name = 'Ana MuÃ±oz' where person_id = 'NI:P-1'`,
    'TEXT_GARBLED',
    'persons.person_name.full_name',
    { count: 1, examples: ['NI:P-1 1'] },
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
    'an index that was not built to its end',
    `update pg_index set indisvalid = false where indexrelid = 'persons.person_name_keys'::regclass`,
    'INDEX_INVALID',
    'persons.person_name_keys',
    {},
    `update pg_index set indisvalid = true where indexrelid = 'persons.person_name_keys'::regclass`,
  ),
  planted(
    'a migration that has not run',
    `create table public.kept as select * from istmo.migration where name = 'cases/004-changed-at.sql';
     delete from istmo.migration where name = 'cases/004-changed-at.sql'`,
    'MIGRATION_MISSING',
    'cases/004-changed-at.sql',
    {},
    'insert into istmo.migration select * from public.kept; drop table public.kept',
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
