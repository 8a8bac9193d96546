/** How the kinds of records are declared, and the fields that many of them have. */
import type { Language } from '../language.ts'

/** The kinds of records, each a table of a country's database. A dot separates a child from its parent. */
export type RecordKindName =
  | 'cases'
  | 'cases.offences'
  | 'cases.participants'
  | 'cases.linkedCases'
  | 'warrants'
  | 'persons'
  | 'persons.names'
  | 'persons.identifiers'
  | 'persons.addresses'
  | 'persons.associates'
  | 'persons.memberships'
  | 'persons.sameAs'
  | 'statutes'
  | 'instruments'
  | 'instruments.articles'
  | 'instruments.participations'
  | 'mlaRequests'
  | 'mlaRequests.concerns'

/** What a column takes. */
export type FieldType =
  /** `most`: how many characters it has at most, where the tables have an index of it. */
  | { readonly kind: 'text'; readonly most?: number }
  /** `isPast`: no day to come. `after`: the column whose day it is on, or later. */
  | { readonly kind: 'date'; readonly isPast?: true; readonly after?: string }
  /** A time that has passed. */
  | { readonly kind: 'moment' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'whole' }
  /** The country's own record: the prefix is put before it. */
  | { readonly kind: 'id' }
  /** A record of the country's own, of any country, or of another one. The country's own prefix is put before an id that has none. */
  | { readonly kind: 'reference'; readonly to: RecordKindName; readonly owner: 'own' | 'any' | 'other' }
  /** The row's own id in a table whose rows are not records: it has no prefix. */
  | { readonly kind: 'rowId' }
  | { readonly kind: 'country' }
  | { readonly kind: 'subdivision' }
  | { readonly kind: 'iccs' }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'list'; readonly of: FieldType }

/** A column, and the field of the contract that it answers. */
export interface FieldSpec {
  /** The key in a mapping: the contract's name of the field, where it has one. */
  readonly key: string
  readonly column: string
  /** The field that it answers, of the kind's type or with another type before it (`Provenance.agency`); null if it answers none. */
  readonly field: string | null
  readonly type: FieldType
  /** Whether the contract has no record without it. */
  readonly isRequired?: true
  /** What fills it if a mapping does not say. */
  readonly standard?: Standard
  /** What it is: for mappings, and for the graph where `contract/descriptions.*.yaml` has no text of its own. */
  readonly meaning: Texts
}

/** A text in each language. */
export type Texts = Readonly<Record<Language, string>>

/**
 * What fills a column that the mapping does not name: a value; the country's own code (`own-country`); the `since` of the feed, else the moment of the
 * run (`changed`); the given names and surnames (`names`); true for who is under 18 by the day of birth (`minor`), which the loader works out.
 */
export type Standard = { readonly value: string | boolean } | 'own-country' | 'changed' | 'names' | 'minor'

/** A kind of records. */
export interface RecordKind {
  readonly name: RecordKindName
  /** The key in a mapping: the contract's name of the list, where it has one. */
  readonly key: string
  /** The contract's type; without one, a row is a link and nothing else. */
  readonly type?: string
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
  /** The column in which the database notes when the row changed last. */
  readonly changes?: string
  /** Writes the values of a row as they are recorded, where one of them depends on others. */
  readonly record?: (values: RowValues) => RowValues
  readonly meaning: Texts
}

/** The values of a row, by column. */
export type RowValues = Readonly<Record<string, string | number | boolean | null | readonly string[]>>

/** Any text. */
export const TEXT: FieldType = { kind: 'text' }
/** A name: a word of it must fit into an index, which takes 2,700 bytes. */
export const NAME: FieldType = { kind: 'text', most: 500 }
/** The number of a document. */
export const NUMBER: FieldType = { kind: 'text', most: 200 }
/** A day. */
export const DATE: FieldType = { kind: 'date' }
/** A day that is not to come. */
export const PAST_DATE: FieldType = { kind: 'date', isPast: true }
const MOMENT: FieldType = { kind: 'moment' }
/** Yes or no. */
export const BOOLEAN: FieldType = { kind: 'boolean' }
/** A whole number. */
export const WHOLE: FieldType = { kind: 'whole' }
/** The id of the country's own record. */
export const ID: FieldType = { kind: 'id' }
/** A code of ISO 3166-1 alpha-2. */
export const COUNTRY: FieldType = { kind: 'country' }
/** A code of ISO 3166-2. */
export const SUBDIVISION: FieldType = { kind: 'subdivision' }
/** A code of the ICCS. */
export const ICCS: FieldType = { kind: 'iccs' }

