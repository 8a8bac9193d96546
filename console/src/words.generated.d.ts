// Written by `npm run generate` from words.en.yaml.
import type { Text } from './words/fill.ts'

/** The words, each with its holes. */
export type Words = {
  readonly purpose: {
    readonly INVESTIGATION: string
    readonly PROSECUTION: string
    readonly ARREST_EXTRADITION: string
    readonly ASSET_RECOVERY: string
    readonly VICTIM_PROTECTION: string
    readonly IMMINENT_DANGER: string
    readonly OVERSIGHT: string
  }
  readonly otherPurpose: {
    readonly about: Text<'before' | 'now'>
    readonly again: Text<'now'>
  }
  readonly common: {
    readonly country: string
    readonly name: string
    readonly birthDate: string
    readonly id: string
    readonly handling: string
    readonly band: string
    readonly matched: string
    readonly open: string
    readonly search: string
    readonly more: string
    readonly all: string
    readonly stop: string
    readonly rows_one: Text<'count'>
    readonly rows_other: Text<'count'>
    readonly rowsMore_one: Text<'shown'>
    readonly rowsMore_other: Text<'shown'>
    readonly rowsAll_one: Text<'shown'>
    readonly rowsAll_other: Text<'shown'>
    readonly rowsAnswered_one: Text<'shown'>
    readonly rowsAnswered_other: Text<'shown'>
    readonly empty: string
    readonly notAllowed: string
    readonly unanswered: Text<'country'>
    readonly emptyButMissing: string
    readonly hidden: string
    readonly failed: Text<'message'>
    readonly again: string
    readonly undo: string
    readonly dismiss: string
    readonly export: string
    readonly exportXlsx: string
    readonly exportPdf: string
    readonly print: string
    readonly none: string
    readonly mixedScripts: string
    readonly synthetic: string
    readonly loading: string
    readonly notFound: string
    readonly toSearch: string
    readonly broken: string
    readonly pageUnreachable: string
  }
  readonly problem: {
    readonly NOT_REACHED: string
    readonly ANSWER_NOT_UNDERSTOOD: Text<'status'>
    readonly TOKEN_REFUSED: Text<'error'>
    readonly PURPOSE_MISSING: string
    readonly CASE_MISSING: string
    readonly CASE_OF_OTHER_MANDATE: string
    readonly DOCUMENT_HAS_LITERAL: string
    readonly VARIABLE_WITHOUT_VALUE: Text<'name'>
    readonly OTHER: Text<'message'>
  }
  readonly band: {
    readonly EXACT_IDENTIFIER: string
    readonly STRONG: string
    readonly WEAK: string
  }
  readonly handling: {
    readonly H0: string
    readonly H1: string
    readonly H2: string
    readonly H3: string
  }
  readonly apart: {
    readonly held_one: Text<'count'>
    readonly held_other: Text<'count'>
    readonly show: string
    readonly awaited: Text<'countries'>
    readonly late: Text<'countries'>
    readonly long: string
    readonly split: string
  }
  readonly section: {
    readonly '10': string
    readonly '11': string
    readonly '01': string
    readonly '02': string
    readonly '03': string
    readonly '04': string
    readonly '05': string
    readonly '06': string
    readonly '07': string
    readonly '08': string
    readonly '09': string
  }
  readonly audit: {
    readonly search: string
    readonly entry: string
    readonly counts: string
    readonly patterns: string
    readonly record: string
    readonly logs: string
    readonly report: string
  }
  readonly national: {
    readonly node: string
    readonly suspend: string
  }
}
