import { OTHER_TASK_FORCE } from '../../joining/conformance/identity.ts'
import type { Database } from '../../subgraphs/kit/types.ts'

/** Made-up records of Honduras, with which each check has something to be tried on. */

/** The task force that the checks act for. */
export const TASK_FORCE = 'conformance'

/** Another one, which sees a case that the first does not. */
export const SECOND_TASK_FORCE = `${OTHER_TASK_FORCE}-3`

/** What the first task force must not see, besides what another sees: two protected persons. */
export const HIDDEN: readonly string[] = ['HN:P-8', 'HN:P-9']

const PROVENANCE = `'MP', '{H1}', timestamptz '2026-03-14T09:26:53Z' + interval '1 day' * i, true`

/** Fills the tables of the three domains. */
export async function fillRecords(db: Database): Promise<void> {
  await db.execute(CASES)
  await db.execute(PERSONS)
  await db.execute(LEGAL)
}

const CASES = `
insert into cases.case_file (id, tracking_id, category, status, filed_on, closed_on, subdivision, court, prosecutor, narrative,
    agency, handling, recorded_at, synthetic, shared_with)
  select 'HN:C-' || lpad(i::text, 2, '0'), 'T-' || i, (array['COURT', 'INVESTIGATION'])[1 + i % 2], (array['OPEN', 'CHARGED', 'ARCHIVED'])[1 + i % 3],
    case when i % 7 = 0 then null else date '2025-03-10' - i / 3 end, null, (array['HN-CR', 'HN-FM', null])[1 + i % 3], 'Juzgado ' || i, 'Fiscal ' || i,
    'Relato ' || i, ${PROVENANCE}, '{*}'
  from generate_series(1, 26) as g(i);
update cases.case_file set handling = '{H2}', shared_with = '{${TASK_FORCE}}' where id in ('HN:C-03', 'HN:C-04');
update cases.case_file set shared_with = '{${SECOND_TASK_FORCE}}' where id = 'HN:C-05';
update cases.case_file set filed_on = '2024-11-05' where id in ('HN:C-22', 'HN:C-23');
insert into cases.offence (case_id, ordinal, iccs, national_label, organised_crime)
  select id, 1, (array['0101', '020411', '0502'])[1 + row_number() over (order by id) % 3], 'delito', (array[true, false, null])[1 + row_number() over (order by id) % 3]
  from cases.case_file;
insert into cases.offence (case_id, ordinal, iccs, national_label, organised_crime) values ('HN:C-01', 2, '0201', 'amenaza', true);
update cases.offence set committed_from = '2024-05-06' where case_id = 'HN:C-07';
insert into cases.participant (row_id, case_id, role, person_id)
  select 'r' || lpad(i::text, 2, '0'), 'HN:C-01', (array['SUSPECT', 'ACCUSED'])[1 + i % 2], 'HN:P-' || i from generate_series(1, 4) as g(i);
insert into cases.participant (row_id, case_id, role, person_id) values
  ('r10', 'HN:C-01', 'VICTIM', 'HN:P-8'), ('r11', 'HN:C-02', 'WITNESS', 'HN:P-9'), ('r12', 'HN:C-02', 'SUSPECT', 'HN:P-1'),
  ('r13', 'HN:C-02', 'SUSPECT', 'GT:P-7'), ('r14', 'HN:C-06', 'CONVICTED', 'HN:P-1');
insert into cases.linked_case (case_id, linked_id) values ('HN:C-01', 'GT:C-1'), ('HN:C-01', 'HN:C-02');
insert into cases.warrant (id, case_id, category, status, issued_on, subject_id, extradition_requested, agency, handling, recorded_at, synthetic, shared_with)
  select 'HN:W-' || i, 'HN:C-01', (array['ARREST', 'SEARCH'])[1 + i % 2], (array['ACTIVE', 'EXECUTED'])[1 + i % 2], date '2025-02-01' + i / 2,
    (array['HN:P-1', 'GT:P-7'])[1 + i % 2], (array[true, false, null])[1 + i % 3], ${PROVENANCE}, '{*}'
  from generate_series(1, 6) as g(i);
insert into cases.warrant (id, case_id, category, status, issued_on, subject_id, agency, handling, recorded_at, synthetic, shared_with)
  select 'HN:W-1' || i, 'HN:C-02', 'ARREST', (array['ACTIVE', 'EXECUTED'])[i], date '2025-02-01', 'HN:P-1', ${PROVENANCE}, '{*}'
  from generate_series(1, 2) as g(i);
insert into cases.warrant (id, case_id, category, status, issued_on, subject_id, agency, handling, recorded_at, synthetic, shared_with)
  select 'HN:W-2' || i, (array['HN:C-05', 'HN:C-01'])[i], 'ARREST', 'ACTIVE', date '2025-02-01', (array['HN:P-1', 'HN:P-8'])[i], ${PROVENANCE}, '{*}'
  from generate_series(1, 2) as g(i);
-- A witness in one case and a suspect in another is not protected.
insert into cases.participant (row_id, case_id, role, person_id) values ('r15', 'HN:C-07', 'WITNESS', 'HN:P-2');`

