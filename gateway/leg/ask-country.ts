/** One attempt of a leg: its token, its message, its answer and its receipt. */
import { hash, randomBytes } from 'node:crypto'
import { type Dispatcher, errors } from 'undici'
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
import type { LegClock } from './leg-clock.ts'
import { type CredentialOptions, credentialHeaders, credentialsFor, type LegCredentials } from './leg-credentials.ts'
import { LACKING, type Lacking, writeLegExtensions } from './leg-extensions.ts'
import { ReceiptInvalid, systemCodeOf } from './leg-outcome.ts'
import { ACCEPTED_ENCODINGS, readAnswer } from './read-answer.ts'
import type { BudgetOf } from './reading-budget.ts'
import { RejectedByNode } from './rejection.ts'

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

/**
 * Sends a leg to its endpoint and reads the answer. A node that does not know the caller's mandate or the document of the signed question yet says
 * so before it runs anything. The leg then goes once more, with what it lacked.
 *
 * @param clock ends the attempt at any point.
 * @throws the reason of the clock's signal; `BadAnswer`, `RejectedByNode`, `RecordsUnavailable` or `ReceiptInvalid`; `AuthorityUnavailable` or
 * `ExchangeRefused`; undici's error of a connection. `toOutcome` understands all of them.
 */
export async function askCountry(
  options: AttemptOptions,
  shared: SharedReading,
  leg: Leg,
  request: RequestContext,
  clock: LegClock,
): Promise<LegAnswer> {
  const brought = new Set<Lacking>()
  // Each time with the same headers: a node that lacks something has not read the checkpoints in them, which are shown only once a second.
  const headers = options.headersOf?.(leg) ?? {}
  const same = { ...options, headersOf: () => headers }
  for (;;) {
    try {
      return await askOnce(same, shared, leg, request, { clock, brought })
    } catch (error) {
      const lacking = error instanceof RejectedByNode ? LACKING.get(error.code ?? '') : undefined
      if (lacking === undefined || brought.has(lacking)) throw error
      brought.add(lacking)
    }
  }
}

async function askOnce(
  options: AttemptOptions,
  { channelTo, budgetOf, takeTurn }: SharedReading,
  leg: Leg,
  request: RequestContext,
  { clock, brought }: Pick<MessageParts, 'clock' | 'brought'>,
): Promise<LegAnswer> {
  clock.signal.throwIfAborted()
  const url = new URL(leg.endpoint.url)
  // The channel comes before the message, because a token may name the certificate that the channel shows.
  const channel = channelTo(url, leg.endpoint.tls)
  const credentials = await credentialsFor(options, leg, request, clock, brought)
  const message = toMessage(options, leg, request, url, { clock, credentials, brought })
  let last = message
  const sent = noteSent(leg, request, message, options)
  const answer = await sendWithRetry(channel, message, leg, async () => {
    const channel = channelTo(url, leg.endpoint.tls)
    // With a salt of its own: the node may have read the first message, and it rejects a salt that it knows.
    const again = await credentialsFor(options, leg, request, clock, brought)
    last = toMessage(options, leg, request, url, { clock, credentials: again, brought })
    if (sent !== null) Object.assign(sent, hashRequest(last), last.shown)
    return channel.pool.request(last)
  })
  const { statusCode: status, headers, body } = answer
  options.noteHeaders?.(leg, headers)
  let text: string | null = null
  const onBody = (bytes: Uint8Array): void => {
    if (request.evidence !== undefined) text = Buffer.from(bytes).toString('utf8')
    if (sent === null) return
    sent.responseHash = saltedHash(sent.salt, bytes)
    sent.receipt = checkReceiptOf(options.checkReceipt, leg, sent, request, headers[RECEIPT_HEADER.toLowerCase()])
  }
  // A stream that is destroyed, or breaks while nobody reads it, emits `error`. Without a listener, that ends the process.
  body.on('error', () => undefined)
  try {
    const reading = { maxBytes: leg.endpoint.maxAnswerBytes, budget: budgetOf(leg, request), onBody }
    const turns = { takeTurn: (step: 'first' | 'next') => takeTurn(request, step) }
    const read = await readAnswer({ status, headers, body }, { ...reading, ...turns })
    noteBelief(options, leg, request, credentials, null)
    if (read.given !== undefined) request.question?.given?.keep(read.given, url.origin)
    if (text === null || leg.country === null) return read
    const receipt = headers[RECEIPT_HEADER.toLowerCase()]
    return { ...read, evidence: evidenceOf(leg.country, leg, last, text, receipt) }
  } catch (error) {
    noteBelief(options, leg, request, credentials, error)
    // A body that is not read would hold the connection.
    body.destroy()
    throw error
  }
}

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

