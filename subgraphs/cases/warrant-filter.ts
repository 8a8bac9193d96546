import { descendingDateKey } from '../../contract/cursor.ts'
import { type Sql, sql } from '../kit/sql.ts'

/** `WarrantFilter` of the schema. A member that is null or absent filters nothing. */
export interface WarrantFilter {
  readonly status?: readonly string[] | null
  readonly category?: readonly string[] | null
  readonly extraditionRequested?: boolean | null
  readonly issuedFrom?: string | null
  readonly issuedTo?: string | null
}

type Conditions = { readonly [Member in keyof WarrantFilter]-?: (value: NonNullable<WarrantFilter[Member]>) => Sql }

const CONDITIONS: Conditions = {
  status: (values) => sql`w.status = any(${values}::text[])`,
  category: (values) => sql`w.category = any(${values}::text[])`,
  extraditionRequested: (value) => sql`w.extradition_requested = ${value}::boolean`,
  // Compares the key of the order, because one index then serves both the range and the order.
  issuedFrom: (day) => sql`w.issued_desc_key <= ${descendingDateKey(day)}::text`,
  issuedTo: (day) => sql`w.issued_desc_key >= ${descendingDateKey(day)}::text`,
}

/**
 * Returns the conditions of a filter over `cases.warrant w`. A warrant must meet each of them. A warrant meets a list if it has one of
 * the values, so no warrant meets an empty list. Days are inclusive. If the country does not say whether it requests
 * extradition, the warrant meets neither `true` nor `false`.
 */
export function warrantConditions(filter: WarrantFilter | null | undefined): readonly Sql[] {
  return Object.entries(filter ?? {}).flatMap(([member, value]) => {
    const condition = CONDITIONS[member as keyof WarrantFilter] as ((value: unknown) => Sql) | undefined
    return condition && value !== null && value !== undefined ? [condition(value)] : []
  })
}
