import type { Row } from '../importers/table.ts'

/** One made-up case as rows of the domain `cases`. */
export interface CaseRows {
  readonly file: Row
  readonly offences: readonly Row[]
  readonly warrants: readonly Row[]
  readonly participants: readonly Row[]
  readonly links: readonly Row[]
}
