/** What the spread room makes of a fetch: the legs, each with its country, its fields and its pages. Types only. */
import type { FieldNode } from 'graphql'
import type { Place } from '../../contract/cursor.ts'
import type { Outcome } from '../../contract/outcome.ts'
import type { TopField } from './operation.ts'

/** A requested page of an EVERY connection, with the place where each country's part begins. */
export interface Page {
  readonly order: string
  readonly first: number
  /** The `after` argument, verbatim. */
  readonly after: string | null
  /** The place of the countries that are not in `silent`; null is the start of the list. */
  readonly base: Place | null
  /** The places of the countries that were silent on earlier pages, by country; 0 is the start of the list. */
  readonly silent: Readonly<Record<string, Place | 0>>
}

/** One country's leg of a fetch, before it is sent. */
export interface PlannedLeg {
  readonly country: string
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly fields: readonly LegField[]
  /** Indices into the fetch's entities: the leg asks about these. Null in a root fetch. */
  readonly entities: readonly number[] | null
  /** The caller's scopes that the rules of the leg's fields name. The leg token says them. */
  readonly scopes: readonly string[]
  /** The caller's granted policies that the rules of the leg's fields name. The leg token says them. */
  readonly policies: readonly string[]
  /** Whether no field of the leg has a rule, and the country takes nobody's word about the caller. Default: false. */
  readonly isForNobody?: boolean
}

/** A top field as a leg asks one country for it. */
export interface LegField {
  readonly field: TopField
  /** The field's node as this country gets it, without what the country does not publish or denies. */
  readonly node: FieldNode
  /** A text that is equal for equal nodes of the field. */
  readonly nodeKey: string
  /** Why the leg leaves out a part below the field: `PARTLY_DENIED` or `PARTLY_NOT_PUBLISHED`. The code is null if nothing is left out. */
  readonly partly: Outcome
}

/** The countries that the gateway asks for a top field in this request, and the page that it asks for. */
export interface FieldTarget {
  readonly field: TopField
  /** Country codes, sorted. A root OWNER field has one: the owner. */
  readonly countries: readonly string[]
  /** The countries that the field concerns but the gateway does not ask, each with the reason. */
  readonly unasked: ReadonlyMap<string, Outcome>
  readonly page: Page | null
  /** The id of the record that a root OWNER field asks for; null for any other field. */
  readonly recordId: string | null
}

/** A field that a country's rules deny to the caller within a leg. */
export interface DeniedField {
  /** The field, or the argument, input field or enum value that would reveal what is denied. */
  readonly coordinate: string
  /** Response keys, from the top field on, without list indices: where the answer has null. */
  readonly path: readonly string[]
}

/** What countries deny within the top fields of a fetch: by country, and by ordinal of the top field. */
export type Denials = ReadonlyMap<string, ReadonlyMap<number, readonly DeniedField[]>>

/** An entity to ask about, with each object of the answer so far that has its representation. */
export interface Entity {
  readonly representation: Readonly<Record<string, unknown>>
  readonly objects: readonly Record<string, unknown>[]
  /** The place of each of `objects`, with list indices. */
  readonly paths: readonly (readonly (string | number)[])[]
  /** Variables whose values come from objects above this one (`@fromContext`). All entities of one leg have equal values. */
  readonly context: Readonly<Record<string, unknown>>
}
