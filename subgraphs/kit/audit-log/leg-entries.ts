import { hash } from 'node:crypto'
import { type PseudonymKeys, pseudonymOf } from '../../../audit/pseudonym/pseudonym.ts'
import type { EntryOf } from '../../../contract/audit-log/entry.ts'
import { MAX_LEG_ENTRY_BYTES, MAX_REFS } from '../../../contract/audit-log/node-entries.ts'
import type { Domain } from '../../../contract/domain.ts'
import { saltedHash } from '../../../contract/leg-salt.ts'
import type { LegClaims, VerifiedCaller } from '../../../contract/leg-token.ts'
import { createUuidV7, isUuidV7 } from '../../../contract/uuid-v7.ts'
import type { RuleHashes } from '../../../service/audit-log/describe-rules.ts'
import { ownRecordsOf } from '../own-records.ts'

/** A leg whose token was verified, at its end. */
export interface EndedLeg {
  readonly domain: Domain
  readonly claims: LegClaims
  /** SHA-256 of the leg token as received, in hexadecimal digits. */
  readonly tokenHash: string
  /** The header `Istmo-Request-Id` as received. */
  readonly requestId: string | undefined
  readonly query: string
  readonly coordinates: readonly string[]
  /** The question statement that the leg came with, as received; undefined if it came with none. */
  readonly question: string | undefined
  /** The request's body as received. */
  readonly body: Uint8Array
  readonly status: number
  /** The code with which the node rejected the complete leg; null if it answered the leg. */
  readonly code: string | null
  readonly denied: EntryOf<'leg'>['result']['denied']
  /** The answer's data; undefined if there are none. */
  readonly data: unknown
  /** The answer's body before content coding. */
  readonly answer: string
  /** The salt that the leg carried; null if it had no valid salt of its own, and was rejected. Then its entry has no hashes. */
  readonly salt: Uint8Array | null
  /** The rules and policies by which the leg was decided. Default: those of the log's sources. */
  readonly rules?: RuleHashes
}