/** A leg on its way: what undici sends, the leg's salt, and what the entries of both sides say of the tokens in it. */
type Message = Dispatcher.RequestOptions & {
  readonly body: string
  readonly salt: Uint8Array
  readonly shown: Pick<SentLeg, 'tokenHash' | 'caller'>
}

/** What a message is made with, besides the leg and its request. */
interface MessageParts {
  readonly clock: LegClock
  readonly credentials: LegCredentials | null
  readonly brought: ReadonlySet<Lacking>
}

function toMessage(
  options: AttemptOptions,
  leg: Leg,
  request: RequestContext,
  url: URL,
  { clock: { signal, leftMs }, credentials, brought }: MessageParts,
): Message {
  const salt = drawSalt(request)
  const { countryToken, isNobody = false } = credentials ?? {}
  const extensions = writeLegExtensions(leg, request, url, { brought, proof: countryToken?.proof, isNobody })
  return {
    salt,
    shown: showCredentials(credentials, salt),
    path: url.pathname + url.search,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
      'accept-encoding': ACCEPTED_ENCODINGS,
      'istmo-request-id': request.requestId,
      [DEADLINE_HEADER]: formatDeadline(leftMs()),
      [LEG_SALT_HEADER]: formatLegSalt(salt),
      ...options.headersOf?.(leg),
      ...credentialHeaders(credentials),
    },
    body: JSON.stringify({ query: leg.query, variables: leg.variables, extensions }),
    signal,
  }
}

function showCredentials(credentials: LegCredentials | null, salt: Uint8Array): Message['shown'] {
  if (credentials === null) return {}
  const { legToken, countryToken, isNobody } = credentials
  return {
    tokenHash: hash('sha256', legToken),
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
  if (trail === undefined) return randomBytes(LEG_SALT_BYTES)
  trail.legSalts += 1
  return deriveLegSalt(trail.salt, trail.legSalts)
}

function evidenceOf(
  country: string,
  { domain }: Leg,
  { salt, body }: Message,
  answer: string,
  header: string | string[] | undefined,
): LegEvidence {
  const receipt = typeof header === 'string' ? header : null
  return { country, domain, salt: Buffer.from(salt).toString('base64url'), request: body, answer, receipt }
}

/** Notes what the audit log and receipts need to know about a leg. Null if there are neither. */
function noteSent(
  leg: Leg,
  { trail }: RequestContext,
  message: Message,
  { checkReceipt, knownSizeOf }: AttemptOptions,
): SentLeg | null {
  if (trail === undefined && checkReceipt === undefined) return null
  const sent = { operationHash: hash('sha256', leg.query), ...hashRequest(message), ...message.shown }
  const noted: SentLeg = { ...sent, countrySize: knownSizeOf?.(leg) ?? 0, responseHash: null, receipt: null }
  trail?.sent.set(leg, noted)
  return noted
}

function hashRequest({ salt, body }: Message): Pick<SentLeg, 'salt' | 'requestHash'> {
  return { salt, requestHash: saltedHash(salt, body) }
}

/** Sends a query again, once and on another connection, if the node had closed the kept-alive connection. Never resends a mutation. */
async function sendWithRetry(
  { pool }: Channel,
  message: Message,
  leg: Leg,
  again: () => Promise<Dispatcher.ResponseData>,
): Promise<Dispatcher.ResponseData> {
  try {
    return await pool.request(message)
  } catch (error) {
    if (leg.kind !== 'query' || !isConnectionReset(error)) throw error
    return again()
  }
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
