/**
 * What passes from room to room: `Request → Caller → Decision → Plan → Leg[] → Answer[] → Result → Entry`.
 * Types alone; rooms import this file and `contract/`, never a sibling.
 */
import type { DocumentNode, FieldNode, GraphQLFormattedError } from 'graphql'
import type { CountryAccess } from '../../contract/access/country-access.ts'
import type { NotCovered } from '../../contract/access/recognition.ts'
import type { DenialKind, Rights, Rule } from '../../contract/access/rule.ts'
import type { ErrorCode } from '../../contract/errors.ts'
import type { LegTokenUse } from '../../contract/leg-token.ts'
import type { Outcome } from '../../contract/outcome.ts'
import type { Authenticated } from '../../service/authenticate/credentials.ts'

/** Where one domain of one participant is served, or one subgraph that no country publishes. */
export interface Endpoint {
  /** HTTP or HTTPS URL of the GraphQL endpoint. */
  readonly url: string
  /** How long one leg may take from its start to its last byte, in milliseconds. */
  readonly deadlineMs: number
  /** The largest answer that is read, in bytes after inflating. */
  readonly maxAnswerBytes: number
  /** How often its node takes a leg token; left out, until it ends. `once`: each leg and each retry gets a fresh one. */
  readonly legTokens?: LegTokenUse
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
  /** The key of the country's own log, and whether its answers need receipts of it; left out: none are looked at. */
  readonly receipts?: ReceiptSettings
  /** After how long without a quorum of the record's witnesses the country gives nothing, in milliseconds; left out: it goes on. */
  readonly refuseUnwitnessedAfterMs?: number
}

/** `vkey`: a verifier key of a C2SP signed note. `required`: an answer without a receipt that holds is dropped. */
export interface ReceiptSettings {
  readonly vkey: string
  readonly required: boolean
}

/** What every room may know of the request in hand. */
export interface RequestContext extends Authenticated {
  /** UUID of the request, in the log and in no answer's data. */
  readonly requestId: string
  /** The caller asks what would be denied, and nothing else. */
  readonly isDryRun: boolean
  /** Aborts when the client hangs up. */
  readonly hangup: AbortSignal
  /** When the whole request must be answered, in milliseconds of `performance.now()`. */
  readonly deadlineAt: number
  /** Where the rooms leave what the record must know; left out where nothing is recorded. */
  readonly trail?: Trail
}

/** What one request leaves for its entry in the record: the rooms add to it as they go, and read nothing of it. */
export interface Trail {
  /** What is asked; null until a document is validated. */
  operation: TrailOperation | null
  /** The fields of the operation with their places; null until it is prepared. */
  uses: readonly TrailUse[] | null
  /** Null where no cost is counted. */
  cost: number | null
  /** What rules refuse, whoever is asked. */
  readonly denials: { readonly coordinate: string; readonly kind: DenialKind; readonly country: string | null }[]
  /** Every country and domain that a fetch concerned, with its outcome there; `sent` where a leg went out. */
  readonly legs: TrailLeg[]
  readonly sent: Map<Leg, SentLeg>
  /** Codes of the answer's errors; null where no operation was run. */
  codes: readonly string[] | null
}

/** A field where an operation asks for it. */
export interface TrailUse {
  readonly typeName: string
  readonly fieldName: string
  readonly node: FieldNode
}

/** An operation as it came, the graph that answers it (SHA-256 of the supergraph in hex), and by which rules each country is asked. */
export interface TrailOperation {
  readonly document: DocumentNode
  readonly name: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
  readonly graph: string
  readonly rules: ReadonlyMap<string, RulesInForce>
}

/** A country's rules and policies: SHA-256, in hex, of what is kept beside the record. */
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

/** A leg as it went over the wire; hashes are SHA-256 of the bytes before content coding, in hex. */
export interface SentLeg {
  readonly operationHash: string
  readonly requestHash: string
  /** Null until the answer's body was read to its end. */
  responseHash: string | null
  /** Where the country's log has the leg; null where no receipt is asked for. */
  receipt: HeldReceipt | null
}

/** A receipt that holds: the leg's entry in the country's log (contract/record), and how many of its records it says it gave. */
export interface HeldReceipt {
  readonly origin: string
  readonly index: number
  readonly size: number
  readonly checkpoint: string
  readonly leaf: string
  readonly records: { readonly count: number; readonly hash: string }
}

/**
 * Checks the header `Istmo-Receipt` of an answer against what was sent and came. Null where the country need not give one and gave
 * none. @throws {Error} saying why a receipt does not hold, without foreign text.
 */
export type CheckReceipt = (
  leg: Leg,
  sent: SentLeg,
  requestId: string,
  header: string | undefined,
) => HeldReceipt | null

/** A request at its end, before its answer leaves. */
export interface EndedRequest {
  readonly context: RequestContext
  readonly status: number
  /** Codes of the answer's errors, each once. */
  readonly codes: readonly string[]
  readonly durationMs: number
}

/** The record, as the front sees it. */
export interface RequestAuditLog {
  /** Whether an entry could be written a moment ago; while not, nothing is asked of anybody. */
  isWritable(): boolean
  /** Begins a request of a known caller, or an anonymous one. */
  begin(): Trail
  /** Resolves when the request's entry is durable. @throws {Error} where it cannot be written: then no answer may leave. */
  end(request: EndedRequest): Promise<void>
  /** Counts a refusal before a caller was known. */
  countRejection(code: ErrorCode): void
  /** Why the gateway should get no requests now; null where it can take them. */
  unready(): Promise<'RECORD_UNAVAILABLE' | 'DISK_NEARLY_FULL' | null>
}

/**
 * What becomes of an operation of which something is denied: `filter` answers the rest, `reject` nothing, `dry-run` asks nobody and
 * tells what would be denied.
 */
export type AccessMode = 'filter' | 'reject' | 'dry-run'

/** What one country gives this caller of one domain: how far it hears it, and what its rules refuse. */
export interface DomainView {
  /** Why the country does not hear the caller on anything that has a rule; null where it does. */
  readonly notRecognised: NotCovered | null
  readonly rights: Rights
  /** What the contract and the country ask for a field. */
  ruleOf(typeName: string, fieldName: string): Rule
  /** Which kind of rule refuses the field to the caller, null for none. */
  denialOf(typeName: string, fieldName: string): DenialKind | null
  /** The fields that an argument, input field or enum value would reveal, by coordinate. */
  revealedBy(coordinate: string): readonly string[]
  /** Whether a refusal of the field stays as it is as long as this view: not where a policy reads the time. */
  isCacheable(typeName: string, fieldName: string): boolean
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