/** What leg entries are made from, besides the leg. */
export interface LegSources {
  /** The log's origin. */
  readonly node: string
  readonly country: string
  readonly keys: PseudonymKeys
  /** The rules and policies that decide. */
  readonly rules: RuleHashes
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** The longest text that an entry copies from a token, in UTF-16 code units. */
const MAX_LABEL = 200

/** The largest number of coordinates in one detail entry. */
const MAX_COORDINATES = 150

/**
 * Makes the entries of a leg, in the order in which the node writes them: the details first, then the leg's own entry, which says how
 * many details there are. The receipt proves the leg's own entry.
 */
export function legEntries(leg: EndedLeg, sources: LegSources): readonly [...EntryOf<'leg-detail'>[], EntryOf<'leg'>] {
  const records = recordRefs(leg.data, sources.country, sources.keys, leg.salt)
  const entry = legEntry(leg, records, sources)
  // The canonical form has the same members in another order.
  const room =
    MAX_LEG_ENTRY_BYTES - Buffer.byteLength(JSON.stringify({ ...entry, moreCoordinates: 9_999, details: 9_999 }))
  const fitting = countFitting(leg.coordinates, room)
  const rest = leg.coordinates.slice(fitting)
  const details = detailEntries(entry, records.refs, rest)
  return [
    ...details,
    { ...entry, coordinates: leg.coordinates.slice(0, fitting), moreCoordinates: rest.length, details: details.length },
  ]
}

function legEntry(leg: EndedLeg, { refs, hash: refsHash }: RecordRefs, sources: LegSources): EntryOf<'leg'> {
  const { domain, claims, tokenHash, requestId, query, body, status, code, denied, answer, salt } = leg
  const { node, country, now } = sources
  const { caller, ...by } = callerPart(claims, sources.keys)
  return {
    v: 2,
    kind: 'leg',
    id: createUuidV7(now),
    time: new Date(now).toISOString(),
    node,
    country,
    domain,
    gateway: label(claims.iss),
    tokenId: label(claims.jti),
    tokenHash,
    requestId: requestId !== undefined && isUuidV7(requestId) ? requestId : null,
    ...by,
    ...(caller !== null && { caller: { ...caller, question: questionHash(claims.verified, salt) } }),
    ...(leg.question !== undefined && { statement: statementHash(leg.question, salt) }),
    operationHash: hash('sha256', query),
    requestHash: salt && saltedHash(salt, body),
    responseHash: salt && saltedHash(salt, answer),
    coordinates: [],
    moreCoordinates: 0,
    ...(leg.rules ?? sources.rules),
    result: { status, code, denied },
    records: { count: refs.length, hash: refsHash },
    details: 0,
  }
}

/** What an entry says of who asks. */
interface CallerPart extends Pick<EntryOf<'leg'>, 'actor' | 'grounds'> {
  /** The same as in the gateway's entry of the leg, without the question. Null if nobody has verified the caller. */
  readonly caller: Omit<NonNullable<EntryOf<'leg'>['caller']>, 'question'> | null
}

const callerParts = new WeakMap<LegClaims, { readonly keys: PseudonymKeys; readonly part: CallerPart }>()

/** Remembers what entries say of who asks, as long as the leg's claims are remembered: it depends on them and on the keys. */
function callerPart(claims: LegClaims, keys: PseudonymKeys): CallerPart {
  const known = callerParts.get(claims)
  if (known?.keys === keys) return known.part
  const { verified } = claims
  const caller = verified === undefined ? null : callerProof(verified)
  const part = { actor: actorOf(claims, keys), grounds: groundsOf(claims, keys), caller }
  callerParts.set(claims, { keys, part })
  return part
}

function callerProof({ authority, tokenId, tokenHash, mandate }: VerifiedCaller): CallerPart['caller'] {
  return { authority: cut(authority), tokenId: cut(tokenId), tokenHash: toHex(tokenHash), mandate: toHex(mandate) }
}

function questionHash(verified: VerifiedCaller | undefined, salt: Uint8Array | null): string | null {
  const question = verified?.question
  return question === undefined || salt === null ? null : saltedHash(salt, question)
}

function toHex(base64url: string): string {
  return Buffer.from(base64url, 'base64url').toString('hex')
}

function actorOf(claims: LegClaims, keys: PseudonymKeys): EntryOf<'leg'>['actor'] {
  const {
    caller_iss: issuer,
    caller_jti: tokenId,
    caller_token: token,
    sub,
    org,
    scope,
    client_id: client,
    acr,
    verified,
  } = claims
  if (issuer === undefined) return null
  return {
    country: org?.country ?? null,
    agency: label(org?.agency),
    role: label(org?.role),
    scopes: scope.split(' ').flatMap((one) => label(one) ?? []),
    ref: pseudonymOf('actor', `${issuer} ${sub}`, keys),
    client: label(client),
    // The caller's own token never leaves the gateway. Its id and its hash are in the leg token.
    // The access token is the same in every country, so a country that has verified a country token of its own notes that one (`caller`).
    tokenId: verified === undefined ? label(tokenId) : null,
    ...(token !== undefined && { tokenHash: Buffer.from(token, 'base64url').toString('hex') }),
    assurance: label(acr),
  }
}

function groundsOf({ mandate, grounds }: LegClaims, keys: PseudonymKeys): EntryOf<'leg'>['grounds'] {
  if (mandate === undefined && grounds === undefined) return null
  return {
    taskForce: label(mandate?.task_force),
    purpose: grounds?.purpose ?? null,
    legalBasis: (grounds?.legalBasis ?? []).flatMap((basis) => label(basis) ?? []),
    caseRef: grounds?.case === undefined ? null : pseudonymOf('case', grounds.case, keys),
  }
}

function statementHash(text: string, salt: EndedLeg['salt']): string | null {
  const [jwt = ''] = text.split('~', 1)
  return salt && saltedHash(salt, jwt)
}

/** Counts the coordinates, from the first on, that have room in `room` bytes. */
function countFitting(coordinates: readonly string[], room: number): number {
  let left = room
  const at = coordinates.findIndex((coordinate) => {
    left -= coordinate.length + 3
    return left < 0
  })
  return at < 0 ? coordinates.length : at
}

function detailEntries(
  { id: of, time, node }: EntryOf<'leg'>,
  refs: readonly string[],
  coordinates: readonly string[],
): readonly EntryOf<'leg-detail'>[] {
  const parts = Math.max(Math.ceil(refs.length / MAX_REFS), Math.ceil(coordinates.length / MAX_COORDINATES))
  return Array.from({ length: parts }, (_, at) => ({
    v: 1,
    kind: 'leg-detail',
    id: createUuidV7(Date.parse(time)),
    time,
    node,
    of,
    part: at + 1,
    refs: refs.slice(at * MAX_REFS, (at + 1) * MAX_REFS),
    coordinates: coordinates.slice(at * MAX_COORDINATES, (at + 1) * MAX_COORDINATES),
  }))
}

function label(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : cut(text)
}

function cut(text: string): string {
  return text.slice(0, MAX_LABEL).toWellFormed()
}

/**
 * The refs of the records that an answer names, each once, sorted; and the hash of the refs, each followed by a newline, under the leg's salt.
 * Without the salt, equal hashes of two legs would tell that they returned the same records.
 */
export interface RecordRefs {
  readonly refs: readonly string[]
  /** Null for a leg without a salt. */
  readonly hash: string | null
}

/**
 * Makes the refs of the country's own records in an answer's data, under the country's key. It finds each id of the country in the
 * data, and ignores the ids of other countries, because this country does not make refs of their records.
 */
export function recordRefs(data: unknown, country: string, keys: PseudonymKeys, salt: Uint8Array | null): RecordRefs {
  const known = refsUnder(keys)
  const refs: string[] = []
  for (const id of ownRecordsOf(data, country)) {
    let ref = known.get(id)
    if (ref === undefined) {
      ref = pseudonymOf('record', id, keys)
      if (known.size >= MAX_KNOWN) known.clear()
      known.set(id, ref)
    }
    refs.push(ref)
  }
  refs.sort()
  return { refs, hash: salt && saltedHash(salt, refs.map((ref) => `${ref}\n`).join('')) }
}

/**
 * How many refs are remembered: pages and nested questions name the same records again. An id with its ref takes about 200 bytes. All are forgotten
 * when there are so many, because to know which was used last costs as much as a good part of a ref.
 */
const MAX_KNOWN = 20_000

const refsByKeys = new WeakMap<PseudonymKeys, Map<string, string>>()

/** The refs of records that were made under these keys, by their ids. Other keys, as after a rotation, have refs of their own. */
function refsUnder(keys: PseudonymKeys): Map<string, string> {
  const known = refsByKeys.get(keys)
  if (known !== undefined) return known
  const made = new Map<string, string>()
  refsByKeys.set(keys, made)
  return made
}
