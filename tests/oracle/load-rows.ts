import type { Domain } from '../../contract/domain.ts'
import { TEST_SIGHT } from '../../subgraphs/kit/testing.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { ICCS_CLASSES } from './make-rows.ts'
import type {
  CaseRow,
  InstrumentRow,
  MlaRow,
  PersonRow,
  ProvenanceValues,
  Rows,
  StatuteRow,
  WarrantRow,
} from './rows.ts'

/** Writes the rows of a world into the national tables (subgraphs/<domain>/migrations). */

type Columns = Readonly<Record<string, unknown>>
type Tables = readonly (readonly [table: string, rows: readonly Columns[]])[]

/** Replaces the rows of one domain of a country. */
export async function replaceRows(db: Database, domain: Domain, rows: Rows): Promise<void> {
  await db.transaction(async (transaction) => {
    for (const table of EMPTIED[domain]) await transaction.query(`delete from ${table}`)
    for (const [table, values] of TABLES[domain](rows)) await insert(transaction, table, values)
  })
}

/** Writes what is the same in each world: the classes of the ICCS, and that each country's law and treaties are complete. */
export async function loadFixedRows(db: Database): Promise<void> {
  const rows = ICCS_CLASSES.map(({ titleEn, titleEs, ...row }) => ({ ...row, title_en: titleEn, title_es: titleEs }))
  await insert(db, 'reference.iccs_code', rows)
  const complete = ['PARTICIPATIONS', 'STATUTES', 'ICCS'].map((subject) => ({ subject, key: '*' }))
  await insert(db, 'legal.coverage', complete)
}

/** The tables that the other tables of the domain refer to. */
const EMPTIED: Readonly<Record<Domain, readonly string[]>> = {
  cases: ['cases.warrant', 'cases.case_file'],
  persons: ['persons.person'],
  legal: ['legal.statute', 'legal.instrument', 'legal.mla_request'],
}

const TABLES: Readonly<Record<Domain, (rows: Rows) => Tables>> = {
  cases: ({ cases, warrants }) => [
    ['cases.case_file', cases.map(caseColumns)],
    ['cases.offence', cases.flatMap(offenceColumns)],
    ['cases.participant', cases.flatMap(participantColumns)],
    [
      'cases.linked_case',
      cases.flatMap(({ id, linkedIds }) => linkedIds.map((other) => ({ case_id: id, linked_id: other }))),
    ],
    ['cases.warrant', warrants.map(warrantColumns)],
  ],
  persons: ({ persons }) => [
    ['persons.person', persons.map(personColumns)],
    ['persons.person_name', persons.flatMap(nameColumns)],
    ['persons.identifier', persons.flatMap(identifierColumns)],
    [
      'persons.address',
      persons.flatMap(({ id, addresses }) => ordered(addresses, (one) => ({ person_id: id, ...one }))),
    ],
    ['persons.associate', persons.flatMap(associateColumns)],
    ['persons.membership', persons.flatMap(membershipColumns)],
    [
      'persons.same_as',
      persons.flatMap(({ id, sameAsIds }) => sameAsIds.map((other) => ({ person_id: id, other_id: other }))),
    ],
  ],
  legal: ({ statutes, instruments, mlaRequests }) => [
    ['legal.statute', statutes.map(statuteColumns)],
    [
      'legal.instrument',
      instruments.map(({ id, title, kind, adoptedOn }) => ({ id, title, kind, adopted_on: adoptedOn })),
    ],
    ['legal.article', instruments.flatMap(articleColumns)],
    ['legal.participation', instruments.flatMap(participationColumns)],
    ['legal.mla_request', mlaRequests.map(mlaColumns)],
    [
      'legal.mla_concern',
      mlaRequests.flatMap(({ id, concernIds }) => concernIds.map((other) => ({ mla_id: id, case_id: other }))),
    ],
  ],
}

async function insert(db: Database, table: string, rows: readonly Columns[]): Promise<void> {
  const [first] = rows
  if (!first) return
  const columns = Object.keys(first).join(', ')
  const statement = `insert into ${table} (${columns}) select ${columns} from json_populate_recordset(null::${table}, $1::json)`
  await db.query(statement, [JSON.stringify(rows)])
}

function ordered<Item>(items: readonly Item[], columns: (item: Item) => Columns): Columns[] {
  return items.map((item, i) => ({ ordinal: i + 1, ...columns(item) }))
}

/** Shared by name, so that row-level security hides no row for its handling code. */
const SHARED: Columns = { shared_with: [TEST_SIGHT.taskForce] }

