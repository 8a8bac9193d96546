import { ABSENT_KEY, descendingDateKey } from '../../contract/cursor.ts'
import { parseRecordId } from '../../contract/record-id.ts'
import { anyOf, type Sql, sql } from '../kit/sql.ts'

/** `CaseFilter` of the schema. A member that is null or absent filters nothing. */
export interface CaseFilter {
  readonly iccs?: readonly string[] | null
  readonly status?: readonly string[] | null
  readonly category?: readonly string[] | null
  readonly subdivision?: readonly string[] | null
  readonly filedFrom?: string | null
  readonly filedTo?: string | null
  readonly recordedSince?: string | null
  readonly organisedCrime?: boolean | null
  readonly participant?: string | null
}

type Conditions = { readonly [Member in keyof CaseFilter]-?: (value: NonNullable<CaseFilter[Member]>) => Sql }

const CONDITIONS: Conditions = {
  iccs: (codes) =>
    sql`exists (select from cases.offence o where o.case_id = c.id and (${anyOf(codes.map(underCode))}))`,
  status: (values) => sql`c.status = any(${values}::text[])`,
  category: (values) => sql`c.category = any(${values}::text[])`,
  subdivision: (values) => sql`c.subdivision = any(${values}::text[])`,
  // Compares the key of the usual order, because one index then serves both the range and the order. The key of an absent day is the last.
  filedFrom: (day) => sql`c.filed_desc_key <= ${descendingDateKey(day)}::text`,
  filedTo: (day) => sql`c.filed_desc_key >= ${descendingDateKey(day)}::text and c.filed_desc_key < ${ABSENT_KEY}::text`,
  recordedSince: (time) => sql`c.changed_at >= ${time}::timestamptz`,
  organisedCrime: (value) =>
    sql`exists (select from cases.offence o where o.case_id = c.id and o.organised_crime = ${value}::boolean)`,
  participant: (id) => sql`exists (
    select from cases.participant t where t.person_id = ${id}::text and t.case_id = c.id and not t.protected)`,
}

// Codes are digits, so all codes under 0204 come before «0204:» in the order of bytes. Each range is a condition of its own in the
// statement, because PostgreSQL can then estimate how many rows it has.
function underCode(code: string): Sql {
  return sql`o.iccs >= ${code}::text and o.iccs < ${`${code}:`}::text`
}

/**
 * Returns the conditions of a filter over `cases.case_file c`. A case must meet each of them. A case meets a list if it has one of
 * the values, so no case meets an empty list. Days are inclusive, and a case without a filing date meets no condition on days. The
 * time of `recordedSince` is inclusive too; `changed_at` says when a case changed last (migrations/004-changed-at.sql). For
 * `iccs`, `organisedCrime` and `participant`, any one charge or participant is enough; it need not be the same for all three. A
 * filter never matches victims and witnesses.
 * @throws {IstmoError} `ID_INVALID` when `participant` is not a record id.
 */
export function caseConditions(filter: CaseFilter | null | undefined): readonly Sql[] {
  if (filter?.participant !== null && filter?.participant !== undefined) parseRecordId(filter.participant)
  return Object.entries(filter ?? {}).flatMap(([member, value]) => {
    const condition = CONDITIONS[member as keyof CaseFilter] as ((value: unknown) => Sql) | undefined
    return condition && value !== null && value !== undefined ? [condition(value)] : []
  })
}

/**
 * Returns whether a filter is nothing but a range of the order of its pages, which the index of the order begins with. The best plan for a page is then
 * the same for each range: to read the index from there.
 */
export function isRangeOfOrder(filter: CaseFilter | null | undefined, order: string): boolean {
  const members = Object.entries(filter ?? {}).filter(([, value]) => value !== null && value !== undefined)
  const isRange = members.every(([member]) => member === 'filedFrom' || member === 'filedTo')
  return order === 'FILED_ON_DESC' && members.length > 0 && isRange
}
