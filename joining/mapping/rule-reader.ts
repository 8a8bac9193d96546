import type { ReadCrosswalk } from './crosswalk.ts'
import type { Report } from './yaml-report.ts'

/** What the rules of a mapping need beside their own text. */
export interface RuleReader {
  readonly report: Report
  readonly country: string
  readonly readCrosswalk: ReadCrosswalk
}
