/**
 * What passes from room to room: `Request → Caller → Decision → Plan → Leg[] → Answer[] → Result → Entry`.
 * Types only. Rooms import the files of this folder and `contract/`, never another room.
 */

import type { DocumentNode, GraphQLFormattedError } from 'graphql'
import type { NotCovered } from '../../contract/access/recognition.ts'
import type { DenialKind, Rights, Rule } from '../../contract/access/rule.ts'
import type { ErrorCode } from '../../contract/errors.ts'
import type { Hangup } from '../../contract/hangup.ts'
import type { Language } from '../../contract/language.ts'
import type { LegNote } from '../../contract/leg-notes.ts'
import type { Outcome } from '../../contract/outcome.ts'
import type { Authenticated } from '../../service/authenticate/credentials.ts'
import type { FieldUse } from './operation.ts'
import type { Endpoint } from './participant.ts'
import type { Evidence, LegEvidence, SignedQuestion } from './question.ts'

/** What each room may know about the current request. */
export interface RequestContext extends Authenticated {
  /** UUID of the request. It is in the logs, never in an answer's data. */
  readonly requestId: string
  /** The language of the answer's messages and descriptions. The data, the logs and the audit log do not depend on it. */
  readonly language: Language
  /** The caller asks only what would be denied. */
  readonly isDryRun: boolean
  /** Whether the client has hung up. */
  readonly hangup: Hangup
  /** When the gateway must have answered the request, in milliseconds of `performance.now()`. */
  readonly deadlineAt: number
  /** Where the rooms note what the audit log must say. Undefined if the gateway keeps no audit log. */
  readonly trail?: Trail
  /** What the caller's tool signed about the request. Absent if the tool signed nothing. */
  readonly question?: SignedQuestion
  /** Collects what the countries sent, for a caller who wants to check it. Absent if nobody asked for it. */
  readonly evidence?: Evidence
  /** What reading the answers has cost so far, by country, or by the name of a subgraph that no country publishes. The room of legs makes it with the first leg: it is here because a WeakMap costs more than the rest. */
  spent?: Map<string, Spent>
  /** Whether the caller has no hit search left today for those of this request. The limit of hit searches notes it. */
  areHitsSpent?: boolean
  /** What the operation may cost each country. The limit of costs notes it. */
  cost?: number
  /** How many legs were sent to each country so far. The limit of legs makes it with the first leg, here for the same reason. */
  legCounts?: Map<string, number>
}

/** Bytes that were read, and the milliseconds that it took. */
export interface Spent {
  bytes: number
  ms: number
}

/** What the rooms note about one request for its entry in the audit log. A room adds to it and never reads it. */
export interface Trail {
  /** The operation; null until its document is validated. */
  operation: TrailOperation | null
  /** The fields of the operation with their places; null until the operation is prepared. */
  uses: readonly TrailUse[] | null
  /** Null if the gateway did not count a cost. */
  cost: number | null
  /** The fields that rules deny, for every country or for one. */
  readonly denials: { readonly coordinate: string; readonly kind: DenialKind; readonly country: string | null }[]
  /** Each country and domain that a fetch concerned, with the outcome. */
  readonly legs: TrailLeg[]
  /** The legs that the gateway sent. */
  readonly sent: Map<Leg, SentLeg>
  /** The salt of the request, 32 bytes: of its commitments, and the one from which the salts of its legs are derived. */
  readonly salt: Uint8Array
  /** How many salts of legs were derived so far. */
  legSalts: number
  /** Codes of the answer's errors; null if no operation ran. */
  codes: readonly string[] | null
}

/** A field at one place of an operation. */
export type TrailUse = Pick<FieldUse, 'typeName' | 'fieldName' | 'node'>

/**
 * An operation as the client sent it. `graph`: SHA-256 of the supergraph that answers it, in hex. `rules`: the rules in force, by country
 * code.
 */
export interface TrailOperation {
  readonly document: DocumentNode
  readonly name: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
  readonly graph: string
  readonly rules: ReadonlyMap<string, RulesInForce>
}

