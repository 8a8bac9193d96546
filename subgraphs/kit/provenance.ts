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

/** Returns the `Provenance` of a row that was read with its columns (record-columns.ts). Its originator is the country that holds the row. */
export function provenanceOf(row: ProvenanceRow, country: string): ProvenanceRow & { readonly originator: string } {
  return { ...row, originator: country }
}
