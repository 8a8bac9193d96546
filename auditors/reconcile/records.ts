import type { EntryOf } from '../../contract/audit-log/entry.ts'

/** What a comparison reads of the entries of both logs. */

/** A request in the gateway's log. */
export interface GatewayRequestRecord {
  readonly id: string
  /** When it ended, in milliseconds since the epoch. */
  readonly timeMs: number
  /** How long it took, in milliseconds. */
  readonly durationMs: number
  /** Whether its caller hung up, or the gateway failed: then it may have ended before its legs did. */
  readonly isAbandoned: boolean
  readonly caller: Caller | null
  readonly grounds: LoggedGrounds | null
  readonly continuations: number
  /** The caller's pseudonym, the id of the access token and its hash; null where the entry has none. */
  readonly ref: string | null
  readonly tokenId: string | null
  readonly tokenHash: string | null
  /** The hash of the question's statement under its salt; null if the gateway took no signed question. */
  readonly statement: string | null
  /** The hash of the document without its values; null if the gateway did not read it. */
  readonly documentHash: string | null
  readonly status: number
  /** Whether the gateway refused the whole request. */
  readonly isRefused: boolean
}

type LoggedLeg = EntryOf<'request'>['legs'][number]
type CountryLeg = EntryOf<'leg'>

/** A leg in the gateway's log. `responseHash`: null if the gateway did not read an answer to its end. `records`: null without a receipt. */
export interface GatewayLegRecord
  extends Pick<LoggedLeg, 'domain' | 'reach' | 'code' | 'operationHash' | 'responseHash' | 'records' | 'receipt'> {
  readonly requestId: string
  /** When the request ended, in milliseconds since the epoch. */
  readonly timeMs: number
  readonly requestHash: string
  /** The scopes that the gateway wrote into the leg's token, sorted. */
  readonly scopes: readonly string[]
  /** The country token that went with the leg; null if the leg said nothing of who asks; undefined if only the gateway said it. */
  readonly proof: LoggedLeg['caller']
}

/** A leg in the country's log. `requestId`: null if the leg did not name its request. `responseHash`: null for one that was rejected before its salt was read. */
export interface CountryLegRecord
  extends Pick<CountryLeg, 'requestId' | 'domain' | 'operationHash' | 'responseHash' | 'records'> {
  readonly index: number
  readonly leaf: string
  /** When the country logged it, in milliseconds since the epoch. */
  readonly timeMs: number
  readonly requestHash: string
  /** Whether the country rejected the complete leg. */
  readonly isRejected: boolean
  /** Whether the country did not know the question's document yet: then it gets the leg once more, with the document. */
  readonly isWithoutDocument: boolean
  /** Whether the country did not believe who asks. Then it names nobody. */
  readonly isUnbelieved: boolean
  readonly caller: Caller | null
  /** The country token by which the country knows the caller; undefined if it knows the caller from the gateway, or knows none. */
  readonly proof: CallerProof | undefined
  /** The hash of the question's statement under the leg's salt; absent or null if the country could not say. */
  readonly statement?: string | null | undefined
  /** The scopes in the leg's token, sorted. */
  readonly scopes: readonly string[]
  readonly grounds: LoggedGrounds | null
  /** Why the leg's details do not add up to its records; null if they do. */
  readonly fault: string | null
}

/** What both sides log of a country token. */
export type CallerProof = NonNullable<EntryOf<'leg'>['caller']>

/** What both sides log of a caller. Each side has a pseudonym of its own, which only that side can compare. */
export type Caller = Pick<NonNullable<CountryLeg['actor']>, 'country' | 'agency' | 'role' | 'client' | 'assurance'>

/** What both sides log of the grounds. The refs of cases are pseudonyms of each side. */
export interface LoggedGrounds
  extends Pick<NonNullable<CountryLeg['grounds']>, 'taskForce' | 'purpose' | 'legalBasis'> {
  readonly hasCase: boolean
}

/** Takes a request from its entry. */
export function toRequestRecord(entry: EntryOf<'request'>): GatewayRequestRecord {
  const { id, time, actor, grounds, result, continuations, operation, question } = entry
  return {
    id,
    timeMs: Date.parse(time),
    durationMs: result.durationMs,
    continuations,
    isAbandoned: result.isHangup || result.status >= 500,
    caller: toCaller(actor),
    grounds: toGrounds(grounds),
    ref: actor?.ref ?? null,
    tokenId: actor?.tokenId ?? null,
    tokenHash: actor?.tokenHash ?? null,
    statement: question?.statement ?? null,
    documentHash: operation?.documentHash ?? null,
    status: result.status,
    isRefused: result.status >= 400,
  }
}

/** Takes the legs to one country from an entry. A leg that was never sent has no entry in the country's log. */
export function toGatewayLegs(
  entry: EntryOf<'request'> | EntryOf<'continuation'>,
  country: string,
): readonly GatewayLegRecord[] {
  const requestId = entry.kind === 'request' ? entry.id : entry.of
  return entry.legs.flatMap((leg) => {
    if (leg.country !== country || leg.requestHash === null) return []
    const { domain, reach, code, operationHash, requestHash, responseHash, records, receipt } = leg
    const scopes = [...leg.granted.scopes].sort()
    const fields = { domain, reach, code, operationHash, requestHash, responseHash, records, receipt, scopes }
    return [{ requestId, timeMs: Date.parse(entry.time), ...fields, proof: leg.caller }]
  })
}

/** Takes a leg from the country's entry. Returns undefined for what was rejected before its token was verified: it belongs to no gateway. */
export function toCountryLeg(
  entry: EntryOf<'leg'>,
  place: { readonly index: number; readonly leaf: string; readonly fault: string | null },
): CountryLegRecord | undefined {
  const { requestId, domain, operationHash, requestHash, responseHash, records, actor, grounds, result } = entry
  if (requestHash === null) return undefined
  return {
    ...place,
    requestId,
    timeMs: Date.parse(entry.time),
    domain,
    operationHash,
    requestHash,
    responseHash,
    records,
    isRejected: result.code !== null || result.status >= 400,
    isWithoutDocument: result.code === 'DOCUMENT_UNKNOWN',
    isUnbelieved: result.code === 'CALLER_NOT_VERIFIED',
    caller: toCaller(actor),
    proof: entry.caller,
    statement: entry.statement,
    scopes: [...(actor?.scopes ?? [])].sort(),
    grounds: toGrounds(grounds),
  }
}

function toCaller(actor: EntryOf<'leg'>['actor']): Caller | null {
  if (actor === null) return null
  const { country, agency, role, client, assurance } = actor
  return { country, agency, role, client, assurance }
}

function toGrounds(grounds: EntryOf<'leg'>['grounds']): LoggedGrounds | null {
  if (grounds === null) return null
  const { taskForce, purpose, legalBasis, caseRef } = grounds
  return { taskForce, purpose, legalBasis, hasCase: caseRef !== null }
}