function provenanceColumns(from: ProvenanceValues): Columns {
  return {
    agency: from.agency,
    handling: from.handling,
    handling_note: from.handlingNote,
    source_reliability: from.sourceReliability,
    information_accuracy: from.informationAccuracy,
    recorded_at: from.recordedAt,
    review_by: from.reviewBy,
    synthetic: from.synthetic,
  }
}

function caseColumns(row: CaseRow): Columns {
  return {
    id: row.id,
    tracking_id: row.caseTrackingId,
    category: row.category,
    status: row.status,
    filed_on: row.filedOn,
    closed_on: row.closedOn,
    subdivision: row.subdivision,
    court: row.court,
    prosecutor: row.prosecutor,
    narrative: row.narrative,
    ...provenanceColumns(row.provenance),
    ...SHARED,
  }
}

function offenceColumns({ id, offences }: CaseRow): Columns[] {
  return ordered(offences, (row) => ({
    case_id: id,
    iccs: row.iccs,
    national_label: row.nationalLabel,
    statute_id: row.statuteId,
    attempted: row.attempted,
    committed_from: row.committedFrom,
    committed_to: row.committedTo,
    organised_crime: row.organisedCrime,
    disposition: row.disposition,
  }))
}

function participantColumns({ id, participants }: CaseRow): Columns[] {
  return participants.map(({ rowId, role, personId, since, until }) => ({
    row_id: rowId,
    case_id: id,
    role,
    person_id: personId,
    since,
    until,
  }))
}

function warrantColumns(row: WarrantRow): Columns {
  return {
    id: row.id,
    case_id: row.caseId,
    category: row.category,
    status: row.status,
    issued_on: row.issuedOn,
    expires_on: row.expiresOn,
    issuing_court: row.issuingCourt,
    subject_id: row.subjectId,
    extradition_requested: row.extraditionRequested,
    ...provenanceColumns(row.provenance),
    ...SHARED,
  }
}

function personColumns(row: PersonRow): Columns {
  return {
    id: row.id,
    birth_date: row.birthDate,
    birth_place: row.birthPlace,
    sex: row.sex,
    nationalities: row.nationalities,
    protected: false,
    ...provenanceColumns(row.provenance),
    ...SHARED,
  }
}

function nameColumns({ id, names }: PersonRow): Columns[] {
  return ordered(names, (row) => ({
    person_id: id,
    category: row.category,
    full_name: row.full,
    given_names: row.givenNames,
    surnames: row.surnames,
  }))
}

function identifierColumns({ id, identifiers }: PersonRow): Columns[] {
  return ordered(identifiers, (row) => ({
    person_id: id,
    category: row.category,
    jurisdiction: row.jurisdiction,
    value: row.value,
    issued_on: row.issuedOn,
    expires_on: row.expiresOn,
  }))
}

function associateColumns({ id, associates }: PersonRow): Columns[] {
  return associates.map((row) => ({
    row_id: row.rowId,
    person_id: id,
    associate_id: row.personId,
    relationship: row.relationship,
    ...provenanceColumns(row.provenance),
  }))
}

function membershipColumns({ id, memberships }: PersonRow): Columns[] {
  return ordered(memberships, ({ group, role, since, until }) => ({
    person_id: id,
    group_name: group,
    role,
    since,
    until,
  }))
}

function statuteColumns(row: StatuteRow): Columns {
  return {
    id: row.id,
    code: row.code,
    section: row.section,
    heading: row.heading,
    body: row.text,
    iccs: row.iccs,
    max_penalty_months: row.maxPenaltyMonths,
    in_force_from: row.inForceFrom,
    repealed_on: row.repealedOn,
  }
}

function articleColumns({ id, articles }: InstrumentRow): Columns[] {
  return ordered(articles, ({ number, heading, text }) => ({ instrument_id: id, number, heading, body: text }))
}

function participationColumns({ id, participations }: InstrumentRow): Columns[] {
  return participations.map((row) => ({
    instrument_id: id,
    country: row.country,
    signed_on: row.signedOn,
    bound_on: row.boundOn,
    action: row.action,
  }))
}

function mlaColumns(row: MlaRow): Columns {
  return {
    id: row.id,
    requested_country: row.requestedCountry,
    requesting_authority: row.requestingAuthority,
    legal_basis_id: row.legalBasisId,
    legal_basis_article: row.legalBasisArticle,
    case_id: row.caseId,
    measures: row.measures,
    urgency: row.urgency,
    status: row.status,
    ...provenanceColumns(row.provenance),
    ...SHARED,
  }
}