const PERSONS = `
insert into persons.person (id, birth_date, birth_place, sex, nationalities, protected, agency, handling, recorded_at, synthetic, shared_with)
  select 'HN:P-' || i, date '1980-01-31' + i * 100, 'Choluteca', 'M', '{HN}', i >= 8, ${PROVENANCE}, '{*}' from generate_series(1, 9) as g(i);
insert into persons.person_name (person_id, ordinal, category, full_name, given_names, surnames)
  select 'HN:P-' || i, 1, 'LEGAL', name || ' Zúniga Ñáñez', array[name], array['Zúniga', 'Ñáñez'] from
    unnest(array['José', 'Wilmer', 'Óscar', 'Gladis', 'Fausto', 'Reina', 'Nolvia', 'Suyapa', 'Karla']) with ordinality as g(name, i);
insert into persons.identifier (person_id, ordinal, category, jurisdiction, value)
  select 'HN:P-' || i, 2, 'NATIONAL_ID', 'HN', '0801-1980-0000' || i from generate_series(1, 9) as g(i);
-- What several persons share, and stands before the document.
insert into persons.identifier (person_id, ordinal, category, jurisdiction, value)
  select 'HN:P-' || i, 1, 'TELEPHONE', 'HN', '+50422220000' from generate_series(1, 3) as g(i);
insert into persons.address (person_id, ordinal, line, country) values ('HN:P-1', 1, 'Barrio Abajo', 'HN');
insert into persons.membership (person_id, ordinal, group_name, role) values ('HN:P-1', 1, 'Grupo', 'jefe');
insert into persons.associate (row_id, person_id, associate_id, relationship, agency, handling, recorded_at, synthetic)
  select 'a' || i, 'HN:P-1', 'HN:P-' || (i + 1), 'socio', ${PROVENANCE} from generate_series(1, 3) as g(i);
insert into persons.same_as (person_id, other_id) values ('HN:P-1', 'GT:P-7');`

const LEGAL = `
insert into legal.statute (id, code, section, heading, body, iccs, max_penalty_months, in_force_from)
  select 'HN:CP:' || i, 'CP', i::text, 'Artículo ' || i, 'Quien …', array[(array['0101', '020411', '0502'])[1 + i % 3]], 12 * i, date '2020-01-01'
  from generate_series(1, 5) as g(i);
insert into legal.statute (id, code, section, iccs, max_penalty_months, in_force_from, repealed_on) values
  ('HN:CP:6', 'CP', '6', '{0101}', 12, '1990-01-01', '2020-01-01'), ('HN:CP:7', 'CP', '7', '{0502}', 12, '2999-01-01', null);
insert into reference.iccs_code (code, level, parent, title_en, title_es) values
  ('01', 1, null, 'Acts leading to death', 'Actos que causan la muerte'), ('0101', 2, '01', 'Intentional homicide', 'Homicidio intencional'),
  ('0102', 2, '01', 'Attempted homicide', 'Tentativa de homicidio'), ('01021', 3, '0102', 'Attempted murder of a person', 'Tentativa contra la vida'),
  ('02', 1, null, 'Acts causing harm', 'Actos que causan daño'), ('0204', 2, '02', 'Kidnapping and deprivation', 'Secuestro y privación');
insert into legal.instrument (id, title, kind, adopted_on) values ('HN:T-1', 'Convenio', 'BILATERAL', '2010-01-01');
insert into legal.article (instrument_id, ordinal, number, heading, body) select 'HN:T-1', i, i::text, 'Objeto', 'Los Estados …' from generate_series(1, 3) as g(i);
insert into legal.participation (instrument_id, country, bound_on, action) values ('HN:T-1', 'GT', '2011-01-01', 'ACCESSION');
insert into legal.mla_request (id, requested_country, legal_basis_id, case_id, measures, urgency, status, agency, handling, recorded_at, synthetic, shared_with)
  select 'HN:M-' || i, (array['GT', 'SV'])[1 + i % 2], 'HN:T-1', 'HN:C-01', '{TAKE_EVIDENCE}', 'ROUTINE', (array['TRANSMITTED', 'GRANTED'])[1 + i % 2], ${PROVENANCE}, '{*}'
  from generate_series(1, 4) as g(i);
update legal.mla_request set handling = '{H3}', shared_with = '{${TASK_FORCE}}' where id = 'HN:M-4';
insert into legal.mla_concern (mla_id, case_id) values ('HN:M-1', 'GT:C-1'), ('HN:M-2', 'GT:C-1');
insert into legal.coverage (subject, key) values ('STATUTES', '*'), ('PARTICIPATIONS', '*'), ('ICCS', '*');`
