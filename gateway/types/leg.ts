/** What the spread room makes of a fetch: who is asked, for what, from where. Types only. */
import type { Place } from '../../contract/cursor.ts'
import type { Outcome } from '../../contract/outcome.ts'
import type { TopField } from './operation.ts'

/** A page of an EVERY connection as it was asked: where each country is asked from. */
export interface Page {
  readonly order: string
  readonly first: number
  /** The `after` that was given, verbatim. */
  readonly after: string | null
  /** Where the countries stand that are not in `silent`; null is the start. */
  readonly base: Place | null
  /** Where the countries stand that were silent before; 0 is the start. */
  readonly silent: Readonly<Record<string, Place | 0>>
}

/** One country's leg of a fetch, before it is sent. */
export interface PlannedLeg {
  readonly country: string
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly fields: readonly LegField[]
  /** The representations asked about, as indices into the fetch's entities; null in a root fetch. */
  readonly entities: readonly number[] | null
  /** The caller's scopes and granted policies that the rules of what is asked name: what the leg's token needs to say. */
  readonly scopes: readonly string[]
  readonly policies: readonly string[]
}

/** A top field as one country is asked it. */
export interface LegField {
  readonly field: TopField
  /** Why a part below the field is not asked of the country: `PARTLY_DENIED` or `PARTLY_NOT_PUBLISHED`; no code where all is. */
  readonly partly: Outcome
}

/** Which countries a top field is asked of in this request, and from where. */
export interface FieldTarget {
  readonly field: TopField
  /** In code order. For a root OWNER field the one owner. */
  readonly countries: readonly string[]
  /** Countries of the set that are not asked, with the reason. */
  readonly unasked: ReadonlyMap<string, Outcome>
  readonly page: Page | null
  /** The record that a root OWNER field asks for by its id; null for any other field. */
  readonly recordId: string | null
}

/** An entity asked about, with all objects of the answer so far that it stands for. */
export interface Entity {
  readonly representation: Readonly<Record<string, unknown>>
  readonly objects: readonly Record<string, unknown>[]
  /** Where the first of the objects stands, with list indices. */
  readonly path: readonly (string | number)[]
  /** Variables whose values come from objects above this one (`@fromContext`); entities of one leg have equal ones. */
  readonly context: Readonly<Record<string, unknown>>
}
