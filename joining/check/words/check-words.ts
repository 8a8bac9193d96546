import type { Language } from '../../../contract/language.ts'
import type { FindingId, PartName, PartResult, Severity } from '../finding.ts'

/** What one kind of finding says. `{name}` in a text stands for the detail of that name. */
export type FindingWords = readonly [expected: string, came: string, remedy: string]

/** Everything that `istmo check` prints, in one language. */
export interface CheckWords {
  readonly language: Language
  readonly findings: Readonly<Record<FindingId, FindingWords>>
  readonly severities: Readonly<Record<Severity, string>>
  readonly states: Readonly<Record<PartResult['state'], string>>
  readonly parts: Readonly<Record<PartName, string>>
  readonly title: (country: string) => string
  readonly line: Readonly<Record<'expected' | 'came' | 'remedy' | 'rows' | 'such', string>>
  /** The heads of the table of findings: severity, id, place, expected, came, remedy, count. */
  readonly columns: readonly string[]
  /** The heads of the table of parts. */
  readonly partColumns: readonly string[]
  readonly well: string
  readonly sum: (counts: Readonly<Record<Severity, number>>) => string
  readonly notDone: (count: number) => string
}