/** A day that is not before the day of another column. */
export const dateAfter = (column: string): FieldType => ({ kind: 'date', after: column })
/** One of some words of the contract, given with spaces between them. */
export const enumOf = (values: string): FieldType => ({ kind: 'enum', values: values.split(' ') })
/** Several values. */
export const listOf = (of: FieldType): FieldType => ({ kind: 'list', of })
/** The id of a record of any country, or only of the country's own. */
export const referenceTo = (to: RecordKindName, owner: 'own' | 'any' = 'any'): FieldType => ({
  kind: 'reference',
  to,
  owner,
})
/** The id of a record of another country. */
export const foreignTo = (to: RecordKindName): FieldType => ({ kind: 'reference', to, owner: 'other' })

/** What differs from what follows from the key: the column in snake case, with `_id` if it refers to a record, and the field of the same name. */
type Exceptions = Partial<Pick<FieldSpec, 'column' | 'field' | 'standard'>>

/** Declares a field that may be null, with its meaning in English and Spanish. */
export function free(key: string, type: FieldType, en: string, es: string, exceptions: Exceptions = {}): FieldSpec {
  const name = key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  const column = type.kind === 'reference' ? `${name}_id` : name
  return { key, column, field: key, type, meaning: { en, es }, ...exceptions }
}

/** Declares a field that the contract requires. */
export function needed(key: string, type: FieldType, en: string, es: string, exceptions: Exceptions = {}): FieldSpec {
  return { ...free(key, type, en, es, exceptions), isRequired: true }
}

/** The provenance of a record. `provenance:` at the top of a mapping says it for all sections at once. */
export const PROVENANCE_FIELDS: readonly FieldSpec[] = [
  needed('agency', TEXT, 'The agency that recorded it.', 'La institución que lo registró.', {
    standard: 'own-country',
  }),
  needed(
    'handling',
    listOf(enumOf('H0 H1 H2 H3')),
    'How the receiver may use it: H0, H1, H2, H3.',
    'Cómo puede usarlo quien lo recibe: H0, H1, H2, H3.',
  ),
  free('handlingNote', TEXT, 'Other limits on its use, in words.', 'Otros límites de su uso, en palabras.'),
  free('sourceReliability', enumOf('A B C X'), 'How reliable the source is.', 'Qué tan confiable es la fuente.'),
  free(
    'informationAccuracy',
    enumOf('ONE TWO THREE FOUR'),
    'How accurate the information is.',
    'Qué tan exacta es la información.',
  ),
  needed('recordedAt', MOMENT, 'When it was recorded.', 'Cuándo se registró.', { standard: 'changed' }),
  free(
    'reviewBy',
    DATE,
    'The day on which the country reviews whether it may keep the record.',
    'El día en que el país revisa si puede conservar el registro.',
  ),
  needed(
    'synthetic',
    BOOLEAN,
    'Whether the record is made up for demonstration or test.',
    'Si el registro es inventado para una demostración o prueba.',
    { standard: { value: false } },
  ),
].map((field) => ({ ...field, field: `Provenance.${field.key}` }))

/** Whom a record is shared with. */
const SHARED_WITH: FieldSpec = free(
  'sharedWith',
  listOf(TEXT),
  'The task forces that may see it; "*" is every task force that the country recognises. Without it, nobody sees the record.',
  'Los equipos conjuntos que pueden verlo; "*" es todo equipo conjunto que el país reconoce. Si falta, nadie ve el registro.',
  { field: null },
)

/** The provenance of a record of its own, and whom it is shared with. */
export const SHARED_PROVENANCE: readonly FieldSpec[] = [...PROVENANCE_FIELDS, SHARED_WITH]

/** Declares the place of a row among those of its parent. */
export const ordinal = (en: string, es: string): FieldSpec =>
  free('ordinal', WHOLE, `Its place among the ${en}, from 1.`, `Su lugar entre ${es}, desde 1.`, { field: null })

/** The row's own id in a table whose rows are not records of the contract. */
export const rowId: FieldSpec = free(
  'id',
  { kind: 'rowId' },
  'The row’s own id in the old table, so that pages keep their order.',
  'El identificador propio de la fila en la tabla vieja, para que las páginas conserven su orden.',
  { column: 'row_id', field: null },
)
