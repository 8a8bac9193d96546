import type { Domain } from '../../contract/domain.ts'
import type { RecordKindName } from '../../contract/records/record-kind.ts'
import { TEST_SIGHT } from '../../subgraphs/kit/testing.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { ICCS_CLASSES } from './make-rows.ts'
import { toColumns } from './plain-values.ts'
import type { CaseRow, InstrumentRow, PersonRow, Rows, WarrantRow } from './rows.ts'

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
    ['cases.case_file', cases.map(ownRecord('cases'))],
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
    ['legal.statute', statutes.map((row) => toColumns('statutes', row))],
    ['legal.instrument', instruments.map((row) => toColumns('instruments', row))],
    ['legal.article', instruments.flatMap(articleColumns)],
    ['legal.participation', instruments.flatMap(participationColumns)],
    ['legal.mla_request', mlaRequests.map(ownRecord('mlaRequests'))],
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

const ownRecord =
  (name: RecordKindName) =>
  (row: object): Columns => ({ ...toColumns(name, row), ...SHARED })

function offenceColumns({ id, offences }: CaseRow): Columns[] {
  return ordered(offences, (row) => ({ case_id: id, ...toColumns('cases.offences', row) }))
}

function participantColumns({ id, participants }: CaseRow): Columns[] {
  return participants.map((row) => ({ row_id: row.rowId, case_id: id, ...toColumns('cases.participants', row) }))
}

function warrantColumns(row: WarrantRow): Columns {
  return { case_id: row.caseId, ...ownRecord('warrants')(row) }
}

function personColumns(row: PersonRow): Columns {
  return { protected: false, ...ownRecord('persons')(row) }
}

function nameColumns({ id, names }: PersonRow): Columns[] {
  return ordered(names, (row) => ({ person_id: id, ...toColumns('persons.names', row) }))
}

function identifierColumns({ id, identifiers }: PersonRow): Columns[] {
  return ordered(identifiers, (row) => ({ person_id: id, ...toColumns('persons.identifiers', row) }))
}

function associateColumns({ id, associates }: PersonRow): Columns[] {
  return associates.map((row) => ({
    row_id: row.rowId,
    person_id: id,
    ...toColumns('persons.associates', { ...row, associateId: row.personId }),
  }))
}

function membershipColumns({ id, memberships }: PersonRow): Columns[] {
  return ordered(memberships, (row) => ({ person_id: id, ...toColumns('persons.memberships', row) }))
}

function articleColumns({ id, articles }: InstrumentRow): Columns[] {
  return ordered(articles, (row) => ({ instrument_id: id, ...toColumns('instruments.articles', row) }))
}

function participationColumns({ id, participations }: InstrumentRow): Columns[] {
  return participations.map((row) => ({ instrument_id: id, ...toColumns('instruments.participations', row) }))
}
