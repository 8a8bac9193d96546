/** One attempt of a leg: its token, its message, its answer and its receipt. */
import { hash } from 'node:crypto'
import { errors } from 'undici'
import { DEADLINE_HEADER, formatDeadline } from '../../contract/deadline.ts'
import { deriveLegSalt, formatLegSalt, LEG_SALT_BYTES, LEG_SALT_HEADER, saltedHash } from '../../contract/leg-salt.ts'
import { RECEIPT_HEADER } from '../../contract/receipt.ts'
import type { Channel, TlsPools } from '../../service/http/tls-pools.ts'
import type {
  CheckReceipt,
  HeldReceipt,
  Leg,
  LegAnswer,
  RequestContext,
  SentCaller,
  SentLeg,
  TakeTurn,
} from '../types/flow.ts'
import type { LegEvidence } from '../types/question.ts'
import type { CountryToken } from './country-tokens/exchange-client.ts'
import { type AnswerHeaders, exchange, type Message } from './exchange.ts'
import { type LegClock, LegEnded } from './leg-clock.ts'
import { addCredentials, type CredentialOptions, credentialsFor, type LegCredentials } from './leg-credentials.ts'
import { LACKING, type Lacking, writeLegExtensions } from './leg-extensions.ts'
import { channelOf, type Line, lineTo } from './leg-line.ts'
import { ReceiptInvalid, systemCodeOf } from './leg-outcome.ts'
import { textOf } from './query-texts.ts'
import { drawRandomBytes } from './random-bytes.ts'
import { type AnswerReader, beginAnswer, type ReadAnswer, type Reading } from './read-answer.ts'
import type { BudgetOf } from './reading-budget.ts'
import { RejectedByNode } from './rejection.ts'
import { createTextMemory } from './text-memory.ts'

/** What an attempt needs, besides the leg and the request that it belongs to. */
export interface AttemptOptions extends CredentialOptions {
  /** Returns the headers that a leg carries in addition to those of the contract. */
  readonly headersOf?: (leg: Leg) => Readonly<Record<string, string>>
  /** Called with the headers of each answer that came. */
  readonly noteHeaders?: (leg: Leg, headers: Readonly<Record<string, string | string[] | undefined>>) => void
  /** Checks receipts. Without it, the gateway ignores them. */
  readonly checkReceipt?: CheckReceipt
  /** Returns how many entries the audit log of the leg's country has, as far as the gateway knows. Without it, nothing is known. */
  readonly knownSizeOf?: (leg: Leg) => number
}

/** What an attempt shares with other attempts of the process. */
export interface SharedReading {
  readonly channelTo: TlsPools['channelTo']
  readonly budgetOf: BudgetOf
  readonly takeTurn: TakeTurn
}

/** A leg as it is asked: with its request, its clock, and what its attempts bring. */
interface Asking {
  readonly leg: Leg
  readonly request: RequestContext
  readonly clock: LegClock
  readonly line: Line
  /** The headers of {@link AttemptOptions.headersOf}. A node that lacks something has not read the checkpoints in them, which are shown only once a second. */
  readonly added: Readonly<Record<string, string>>
  /** What the node lacked. */
  readonly brought: ReadonlySet<Lacking>
  /** Whether an audit log or receipts need to know what is sent. */
  readonly isHashed: boolean
}

const NOTHING: ReadonlySet<Lacking> = new Set()
const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({})

/**
 * Sends a leg to its endpoint and reads the answer. A node that does not know the caller's mandate or the document of the signed question yet says
 * so before it runs anything. The leg then goes once more, with what it lacked.
 *
 * @param clock ends the attempt at any point.
 * @throws {LegEnded} if the clock ended it; `BadAnswer`, `RejectedByNode`, `RecordsUnavailable` or `ReceiptInvalid`; `AuthorityUnavailable` or
 * `ExchangeRefused`; undici's error of a connection. `toOutcome` understands all of them.
 */
export async function askCountry(
  options: AttemptOptions,
  shared: SharedReading,
  leg: Leg,
  request: RequestContext,
  clock: LegClock,
): Promise<LegAnswer> {
  const added = options.headersOf?.(leg) ?? NO_HEADERS
  const isHashed = request.trail !== undefined || options.checkReceipt !== undefined
  let asking: Asking = { leg, request, clock, line: lineTo(leg.endpoint), added, brought: NOTHING, isHashed }
  for (;;) {
    try {
      return await askOnce(options, shared, asking)
    } catch (error) {
      const lacking = error instanceof RejectedByNode ? LACKING.get(error.code ?? '') : undefined
      if (lacking === undefined || asking.brought.has(lacking)) throw error
      asking = { ...asking, brought: new Set([...asking.brought, lacking]) }
    }
  }
}

