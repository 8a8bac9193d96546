/**
 * What passes from room to room: `Request → Caller → Decision → Plan → Leg[] → Answer[] → Result → Entry`.
 * Types alone; rooms import this file and `contract/`, never a sibling.
 */
import type { Caller, Grounds } from '../contract/access-token.ts'
import type { IstmoError } from '../contract/errors.ts'
import type { Outcome } from '../contract/outcome.ts'

/** Where one domain of one participant is served, or one subgraph that no country publishes. */
export interface Endpoint {
  /** HTTP or HTTPS URL of the GraphQL endpoint. */
  readonly url: string
  /** How long one leg may take from its start to its last byte, in milliseconds. */
  readonly deadlineMs: number
  /** The largest answer that is read, in bytes after inflating. */
  readonly maxAnswerBytes: number
}

/** One domain as one country publishes it. */
export interface NationalSubgraph extends Endpoint {
  /** The country's own SDL of this domain; left out, the country publishes the contract's whole domain. */
  readonly sdl?: string
}

/** Who holds records: a country, or the treaty depositary. Read from one file of the countries folder. */
export interface Participant {
  /** ISO 3166-1 alpha-2, or UN. */
  readonly country: string
  readonly name: { readonly es: string; readonly en: string }
  /** By domain name. */
  readonly domains: Readonly<Record<string, NationalSubgraph>>
}

/** What every room may know of the request in hand. */
export interface RequestContext {
  /** UUID of the request, in the log and in no answer's data. */
  readonly requestId: string
  /** Null where anonymous requests are let in and no token came. */
  readonly caller: Caller | null
  /** On which grounds the request acts; null without a mandate, or where none can be told. */
  readonly grounds: Grounds | null
  /** Why no grounds can be told though the caller has a mandate (it ended, or leaves a choice): what has a rule is refused with it. */
  readonly groundsRefused: IstmoError | null
  /** Aborts when the client hangs up. */
  readonly hangup: AbortSignal
  /** When the whole request must be answered, in milliseconds of `performance.now()`. */
  readonly deadlineAt: number
}

/** One request to one country for one domain (or to one plain subgraph), part of one operation. */
export interface Leg {
  /** Domain, or subgraph name. */
  readonly domain: string
  /** Null for a subgraph that no country publishes. */
  readonly country: string | null
  readonly endpoint: Endpoint
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly kind: 'query' | 'mutation'
}

/** An error of a subgraph's answer, as it came. Foreign text: never shown to a caller. */
export interface SubgraphError {
  readonly message?: unknown
  readonly path?: unknown
  readonly extensions?: unknown
}

/** What became of a leg. A failure is data, never an exception; its particulars are in the operator's log already. */
export type LegAnswer =
  | { readonly kind: 'answered'; readonly data: unknown; readonly errors: readonly SubgraphError[] }
  | { readonly kind: 'failed'; readonly outcome: Outcome }

/** Sends a leg and waits for its answer, its deadline, the request's deadline or the caller's hanging up. Never rejects. */
export type SendLeg = (leg: Leg, request: RequestContext) => Promise<LegAnswer>
