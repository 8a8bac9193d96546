/** Nicaragua, made up: a small country in which nothing is wrong. */

const PROVENANCE = `'MP', '{H1}', '2026-03-14T09:26:53Z', true, '{jtf-1}'`
const COLUMNS = 'agency, handling, recorded_at, synthetic, shared_with'

/** The rows of a small country in which nothing is wrong. */
export const SOUND = `
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
export const WITHOUT_CONSTRAINTS = `
  do $$ declare each record; begin
    for each in select conrelid::regclass as relation, conname from pg_constraint
      where contype in ('c', 'f') and connamespace::regnamespace::text in ('cases', 'persons', 'legal') loop
      execute format('alter table %s drop constraint %I', each.relation, each.conname);
    end loop; end $$;
  alter table cases.warrant alter column issued_on drop not null;
  alter table cases.offence alter column national_label drop not null`

/** The file of this country. */
export const RULES = `country: NI
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