async function askOnce(options: AttemptOptions, shared: SharedReading, asking: Asking): Promise<LegAnswer> {
  const { leg, request, clock, line } = asking
  if (clock.ending !== null) throw new LegEnded()
  // The channel comes before the message, because a token may name the certificate that the channel shows.
  const channel = channelOf(shared.channelTo, leg.endpoint)
  const credentials = leg.country === null ? null : await credentialsFor(options, leg, request, clock, asking.brought)
  const attempt = new Attempt(options, shared, asking, toMessage(asking, credentials))
  try {
    const reader = await sendWithRetry(options, shared, asking, attempt, channel)
    const read = await reader.finish()
    noteBelief(options, leg, request, credentials, null)
    if (read.given !== undefined) request.question?.given?.keep(read.given, line.url.origin)
    return attempt.addEvidence(read)
  } catch (error) {
    noteBelief(options, leg, request, credentials, error)
    throw error
  }
}

/** Sends a query again, once and on another connection, if the node had closed the kept-alive connection. Never resends a mutation. */
async function sendWithRetry(
  options: AttemptOptions,
  { channelTo }: SharedReading,
  asking: Asking,
  attempt: Attempt,
  channel: Channel,
): Promise<AnswerReader> {
  const { leg, request, clock, brought } = asking
  try {
    return await exchange(channel, attempt.message, attempt.onHead, clock)
  } catch (error) {
    if (attempt.hasHead || leg.kind !== 'query' || !isConnectionReset(error)) throw error
    const channel = channelOf(channelTo, leg.endpoint)
    // With a salt of its own: the node may have read the first message, and it rejects a salt that it knows.
    const again = leg.country === null ? null : await credentialsFor(options, leg, request, clock, brought)
    return exchange(channel, attempt.replace(toMessage(asking, again)), attempt.onHead, clock)
  }
}

/** One message to a node, or the message that replaced it, and what its answer says besides its data. */
class Attempt {
  /** Whether an answer has begun. */
  hasHead = false
  message: LegMessage
  readonly #options: AttemptOptions
  readonly #asking: Asking
  readonly #reading: Reading
  /** What the audit log and receipts need to know about the leg. Null if there are neither. */
  readonly #sent: SentLeg | null
  #receipt: string | string[] | undefined
  /** The answer's body, if the caller asked for evidence. */
  #text: string | null = null

