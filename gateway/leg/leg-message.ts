/** What one attempt of a leg sends: headers, body, salt and the two tokens, the gateway's own and that of the caller's country. */
import { hash, randomBytes } from 'node:crypto'
import { ACCEPTED_ENCODINGS } from '../../contract/accepted-encodings.ts'
import { DEADLINE_HEADER, formatDeadline } from '../../contract/deadline.ts'
import { deriveLegSalt, formatLegSalt, LEG_SALT_BYTES, LEG_SALT_HEADER, saltedHash } from '../../contract/leg-salt.ts'
import type { GroundsPart } from '../../contract/leg-token.ts'
import { COUNTRY_TOKEN_HEADER } from '../../contract/trust/country-token.ts'
import type { Message } from '../../service/http/exchange.ts'
import type { Leg, RequestContext, SentCaller, SentLeg } from '../types/flow.ts'
import type { CountryTokens } from './country-tokens/country-tokens.ts'
import type { CountryToken } from './country-tokens/exchange-client.ts'
import type { LegClock } from './leg-clock.ts'
import { type Lacking, writeLegExtensions } from './leg-question.ts'
import { type SignLegToken, textOf } from './leg-token.ts'

/** A leg as it is asked: with its request, its clock, and what its attempts bring. */
export interface Asking {
  readonly leg: Leg
  readonly request: RequestContext
  readonly clock: LegClock
  readonly url: URL
  /** The headers of `AttemptOptions.headersOf`. A node that lacks something has not read the checkpoints in them, which are shown only once a second. */
  readonly added: Readonly<Record<string, string>>
  /** What the node lacked. */
  readonly brought: ReadonlySet<Lacking>
  /** Whether this is the second time, because the first message went to a connection that the node had closed. */
  readonly isResent: boolean
  /** Whether an audit log or receipts need to know what is sent. */
  readonly isHashed: boolean
}

/** A leg on its way: what is sent, the leg's salt, and what the entries of both sides say of the tokens in it. */
export interface LegMessage extends Message {
  /** Hash of the salt followed by the body; null if neither the audit log nor a receipt needs it. */
  readonly requestHash: string | null
  readonly salt: Uint8Array
  /** The salt as its header has it. */
  readonly saltText: string
  readonly shown: Pick<SentLeg, 'tokenHash' | 'caller'>
}

/** The headers of each leg. */
const HEADERS: readonly string[] = [
  ...['content-type', 'application/json'],
  ...['accept', 'application/graphql-response+json, application/json'],
  ...['accept-encoding', ACCEPTED_ENCODINGS],
]

/** Makes the message of one attempt, with a salt of its own. */
export function toMessage(asking: Asking, credentials: LegCredentials | null): LegMessage {
  const { leg, request, clock, url, added, isHashed } = asking
  const salt = drawSalt(request)
  const saltText = formatLegSalt(salt)
  const headers = [...HEADERS, ...(credentials === null ? [] : headersOfCredentials(credentials))]
  headers.push('istmo-request-id', request.requestId, DEADLINE_HEADER, formatDeadline(clock.leftMs()))
  headers.push(LEG_SALT_HEADER, saltText)
  for (const name in added) headers.push(name, added[name] as string)
  const body = writeBody(leg, extensionsOf(asking, credentials))
  const requestHash = isHashed ? saltedHash(salt, body) : null
  const shown = isHashed ? showCredentials(credentials, salt) : {}
  return { path: `${url.pathname}${url.search}`, headers, body, salt, saltText, requestHash, shown }
}

function extensionsOf({ leg, request, url, brought }: Asking, credentials: LegCredentials | null): object | undefined {
  if (request.question === undefined && brought.size === 0) return undefined
  const { countryToken, isNobody = false } = credentials ?? {}
  return writeLegExtensions(leg, request, url, { brought, proof: countryToken?.proof, isNobody })
}

