import type { GraphQLSchema } from 'graphql'
import type { HitQuota } from '../../contract/hit-quota/hit-quota.ts'
import type { LegClaims } from '../../contract/leg-token.ts'
import type { RowCounts } from '../../contract/row-quota/row-quota.ts'
import type { LegExtensions } from '../../contract/trust/leg-extensions.ts'
import type { GraphQLRequest } from './execute.ts'
import type { GuardedRequest } from './guard.ts'
import type { LegTime } from './leg-time.ts'
import type { Connections } from './types.ts'

/**
 * What a node answers its legs from: the country's rows (rows-backend.ts), or a service behind the node
 * (sidecar/upstream-backend.ts). The node checks the token and the rules and writes the audit log in the same way for both.
 */
export interface Backend {
  /** Where the node counts the rows that it gives to each caller. */
  readonly rowCounts: RowCounts
  /** Where the node counts the hit searches of each caller. */
  readonly hits: HitQuota
  /**
   * Makes the function that answers the legs of a domain.
   * @param check called with each valid request before any part of it runs. If it throws, the complete leg is rejected.
   */
  serve(domain: string, schema: GraphQLSchema, check: CheckLeg): AnswerLeg
  /** Rejects while the backend cannot answer. */
  ready(): Promise<void>
  /** Returns what its operator sees. Never rejects. */
  state(): Promise<BackendState>
  close(): Promise<void>
}

/** What the operator of a node sees of what the node answers from. */
export interface BackendState {
  /** The connections to a PostgreSQL server; null without one. `waiting`: how many statements wait for a connection. */
  readonly connections: Connections | null
  /** Why a domain does not answer, by domain; null if its tables are in order. Empty if the node has no tables. */
  readonly problems: Readonly<Record<string, string | null>>
  /** The domains whose tables have no record, so that each of their answers is empty. Empty if the node has no tables. */
  readonly empty: readonly string[]
  /** When rows last came from each source: the name of the import, and the time in RFC 3339. */
  readonly lastImports: readonly { readonly name: string; readonly at: string }[]
}

/**
 * Decides a leg by the officer's question and the country's rules; throws if they do not allow it. Returns a promise, which may reject too, only if
 * something must be waited for.
 */
export type CheckLeg = (request: GuardedRequest, leg: TakenLeg) => Promise<void> | undefined

/** A leg whose token was verified. */
export interface TakenLeg {
  readonly request: GraphQLRequest
  readonly claims: LegClaims
  /** What came with the leg besides the request. */
  readonly carried: LegExtensions
  /** How long the leg may take. */
  readonly time: LegTime
  /** Lets the legs of other callers run, if this one has computed for a while or its caller has used much (caller-time.ts). */
  readonly pause: () => Promise<void>
  /** The header `Istmo-Request-Id` as received. */
  readonly requestId: string | undefined
  /** Whether the gateway accepts `application/graphql-response+json`. */
  readonly takesGraphQLJson: boolean
}

/** An answer as the node sends it. */
export interface LegReply {
  readonly status: number
  /** The media type, without parameters. */
  readonly type: string
  /** The body. */
  readonly text: string
  /** The data in the body; undefined if nothing ran. */
  readonly data: unknown
}

/** Answers a leg. Rejects with an IstmoError if the complete leg is rejected, or if there is no answer. */
export type AnswerLeg = (leg: TakenLeg) => Promise<LegReply>

/** The media type that GraphQL over HTTP defines for responses. */
export const GRAPHQL_JSON = 'application/graphql-response+json'

/** The media type of JSON. */
export const JSON_TYPE = 'application/json'
