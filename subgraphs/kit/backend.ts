import type { GraphQLSchema } from 'graphql'
import type { LegClaims } from '../../contract/leg-token.ts'
import type { GraphQLRequest } from './execute.ts'
import type { GuardedRequest } from './guard.ts'

/**
 * What a node answers its legs from: rows of its own (rows-backend.ts), or a service behind it (sidecar/upstream-backend.ts). Token,
 * rules and record are the node's, and the same for both.
 */
export interface Backend {
  /**
   * What answers the legs of a domain.
   * @param check is told of each valid request before anything of it runs; what it throws refuses the leg whole.
   */
  serve(domain: string, schema: GraphQLSchema, check: CheckLeg): AnswerLeg
  /** Rejects while it could not answer. */
  ready(): Promise<void>
  close(): Promise<void>
}

/** Decides a leg by the country's rules; throws where it is refused. */
export type CheckLeg = (request: GuardedRequest, claims: LegClaims) => void

/** A leg whose token held. */
export interface TakenLeg {
  readonly request: GraphQLRequest
  readonly claims: LegClaims
  /** The header `Istmo-Request-Id` as it came. */
  readonly requestId: string | undefined
  /** Whether the gateway takes `application/graphql-response+json`. */
  readonly takesGraphQLJson: boolean
}

/** An answer as it leaves. */
export interface LegReply {
  readonly status: number
  /** The media type, without parameters. */
  readonly type: string
  /** The body. */
  readonly text: string
  /** The data in it; undefined where nothing ran. */
  readonly data: unknown
}

/** Answers a leg; rejects with an IstmoError where the whole is refused, or the answer cannot be had. */
export type AnswerLeg = (leg: TakenLeg) => Promise<LegReply>

/** The media type of GraphQL over HTTP's own responses. */
export const GRAPHQL_JSON = 'application/graphql-response+json'

/** The media type of JSON. */
export const JSON_TYPE = 'application/json'