/** Writes the body of a leg: the text of its query, which many legs have, is written as JSON once. */
function writeBody(leg: Leg, extensions: object | undefined): string {
  const end = extensions === undefined ? '}' : `,"extensions":${JSON.stringify(extensions)}}`
  return `${textOf(leg.query).opening}${leg.variablesJson ?? JSON.stringify(leg.variables)}${end}`
}

function showCredentials(credentials: LegCredentials | null, salt: Uint8Array): LegMessage['shown'] {
  if (credentials === null) return {}
  const { legToken, countryToken, isNobody } = credentials
  return {
    tokenHash: hash('sha256', legToken),
    ...(isNobody && { caller: null }),
    ...(countryToken !== null && { caller: showCaller(countryToken, salt) }),
  }
}

function showCaller({ token, claims }: CountryToken, salt: Uint8Array): SentCaller {
  const { iss: authority, jti: tokenId, mandate, question } = claims
  return {
    authority,
    tokenId,
    tokenHash: hash('sha256', token),
    mandate: Buffer.from(mandate.hash, 'base64url').toString('hex'),
    question: question === undefined ? null : saltedHash(salt, Buffer.from(question)),
  }
}

/** Draws the salt of a message: from the salt of the request, if the audit log keeps one. */
function drawSalt({ trail }: RequestContext): Uint8Array {
  if (trail === undefined) return randomBytes(LEG_SALT_BYTES)
  trail.legSalts += 1
  return deriveLegSalt(trail.salt, trail.legSalts)
}

/** What a leg shows of the gateway and of its caller. */
export interface LegCredentials {
  readonly legToken: string
  /** Null if the leg says nothing of who asks, or if the gateway vouches for the caller itself. */
  readonly countryToken: CountryToken | null
  /** Whether somebody asks and the leg does not say who. */
  readonly isNobody: boolean
}

/** What {@link credentialsFor} works with. */
export interface CredentialOptions {
  readonly signLegToken: SignLegToken
  /** Without it, the gateway vouches for all callers itself. */
  readonly countryTokens?: CountryTokens
}

const NO_RIGHTS = { scopes: [], policies: [] }
const NO_PARTS: readonly GroundsPart[] = []

/**
 * Makes the tokens of one leg. Callers of an authority go to a country with a country token or not at all: without one, the leg token names nobody. So it
 * is too if the country would refuse whoever the leg names, and the leg asks only what everybody may read.
 * @param brought what the country lacked: the proof of the caller's mandate, perhaps.
 * @returns null for a subgraph that no country publishes.
 * @throws {AuthorityUnavailable} or {ExchangeRefused}.
 */
export async function credentialsFor(
  { signLegToken, countryTokens }: CredentialOptions,
  leg: Leg,
  request: RequestContext,
  clock: LegClock,
  brought: ReadonlySet<Lacking>,
): Promise<LegCredentials | null> {
  const { country, isForNobody = false } = leg
  if (country === null) return null
  const isServed = countryTokens?.serves(request.caller) === true
  const proof = brought.has('mandateProof') ? 'needed' : undefined
  const countryToken = isServed && !isForNobody ? await countryTokens.tokenFor(request, country, clock, proof) : null
  const isNobody = isServed && countryToken === null
  const legToken = await signLegToken({
    caller: isNobody ? null : request.caller,
    grounds: request.grounds,
    rights: leg.rights ?? NO_RIGHTS,
    reads: leg.endpoint.groundsRead ?? NO_PARTS,
    use: leg.endpoint.legTokens ?? 'reuse',
    country,
    countryToken,
    query: leg.query,
  })
  return { legToken, countryToken, isNobody }
}

/** Lists the headers that carry the tokens: names and values in turn. */
export function headersOfCredentials({ legToken, countryToken }: LegCredentials): readonly string[] {
  const own = ['authorization', `Bearer ${legToken}`]
  return countryToken === null ? own : [...own, COUNTRY_TOKEN_HEADER, countryToken.token]
}