  constructor(options: AttemptOptions, shared: SharedReading, asking: Asking, message: LegMessage) {
    const { leg, request } = asking
    this.#options = options
    this.#asking = asking
    this.message = message
    this.#sent = noteSent(leg, request, message, options)
    this.#reading = {
      maxBytes: leg.endpoint.maxAnswerBytes,
      budget: shared.budgetOf(leg, request),
      takeTurn: (step) => shared.takeTurn(request, step),
      takeBody: leg.takeBody,
      onBody: this.#sent === null && request.evidence === undefined ? undefined : (bytes) => this.#noteBody(bytes),
    }
  }

  readonly onHead = (status: number, headers: AnswerHeaders): AnswerReader => {
    this.hasHead = true
    this.#receipt = headers[RECEIPT_HEADER_KEY]
    this.#options.noteHeaders?.(this.#asking.leg, headers)
    return beginAnswer(status, headers, this.#reading)
  }

  replace(message: LegMessage): LegMessage {
    this.message = message
    const { requestHash, salt, shown } = message
    if (this.#sent !== null && requestHash !== null) Object.assign(this.#sent, { requestHash, salt }, shown)
    return message
  }

  #noteBody(bytes: Uint8Array): void {
    const { leg, request } = this.#asking
    if (request.evidence !== undefined) this.#text = Buffer.from(bytes).toString('utf8')
    const sent = this.#sent
    if (sent === null) return
    sent.responseHash = saltedHash(sent.salt, bytes)
    sent.receipt = checkReceiptOf(this.#options.checkReceipt, leg, sent, request, this.#receipt)
  }

  addEvidence(read: ReadAnswer): LegAnswer {
    const { leg } = this.#asking
    if (this.#text === null || leg.country === null) return read
    return { ...read, evidence: evidenceOf(leg.country, leg, this.message, this.#text, this.#receipt) }
  }
}

const RECEIPT_HEADER_KEY = RECEIPT_HEADER.toLowerCase()

/** Notes whether the country believed the caller's token, as far as the end of the leg says it. */
function noteBelief(
  { countryTokens }: AttemptOptions,
  { country }: Leg,
  request: RequestContext,
  credentials: LegCredentials | null,
  error: unknown,
): void {
  const token = credentials?.countryToken ?? null
  if (countryTokens === undefined || country === null || token === null) return
  if (error === null) countryTokens.noteTaken(request, country)
  else if (error instanceof RejectedByNode && error.code === 'CALLER_NOT_VERIFIED') {
    countryTokens.noteRefused(request, country, token)
  }
}

/** A leg on its way: what is sent, the leg's salt, and what the entries of both sides say of the tokens in it. */
interface LegMessage extends Message {
  /** The body as text. */
  readonly text: string
  /** Hash of the salt followed by the body; null if neither the audit log nor a receipt needs it. */
  readonly requestHash: string | null
  readonly salt: Uint8Array
  readonly shown: Pick<SentLeg, 'tokenHash' | 'caller'>
}

function toMessage(asking: Asking, credentials: LegCredentials | null): LegMessage {
  const { leg, request, clock, line, added, isHashed } = asking
  const salt = drawSalt(request)
  const headers = [
    ...line.headers,
    ...['istmo-request-id', request.requestId],
    ...[DEADLINE_HEADER, formatDeadline(clock.leftMs())],
    ...[LEG_SALT_HEADER, formatLegSalt(salt)],
  ]
  for (const name in added) headers.push(name, added[name] as string)
  if (credentials !== null) addCredentials(headers, credentials)
  const text = writeBody(leg, extensionsOf(asking, credentials))
  const common = { path: line.path, headers, text, salt }
  if (!isHashed) return { ...common, body: text, requestHash: null, shown: NO_CREDENTIALS }
  const salted = Buffer.allocUnsafe(LEG_SALT_BYTES + Buffer.byteLength(text))
  salted.set(salt)
  salted.write(text, LEG_SALT_BYTES)
  const body = salted.subarray(LEG_SALT_BYTES)
  return { ...common, body, requestHash: hash('sha256', salted), shown: showCredentials(credentials, salt) }
}

function extensionsOf({ leg, request, line, brought }: Asking, credentials: LegCredentials | null): object | undefined {
  if (request.question === undefined && brought.size === 0) return undefined
  const { countryToken, isNobody = false } = credentials ?? {}
  return writeLegExtensions(leg, request, line.url, { brought, proof: countryToken?.proof, isNobody })
}

/** Writes the body of a leg: the text of its query, which many legs have, is written as JSON once. */
function writeBody(leg: Leg, extensions: object | undefined): string {
  const end = extensions === undefined ? '}' : `,"extensions":${JSON.stringify(extensions)}}`
  return `${textOf(leg.query).opening}${writeVariables(leg)}${end}`
}

function writeVariables({ variables, representations }: Leg): string {
  if (representations === undefined) return JSON.stringify(variables)
  let others = ''
  for (const name of Object.keys(variables)) {
    if (name !== 'representations') others += `${JSON.stringify(name)}:${JSON.stringify(variables[name])},`
  }
  return `{${others}"representations":${representations}}`
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
const hashOfToken = createTextMemory((token) => hash('sha256', token), 1_000_000)

const described = new WeakMap<CountryToken, Omit<SentCaller, 'question'>>()

/** Describes a token for the entries of both sides, once: all its legs say the same of it. */
function describeToken(token: CountryToken): Omit<SentCaller, 'question'> {
  const known = described.get(token)
  if (known !== undefined) return known
  const { iss: authority, jti: tokenId, mandate } = token.claims
  const made = {
    ...{ authority, tokenId, tokenHash: hash('sha256', token.token) },
    mandate: Buffer.from(mandate.hash, 'base64url').toString('hex'),
  }
  described.set(token, made)
  return made
}

/** Draws the salt of a message: from the salt of the request, if the audit log keeps one. */
function drawSalt({ trail }: RequestContext): Uint8Array {
  if (trail === undefined) return drawRandomBytes(LEG_SALT_BYTES)
  trail.legSalts += 1
  return deriveLegSalt(trail.salt, trail.legSalts)
}

function evidenceOf(
  country: string,
  { domain }: Leg,
  { salt, text }: LegMessage,
  answer: string,
  header: string | string[] | undefined,
): LegEvidence {
  const receipt = typeof header === 'string' ? header : null
  return { country, domain, salt: Buffer.from(salt).toString('base64url'), request: text, answer, receipt }
}

/** Notes what the audit log and receipts need to know about a leg. Null if there are neither. */
function noteSent(
  leg: Leg,
  { trail }: RequestContext,
  message: LegMessage,
  { knownSizeOf }: AttemptOptions,
): SentLeg | null {
  const { requestHash, salt } = message
  if (requestHash === null) return null
  const sent = { operationHash: textOf(leg.query).hash(), requestHash, salt, ...message.shown }
  const noted: SentLeg = { ...sent, countrySize: knownSizeOf?.(leg) ?? 0, responseHash: null, receipt: null }
  trail?.sent.set(leg, noted)
  return noted
}

function isConnectionReset(error: unknown): boolean {
  // A connection without any received byte was not kept alive: the node does not answer, and would not answer a second time.
  if (error instanceof errors.SocketError) return (error.socket?.bytesRead ?? 0) > 0
  return systemCodeOf(error) === 'ECONNRESET' || systemCodeOf(error) === 'EPIPE'
}

function checkReceiptOf(
  check: CheckReceipt | undefined,
  leg: Leg,
  sent: SentLeg,
  { requestId }: RequestContext,
  header: string | string[] | undefined,
): HeldReceipt | null {
  if (check === undefined) return null
  try {
    return check(leg, sent, requestId, typeof header === 'string' ? header : undefined)
  } catch (cause) {
    throw new ReceiptInvalid(cause instanceof Error ? cause.message : 'the receipt does not hold', { cause })
  }
}
