import type { Database } from '../kit/types.ts'

/** Rows of the domain `cases` for tests. Each value that a test does not set is the same for all rows. */

/** A case with its charges and participants. */
export interface TestCase {
  readonly id: string
  readonly filedOn?: string | null
  readonly status?: string | null
  readonly category?: string | null
  readonly subdivision?: string | null
  readonly offences?: readonly TestOffence[]
  readonly participants?: readonly TestParticipant[]
  readonly linked?: readonly string[]
  /** When the case was recorded, which is its last change. */
  readonly recordedAt?: string
}

/** A charge. */
export interface TestOffence {
  readonly iccs: string
  readonly committedFrom?: string | null
  readonly organisedCrime?: boolean | null
  readonly statuteId?: string | null
}

/** A person's part in a case. */
export interface TestParticipant {
  readonly rowId: string
  readonly role: string
  readonly personId: string | null
}

/** A warrant. */
export interface TestWarrant {
  readonly id: string
  readonly issuedOn: string
  readonly caseId?: string | null
  readonly subjectId?: string | null
  readonly status?: string
  readonly category?: string
  readonly extraditionRequested?: boolean | null
}

const PROVENANCE = { agency: 'MP', handling: ['H1'], recorded_at: '2026-03-14T09:26:53Z', synthetic: true }

/** Empties the tables of the domain, and fills them with these rows. */
export async function fillCases(
  db: Database,
  cases: readonly TestCase[],
  warrants: readonly TestWarrant[] = [],
): Promise<void> {
  // One transaction: what belongs to a case is then part of taking it in, and no later change of it.
  await db.transaction((tx) => fill(tx, cases, warrants))
}

async function fill(db: Database, cases: readonly TestCase[], warrants: readonly TestWarrant[]): Promise<void> {
  // The rows that belong to a case are deleted with it.
  await db.execute('delete from cases.warrant; delete from cases.case_file')
  await insert(
    db,
    'cases.case_file',
    cases.map(({ id, filedOn, status, category, subdivision, recordedAt }) => ({
      id,
      filed_on: filedOn,
      status,
      category,
      subdivision,
      ...PROVENANCE,
      ...(recordedAt !== undefined && { recorded_at: recordedAt }),
    })),
  )
  await insert(
    db,
    'cases.offence',
    cases.flatMap(({ id, offences = [] }) =>
      offences.map(({ iccs, committedFrom, organisedCrime, statuteId }, i) => ({
        case_id: id,
        ordinal: i + 1,
        iccs,
        national_label: `delito ${iccs}`,
        committed_from: committedFrom,
        organised_crime: organisedCrime,
        statute_id: statuteId,
      })),
    ),
  )
  await insert(
    db,
    'cases.participant',
    cases.flatMap(({ id, participants = [] }) =>
      participants.map(({ rowId, role, personId }) => ({ row_id: rowId, case_id: id, role, person_id: personId })),
    ),
  )
  await insert(
    db,
    'cases.linked_case',
    cases.flatMap(({ id, linked = [] }) => linked.map((other) => ({ case_id: id, linked_id: other }))),
  )
  await insert(
    db,
    'cases.warrant',
    warrants.map(
      ({ id, issuedOn, caseId, subjectId, extraditionRequested, status = 'ACTIVE', category = 'ARREST' }) => ({
        id,
        case_id: caseId,
        category,
        status,
        issued_on: issuedOn,
        subject_id: subjectId,
        extradition_requested: extraditionRequested,
        ...PROVENANCE,
      }),
    ),
  )
}

async function insert(db: Database, table: string, rows: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
  const [first] = rows
  if (!first) return
  const columns = Object.keys(first).join(', ')
  await db.query(
    `insert into ${table} (${columns}) select ${columns} from json_populate_recordset(null::${table}, $1::json)`,
    [JSON.stringify(rows, (_key, value: unknown) => value ?? null)],
  )
}
