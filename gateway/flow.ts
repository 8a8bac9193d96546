/**
 * What passes from room to room: `Request → Caller → Decision → Plan → Leg[] → Answer[] → Result → Entry`.
 * Types alone; rooms import this file and `contract/`, never a sibling.
 */
import type { GraphQLFormattedError } from 'graphql'
import type { CountryAccess } from '../contract/access/country-access.ts'
import type { NotCovered } from '../contract/access/recognition.ts'
import type { RefusalKind, Rights, Rule } from '../contract/access/rule.ts'
import type { Caller, Grounds } from '../contract/access-token.ts'
import type { IstmoError } from '../contract/errors.ts'
import type { LegTokenUse } from '../contract/leg-token.ts'
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
  /** Whom the country hears, and its policies: the published copy of what its own node decides by. */
  readonly access: CountryAccess
  /** Whether a leg token may be used again for the same text until it ends, or each leg and each retry needs a fresh one. */
  readonly legTokens: LegTokenUse
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
  /** The caller asks what would be denied, and nothing else. */
  readonly isDryRun: boolean
  /** Aborts when the client hangs up. */
  readonly hangup: AbortSignal
  /** When the whole request must be answered, in milliseconds of `performance.now()`. */
  readonly deadlineAt: number
}

/** What a request shows of who sends it, as it came; of a header, one value for each line. */
export interface Credentials {
  readonly authorization: readonly string[]
  /** The header `DPoP` (RFC 9449): proofs of a key. */
  readonly proofs: readonly string[]
  /** The header `Istmo-Mandate`. */
  readonly mandate: readonly string[]
  readonly method: string
  /** Path of the request's URL, without its query. */
  readonly path: string
  /** SHA-256 of the connection's verified client certificate in DER, base64url (RFC 8705 section 3.1); null where there is none. */
  readonly clientCertificate: string | null
}

/** Who asks, and on which grounds. */
export type Authenticated = Pick<RequestContext, 'caller' | 'grounds' | 'groundsRefused'>

/** Finds out who asks. Rejects with {IstmoError} where that cannot be told, or the grounds stated are not the mandate's. */
export type Authenticate = (credentials: Credentials) => Promise<Authenticated>

/**
 * What becomes of an operation of which something is denied: `filter` answers the rest, `reject` nothing, `dry-run` asks nobody and
 * tells what would be denied.
 */
export type AccessMode = 'filter' | 'reject' | 'dry-run'

/** What one country gives this caller of one domain: how far it hears it, and what its rules refuse. */
export interface DomainView {
  /** Why the country does not hear the caller on anything that has a rule; null where it does. */
  readonly notHeard: NotCovered | null
  readonly rights: Rights
  /** What the contract and the country ask for a field. */
  ruleOf(typeName: string, fieldName: string): Rule
  /** Which kind of rule refuses the field to the caller, null for none. */
  refusalOf(typeName: string, fieldName: string): RefusalKind | null
  /** The fields that an argument, input field or enum value would reveal, by coordinate. */
  revealedBy(coordinate: string): readonly string[]
  /** Whether a refusal of the field stays as it is as long as this view: not where a policy reads the time. */
  isKept(typeName: string, fieldName: string): boolean
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
  /** What the rules of the leg need of the caller's rights; null for a subgraph that no country publishes. */
  readonly rights: { readonly scopes: readonly string[]; readonly policies: readonly string[] } | null
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

/** A whole or partial answer. `extensions.countries` stands where countries were asked. */
export interface EngineAnswer {
  readonly data: unknown
  readonly errors?: readonly GraphQLFormattedError[]
  readonly extensions?: Record<string, unknown>
  /** The HTTP status, where it is not 200: 403 in the mode `reject`. */
  readonly status?: number
}
