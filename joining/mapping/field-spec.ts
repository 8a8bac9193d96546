/** How the kinds of records are declared, and the fields that many of them have. */
import type { Cell, FieldType, NOW, RecordKindName } from './mapping.ts'

/** A key of a section that fills a column. */
export interface FieldSpec {
  /** The key in the mapping: the contract's name of the field, where it has one. */
  readonly key: string
  readonly column: string
  readonly type: FieldType
  /** Whether the contract has no record without it. */
  readonly isRequired?: true
  /** What fills it if the mapping does not say. */
  readonly standard?: Standard
  /** What it is, for the schema and the page. */
  readonly meaning: string
}

/**
 * What fills a column that the mapping does not name: a value; the country's own code (`own-country`); the `since` of the feed, else the moment of the
 * run (`changed`); the given names and surnames (`names`); true for who is under 18 by the day of birth (`minor`), which the loader works out.
 */
export type Standard = { readonly value: Cell | typeof NOW } | 'own-country' | 'changed' | 'names' | 'minor'

/** A kind of records. */
export interface KindSpec {
  readonly name: RecordKindName
  /** The key in the mapping. */
  readonly key: string
  readonly table: string
  /** The columns of the primary key. */
  readonly primaryKey: readonly string[]
  readonly fields: readonly FieldSpec[]
  /** What hangs on a parent. `key` is the key of a section of its own that says which. */
  readonly parent?: { readonly kind: RecordKindName; readonly key: string; readonly column: string }
  /** The column that the loader counts if the mapping does not give it. */
  readonly counted?: string
  /** The column that the loader derives if the mapping does not give it. */
  readonly derived?: string
  readonly meaning: string
}

/** Any text. */
export const TEXT: FieldType = { kind: 'text' }
/** A name: a word of it must fit into an index, which takes 2,700 bytes. */
export const NAME: FieldType = { kind: 'text', most: 500 }
/** The number of a document. */
export const NUMBER: FieldType = { kind: 'text', most: 200 }
/** A day. */
export const DATE: FieldType = { kind: 'date' }
const MOMENT: FieldType = { kind: 'moment' }
/** Yes or no. */
export const BOOLEAN: FieldType = { kind: 'boolean' }
/** A whole number. */
export const WHOLE: FieldType = { kind: 'whole' }
/** The id of the country's own record. */
export const ID: FieldType = { kind: 'id' }
const ROW_ID: FieldType = { kind: 'rowId' }
/** A code of ISO 3166-1 alpha-2. */
export const COUNTRY: FieldType = { kind: 'country' }
/** A code of ISO 3166-2. */
export const SUBDIVISION: FieldType = { kind: 'subdivision' }
/** A code of the ICCS. */
export const ICCS: FieldType = { kind: 'iccs' }

/** One of some words of the contract, given with spaces between them. */
export const enumOf = (values: string): FieldType => ({ kind: 'enum', values: values.split(' ') })
/** Several values. */
export const listOf = (of: FieldType): FieldType => ({ kind: 'list', of })
/** The id of a record of any country. */
export const referenceTo = (to: RecordKindName): FieldType => ({ kind: 'reference', to, isForeign: false })
/** The id of a record of another country. */
export const foreignTo = (to: RecordKindName): FieldType => ({ kind: 'reference', to, isForeign: true })

const HANDLING = listOf(enumOf('H0 H1 H2 H3'))

/** Declares a field that the contract requires. */
export const needed = (
  key: string,
  column: string,
  type: FieldType,
  meaning: string,
  standard?: Standard,
): FieldSpec => ({
  key,
  column,
  type,
  isRequired: true,
  meaning,
  ...(standard !== undefined && { standard }),
})
/** Declares a field that may be null. */
export const free = (
  key: string,
  column: string,
  type: FieldType,
  meaning: string,
  standard?: Standard,
): FieldSpec => ({
  key,
  column,
  type,
  meaning,
  ...(standard !== undefined && { standard }),
})

/** The provenance of a record. `provenance:` at the top of a mapping says it for all sections at once. */
export const PROVENANCE_FIELDS: readonly FieldSpec[] = [
  needed('agency', 'agency', TEXT, 'the agency that holds the record', 'own-country'),
  needed('handling', 'handling', HANDLING, 'how the receiver may use it: H0, H1, H2, H3'),
  free('handlingNote', 'handling_note', TEXT, 'other limits, in words'),
  free('sourceReliability', 'source_reliability', enumOf('A B C X'), 'how reliable the source is'),
  free('informationAccuracy', 'information_accuracy', enumOf('ONE TWO THREE FOUR'), 'how accurate the information is'),
  needed('recordedAt', 'recorded_at', MOMENT, 'when it was recorded', 'changed'),
  free('reviewBy', 'review_by', DATE, 'the day by which it is reviewed'),
  needed('synthetic', 'synthetic', BOOLEAN, 'whether it is made up: no such record exists', { value: false }),
]

/** Whom a record is shared with. */
const SHARED_WITH: FieldSpec = free(
  'sharedWith',
  'shared_with',
  listOf(TEXT),
  'the task forces that may see it; "*" is every task force that the country recognises. Without it, nobody sees the record',
)

/** The provenance of a record of its own, and whom it is shared with. */
export const SHARED_PROVENANCE: readonly FieldSpec[] = [...PROVENANCE_FIELDS, SHARED_WITH]

/** Declares the place of a row among those of its parent. */
export const ordinal = (of: string): FieldSpec => free('ordinal', 'ordinal', WHOLE, `its place among the ${of}, from 1`)
/** The row's own id in a table whose rows are not records of the contract. */
export const rowId = free('id', 'row_id', ROW_ID, 'the row’s own id in the old table, so that pages keep their order')