/** A country's rules and policies: SHA-256, in hex, of the texts in the audit log's content store. */
export interface RulesInForce {
  readonly access: string
  readonly policySet: string
}

/** A country's part of one fetch. */
export interface TrailLeg {
  readonly country: string | null
  readonly domain: string
  readonly outcome: Outcome
  readonly leg: Leg | null
}

/** How far an audit log is: its newest shard, by the origin, and how many entries that has. */
export interface LogHead {
  /** The name of the log, which its first shard has as its origin. */
  readonly name: string
  readonly origin: string
  readonly size: number
}

/**
 * A leg as the gateway sent it. Hashes are SHA-256, in hex: `operationHash` of the query's text, the others of the leg's salt followed by the
 * bytes before content coding (contract/leg-salt.ts).
 */
export interface SentLeg {
  readonly operationHash: string
  requestHash: string
  /** The salt that the leg carried. If the leg was sent twice, it is that of the second time. */
  salt: Uint8Array
  /** SHA-256 of the leg token that was sent last. Absent if the leg needs no token. */
  tokenHash?: string
  /** What the country token that was sent last says of the caller; null if a leg of a caller says nothing of who asks. */
  caller?: SentCaller | null
  /** How far the country's audit log was, as far as the gateway knew when it sent the leg. Absent or null: the gateway knew nothing. */
  readonly countryHead?: LogHead | null
  /** Null until the gateway has read the answer's body to its end. */
  responseHash: string | null
  /** The leg's place in the country's audit log; null if the gateway asks this country for no receipt. */
  receipt: HeldReceipt | null
}

/** Whom a leg's country token names, for the entries of both sides. Hashes are SHA-256, in hex. */
export interface SentCaller {
  /** The authority that signed it. */
  readonly authority: string
  /** The country token's `jti`, and its hash. */
  readonly tokenId: string
  readonly tokenHash: string
  /** Of the mandate's document. */
  readonly mandate: string
  /** Of the leg's salt followed by the question's id, which is the same in each country; null for an unbound access token. */
  readonly question: string | null
}

/**
 * A valid receipt: the leg's entry in the country's audit log (contract/record). `records` says how many records the country reports
 * that it sent, and their hash.
 */
export interface HeldReceipt {
  readonly origin: string
  readonly index: number
  readonly size: number
  readonly checkpoint: string
  readonly leaf: string
  readonly records: { readonly count: number; readonly hash: string | null }
}

/**
 * Checks the header `Istmo-Receipt` of an answer against the leg that was sent and the answer that came.
 * @returns null if the country sent no receipt and need not send one.
 * @throws {Error} if the receipt is not valid. The message says why and contains no text of the country.
 */
export type CheckReceipt = (
  leg: Leg,
  sent: SentLeg,
  requestId: string,
  header: string | undefined,
) => HeldReceipt | null

/**
 * How the gateway answers an operation if a part of it is denied. `filter`: it answers the rest. `reject`: it answers nothing.
 * `dry-run`: it sends no legs and lists what would be denied.
 */
export type AccessMode = 'filter' | 'reject' | 'dry-run'

/** How one country treats this caller in one domain: whether it recognises the caller, and what its rules deny. */
export interface DomainView {
  /** Why the country does not recognise the caller, so that every field with a rule is denied; null if it recognises the caller. */
  readonly notRecognised: NotCovered | null
  /** Whether the country's file lists the caller in `callers`, so that its node takes legs that name the caller. True if the file lists nobody. */
  readonly isListed: boolean
  readonly rights: Rights
  /** The rule of a field: what the contract and the country demand together. */
  ruleOf(typeName: string, fieldName: string): Rule
  /** Which kind of rule denies the field to the caller; null if the caller may read it. */
  denialOf(typeName: string, fieldName: string): DenialKind | null
  /** The coordinates of the fields that an argument, input field or enum value (given by its coordinate) would reveal. */
  revealedBy(coordinate: string): readonly string[]
  /** Whether the decision on the field holds as long as this view. It does not if a policy reads the time. */
  isCacheable(typeName: string, fieldName: string): boolean
}

