import { ascendingDateKey, descendingDateKey, type Place } from '../../contract/cursor.ts'
import { type AnswerContext, answering, outcomesOf, type PageArguments, type Placed } from './answering.ts'
import {
  type CaseFilter,
  type CountArguments,
  caseMatches,
  countsOf,
  type WarrantFilter,
  warrantMatches,
} from './matching.ts'
import {
  columns,
  country,
  type Every,
  every,
  isOf,
  own,
  owned,
  type PlainResolver,
  provenance,
  type Reference,
  type ResolverMap,
  refer,
  referAll,
  root,
  values,
} from './plain-resolvers.ts'
import type { CaseRow, OffenceRow, ParticipantRow, WarrantRow } from './rows.ts'

/** Finds the case with this id. */
export const findCase = (context: AnswerContext, id: string): CaseRow | undefined =>
  context.rows.cases.find((row) => row.id === id)

/** Finds the warrant with this id. */
export const findWarrant = (context: AnswerContext, id: string): WarrantRow | undefined =>
  context.rows.warrants.find((row) => row.id === id)

const isProtected = ({ role }: ParticipantRow): boolean => role === 'WITNESS' || role === 'VICTIM'
const participantAt = (row: ParticipantRow): Placed => ({ place: { key: '', id: row.rowId }, node: row })
const warrantPlace = (row: WarrantRow): Place => ({ key: descendingDateKey(row.issuedOn), id: row.id })
const warrantAt = (row: WarrantRow): Placed => ({ place: warrantPlace(row), node: { id: row.id } })

function casePlace(row: CaseRow, order: string): Place {
  const key =
    order === 'FILED_ON_DESC'
      ? descendingDateKey(row.filedOn)
      : order === 'FILED_ON_ASC'
        ? ascendingDateKey(row.filedOn)
        : ''
  return { key, id: row.id }
}

const casesQuery: Readonly<Record<string, PlainResolver>> = {
  case: root('cases', findCase),
  warrant: root('cases', findWarrant),
  cases: every(
    'cases',
    ({ rows }, _root: unknown, { filter }: Every & PageArguments & { filter?: CaseFilter | null }) =>
      rows.cases.filter((row) => caseMatches(row, filter)),
    casePlace,
  ),
  warrants: every(
    'cases',
    ({ rows }, _root: unknown, { filter }: Every & PageArguments & { filter?: WarrantFilter | null }) =>
      rows.warrants.filter((row) => warrantMatches(row, filter)),
    warrantPlace,
  ),
  caseCounts(_root: unknown, args: Every & CountArguments, context, info) {
    const parts = context.spread('cases', args.countries, info)
    const counts = answering(parts).flatMap((code) =>
      countsOf(context.rows.cases.filter(isOf([code])), args).map((count) => ({ ...count, country: code })),
    )
    const ranges = answering(parts).map((code) => rangeOf(context.rows.cases.filter(isOf([code])), code))
    // The countries of a world have the threshold 1, so nobody withholds anything.
    return { counts, ranges, withheldBy: [], outcomes: outcomesOf(parts, context) }
  },
}

/** From the first to the last year of what counts, and not beyond today. Nothing of a world came by `istmo sync`. */
function rangeOf(rows: readonly CaseRow[], code: string) {
  const years = countsOf(rows, {}).map(({ year }) => year)
  const today = new Date().toISOString().slice(0, 10)
  const [first, last] = [Math.min(...years), Math.max(...years)]
  if (years.length === 0) return { country: code, from: null, until: null, asOf: null }
  const until = `${last}-12-31`
  return { country: code, from: `${first}-01-01`, until: `${last}` === today.slice(0, 4) ? today : until, asOf: null }
}

const caseFields = owned<CaseRow>('cases', findCase, {
  ...values('cases'),
  ...columns<CaseRow>('offences'),
  country,
  provenance,
  warrants: own<CaseRow>(({ id }, _args, { rows }) => rows.warrants.filter((row) => row.caseId === id).map(warrantAt)),
  participants: own<CaseRow>(({ participants }, { role }: PageArguments & { role?: string | null }) =>
    participants.filter((row) => !isProtected(row) && (role == null || row.role === role)).map(participantAt),
  ),
  protectedParticipants: own<CaseRow>(({ participants }) => participants.filter(isProtected).map(participantAt)),
  linkedCases: ({ linkedIds }) => referAll(linkedIds),
})

const warrantFields = owned<WarrantRow>('cases', findWarrant, {
  ...values('warrants'),
  country,
  provenance,
  subject: ({ subjectId }) => refer(subjectId),
})

/** The fields of the domain `cases`. */
export const CASES_RESOLVERS: ResolverMap = {
  Query: casesQuery,
  Case: caseFields,
  Warrant: warrantFields,
  Offence: { statute: ({ statuteId }: OffenceRow) => refer(statuteId) },
  Participant: { person: ({ personId }: ParticipantRow) => refer(personId) },
  Person: {
    cases: every(
      'cases',
      ({ rows }, { id }: Reference) =>
        rows.cases.filter((row) => row.participants.some((one) => one.personId === id && !isProtected(one))),
      casePlace,
    ),
    warrants: every(
      'cases',
      ({ rows }, { id }: Reference, { status }: Every & PageArguments & { status?: string | null }) =>
        rows.warrants.filter((row) => row.subjectId === id && (status == null || row.status === status)),
      warrantPlace,
    ),
  },
}
