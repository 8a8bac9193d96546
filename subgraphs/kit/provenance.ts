import { columnsFor, raw, type Sql } from './sql.ts'

/** The columns of a row that say where it comes from. They are the same in each table that has them. */
export interface ProvenanceRow {
  readonly agency: string
  readonly handling: readonly string[]
  readonly handlingNote: string | null
  readonly sourceReliability: string | null
  readonly informationAccuracy: string | null
  readonly recordedAt: string
  readonly reviewBy: string | null
  readonly synthetic: boolean
}

/** Returns the provenance columns of the table with this alias, named like the fields of `Provenance`, for the field `provenance` of its records. */
export function provenanceColumns(alias: string): Sql {
  return columnsFor(
    'provenance',
    raw(`${alias}.agency, ${alias}.handling, ${alias}.handling_note as "handlingNote",
    ${alias}.source_reliability as "sourceReliability", ${alias}.information_accuracy as "informationAccuracy",
    ${alias}.recorded_at as "recordedAt", ${alias}.review_by as "reviewBy", ${alias}.synthetic`),
  )
}

/** Returns the `Provenance` of a row that was read with {@link provenanceColumns}. Its originator is the country that holds the row. */
export function provenanceOf(row: ProvenanceRow, country: string): ProvenanceRow & { readonly originator: string } {
  return { ...row, originator: country }
}
