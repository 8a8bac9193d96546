/** What one attempt of a leg sends: headers, body, salt and tokens. */
import { hash } from 'node:crypto'
import { ACCEPTED_ENCODINGS } from '../../contract/accepted-encodings.ts'
import { DEADLINE_HEADER, formatDeadline } from '../../contract/deadline.ts'
import { deriveLegSalt, formatLegSalt, LEG_SALT_BYTES, LEG_SALT_HEADER, saltedHash } from '../../contract/leg-salt.ts'
import { takeRandom } from '../../contract/random-pool.ts'
import { rememberByObject } from '../../contract/remember-by-object.ts'
import { rememberByText } from '../../contract/remember-by-text.ts'
import type { Message } from '../../service/http/exchange.ts'
import type { Channel, TlsPools } from '../../service/http/tls-pools.ts'
import type { Leg, RequestContext, SentCaller, SentLeg } from '../types/flow.ts'
import type { Endpoint } from '../types/participant.ts'
import type { CountryToken } from './country-tokens/exchange-client.ts'
import type { LegClock } from './leg-clock.ts'
import { headersOfCredentials, type LegCredentials } from './leg-credentials.ts'
import { type Lacking, writeLegExtensions } from './leg-question.ts'
import { textOf } from './leg-token.ts'

/** An endpoint, ready to be asked. */
export interface Line {
  readonly url: URL
  readonly path: string
}

/** The headers of each leg, names and values in turn. */
const LEG_HEADERS: readonly string[] = Object.freeze([
  ...['content-type', 'application/json'],
  ...['accept', 'application/graphql-response+json, application/json'],
  ...['accept-encoding', ACCEPTED_ENCODINGS],
])

/** Returns what legs to this endpoint have in common. */
export const lineTo = rememberByObject((endpoint: Endpoint): Line => {
  const url = new URL(endpoint.url)
  return Object.freeze({ url, path: url.pathname + url.search })
})

/** Returns the connections to an endpoint as they are now: they change with certificates and settings. */
export function channelOf(channelTo: TlsPools['channelTo'], endpoint: Endpoint): Channel {
  return channelTo(lineTo(endpoint).url, endpoint.tls)
}

/** A leg as it is asked: with its request, its clock, and what its attempts bring. */
export interface Asking {
  readonly leg: Leg
  readonly request: RequestContext
  readonly clock: LegClock
  readonly line: Line
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
  /** The body as text. */
  readonly text: string
  /** Hash of the salt followed by the body; null if neither the audit log nor a receipt needs it. */
  readonly requestHash: string | null
  readonly salt: Uint8Array
  /** The salt as its header has it. */
  readonly saltText: string
  readonly shown: Pick<SentLeg, 'tokenHash' | 'caller'>
}

/** Makes the message of one attempt, with a salt of its own. */
export function toMessage(asking: Asking, credentials: LegCredentials | null): LegMessage {
  const { leg, request, clock, line, added, isHashed } = asking
  const salt = drawSalt(request)
  const saltText = formatLegSalt(salt)
  const headers = [
    ...LEG_HEADERS,
    ...(credentials === null ? [] : headersOfCredentials(credentials)),
    'istmo-request-id',
    request.requestId,
    DEADLINE_HEADER,
    formatDeadline(clock.leftMs()),
    LEG_SALT_HEADER,
    saltText,
  ]
  for (const name in added) headers.push(name, added[name] as string)
  const text = writeBody(leg, extensionsOf(asking, credentials))
  const { path } = line
  if (!isHashed) return { path, headers, text, salt, saltText, body: text, requestHash: null, shown: NO_CREDENTIALS }
  const salted = Buffer.allocUnsafe(LEG_SALT_BYTES + Buffer.byteLength(text))
  salted.set(salt)
  salted.write(text, LEG_SALT_BYTES)
  const body = salted.subarray(LEG_SALT_BYTES)
  const requestHash = hash('sha256', salted)
  return { path, headers, text, salt, saltText, body, requestHash, shown: showCredentials(credentials, salt) }
}

function extensionsOf({ leg, request, line, brought }: Asking, credentials: LegCredentials | null): object | undefined {
  if (request.question === undefined && brought.size === 0) return undefined
  const { countryToken, isNobody = false } = credentials ?? {}
  return writeLegExtensions(leg, request, line.url, { brought, proof: countryToken?.proof, isNobody })
}

/** Writes the body of a leg: the text of its query, which many legs have, is written as JSON once. */
function writeBody(leg: Leg, extensions: object | undefined): string {
  const end = extensions === undefined ? '}' : `,"extensions":${JSON.stringify(extensions)}}`
  return `${textOf(leg.query).opening}${leg.variablesJson ?? JSON.stringify(leg.variables)}${end}`
}

const NO_CREDENTIALS: LegMessage['shown'] = Object.freeze({})

function showCredentials(credentials: LegCredentials | null, salt: Uint8Array): LegMessage['shown'] {
  if (credentials === null) return NO_CREDENTIALS
  const { legToken, countryToken, isNobody } = credentials
  return {
    tokenHash: hashOfToken(legToken),
    ...(isNobody && { caller: null }),
    ...(countryToken !== null && { caller: showCaller(countryToken, salt) }),
  }
}

function showCaller(token: CountryToken, salt: Uint8Array): SentCaller {
  const { question } = token.claims
  return {
    ...describeToken(token),
    question: question === undefined ? null : saltedHash(salt, Buffer.from(question)),
  }
}

/** Leg tokens are kept for a minute at most, and many legs carry the same one. */
const hashOfToken = rememberByText((token) => hash('sha256', token), { maxTexts: 1_000, maxLength: 4_000 })

/** Describes a token for the entries of both sides, once: all its legs say the same of it. */
const describeToken = rememberByObject(({ token, claims }: CountryToken): Omit<SentCaller, 'question'> => {
  const { iss: authority, jti: tokenId, mandate } = claims
  const hashOfMandate = Buffer.from(mandate.hash, 'base64url').toString('hex')
  return { authority, tokenId, tokenHash: hash('sha256', token), mandate: hashOfMandate }
})

/** Draws the salt of a message: from the salt of the request, if the audit log keeps one. */
function drawSalt({ trail }: RequestContext): Uint8Array {
  if (trail === undefined) return takeRandom(LEG_SALT_BYTES)
  trail.legSalts += 1
  return deriveLegSalt(trail.salt, trail.legSalts)
}