/** One request to one country for one domain, or to one plain subgraph, as a part of one operation. */
export interface Leg {
  /** Domain, or subgraph name. */
  readonly domain: string
  /** Null for a subgraph that no country publishes. */
  readonly country: string | null
  readonly endpoint: Endpoint
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly kind: 'query' | 'mutation'
  /** The caller's rights that the rules of the leg's fields need; null for a subgraph that no country publishes. */
  readonly rights: { readonly scopes: readonly string[]; readonly policies: readonly string[] } | null
  /**
   * Whether the leg has no field with a rule, and goes to a country that would refuse it if it named the caller. Where an authority vouches for the
   * caller, such a leg says nothing of who asks. Default: false.
   */
  readonly isForNobody?: boolean
  /** The variables that hold representations, if several legs were merged into this one. Default: only `representations`. */
  readonly entityVariables?: readonly string[]
  /** All variables as JSON, if they were made so: then the representations are parsed only if somebody reads them. */
  readonly variablesJson?: string
  /**
   * Takes the body of the answer, inflated, if the answer is spliced (`splice.ts`). If it returns true, nobody reads the data as values. It keeps none of
   * the bytes, whose memory is given back. Only for a subgraph that no country publishes.
   */
  readonly takeBody?: (body: Buffer, maxValues: number) => boolean
}

/** An error of a subgraph's answer, as it came. The gateway never shows this foreign text to a caller. */
export interface SubgraphError {
  readonly message?: unknown
  readonly path?: unknown
  readonly extensions?: unknown
}

/** The end of a leg. A failure is data, never an exception; its details are in the operator's log already. */
export type LegAnswer =
  | {
      readonly kind: 'answered'
      readonly data: unknown
      readonly errors: readonly SubgraphError[]
      /** Whether the leg's `takeBody` took the body: then `data` is null. Default: false. */
      readonly isTaken?: boolean
      /** What the country says about its own answer (contract/leg-notes.ts). Default: nothing. */
      readonly notes?: readonly LegNote[]
      /** What the node signed of the ids in its answer (contract/trust/given-ids.ts), as it came. */
      readonly given?: string
      /** What the caller can check of the answer. Absent if nobody asked for it, or if the gateway gives only a part of the answer. */
      readonly evidence?: LegEvidence
    }
  | { readonly kind: 'failed'; readonly outcome: Outcome }

/**
 * Waits for a turn: resolves in a later round of the event loop, and for one waiter in each round. What the waiter then does until it waits
 * for something else is its turn.
 * @param request the request on whose behalf the work is done. The callers take turns.
 * @param step whether the work begins with an answer or goes on with one. Among the work of one caller, the latter comes first: otherwise
 *   all answers of a caller would be in memory as values before the first of them is finished.
 */
export type TakeTurn = (request: Pick<RequestContext, 'caller'>, step: 'first' | 'next') => Promise<void>

/** Sends a leg. Waits for its answer, its deadline, the request's deadline or the client's hangup. The promise never rejects. */
export type SendLeg = (leg: Leg, request: RequestContext) => Promise<LegAnswer>

/** A complete or partial answer. It has `extensions.countries` if an operation concerned countries. */
export interface EngineAnswer {
  readonly data: unknown
  /** The data as JSON, if it was made so: then nobody needs to read `data`, which is parsed from it. */
  readonly json?: string
  readonly errors?: readonly GraphQLFormattedError[]
  readonly extensions?: Record<string, unknown>
  /** The HTTP status if it is not 200: 403 in the mode `reject`. */
  readonly status?: number
}

// An error that the gateway reports to the caller, at a place of the answer. Types only.

/** An error to report to the caller. */
export interface AnswerError {
  readonly code: ErrorCode
  readonly country: string | null
  readonly coordinate: string | null
  /**
   * Its place in the answer as the client gets it: the gateway's response keys (`outKey` turns them into the client's) and list indices.
   */
  readonly path: readonly (string | number)[]
  /** For `ROWS_DROPPED`: how many rows the list at `path` lacks. */
  readonly count?: number
}
