import type { NodeContext } from './types.ts'

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

/** The resolvers of what each record of a country says: whose it is, and where it comes from. The row was read with its columns (record-columns.ts). */
export const RECORD_FIELDS = {
  country: (_row: unknown, _args: unknown, { country }: NodeContext) => country,
  provenance: (row: ProvenanceRow, _args: unknown, { country }: NodeContext) => ({ ...row, originator: country }),
}
