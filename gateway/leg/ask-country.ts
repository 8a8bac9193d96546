/** One attempt of a leg: its token, its message, its answer and its receipt. */
import { hash, randomBytes } from 'node:crypto'
import { type Dispatcher, errors, type Pool } from 'undici'
import { DEADLINE_HEADER, formatDeadline } from '../../contract/deadline.ts'
import { deriveLegSalt, formatLegSalt, LEG_SALT_BYTES, LEG_SALT_HEADER, saltedHash } from '../../contract/leg-salt.ts'
import { RECEIPT_HEADER } from '../../contract/receipt.ts'
import type { CheckReceipt, HeldReceipt, Leg, LegAnswer, RequestContext, SentLeg, TakeTurn } from '../types/flow.ts'
import type { LegEvidence } from '../types/question.ts'
import type { LegClock } from './leg-clock.ts'
import { ReceiptInvalid, systemCodeOf } from './leg-outcome.ts'
import { questionOfLeg } from './leg-question.ts'
import type { SignLegToken } from './leg-token.ts'
import { ACCEPTED_ENCODINGS, readAnswer } from './read-answer.ts'
import type { BudgetOf } from './reading-budget.ts'
import { RejectedByNode } from './rejection.ts'

/** What an attempt needs, besides the leg and the request that it belongs to. */
export interface AttemptOptions {
  readonly signLegToken: SignLegToken
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
  readonly poolFor: (url: URL) => Pool
  readonly budgetOf: BudgetOf
  readonly takeTurn: TakeTurn
}

/** What a leg brings only to a node that says that it does not know it. */
type Brought = ReadonlySet<'document'>

/**
 * Sends a leg to its endpoint and reads the answer. If the node does not know the document of the signed question, sends the leg once more
 * with the document.
 *
 * @param clock ends the attempt at any point.
 * @throws the reason of the clock's signal; `BadAnswer`, `RejectedByNode`, `RecordsUnavailable` or `ReceiptInvalid`; undici's error of a
 * connection. `toOutcome` understands all of them.
 */
export async function askCountry(
  options: AttemptOptions,
  shared: SharedReading,
  leg: Leg,
  request: RequestContext,
  clock: LegClock,
): Promise<LegAnswer> {
  try {
    return await askOnce(options, shared, leg, request, clock, new Set())
  } catch (error) {
    const isUnknown = error instanceof RejectedByNode && error.code === 'DOCUMENT_UNKNOWN'
    if (!isUnknown || request.question === undefined || leg.country === null) throw error
    return askOnce(options, shared, leg, request, clock, new Set(['document']))
  }
}

async function askOnce(
  options: AttemptOptions,
  { poolFor, budgetOf, takeTurn }: SharedReading,
  leg: Leg,
  request: RequestContext,
  clock: LegClock,
  brought: Brought,
): Promise<LegAnswer> {
  clock.signal.throwIfAborted()
  const url = new URL(leg.endpoint.url)
  const message = await toMessage(options, leg, request, url, clock, brought)
  let last = message
  const sent = noteSent(leg, request, message, options)
  const answer = await sendWithRetry(poolFor(url), message, leg, async () => {
    // With a salt of its own: the node may have read the first message, and it rejects a salt that it knows.
    const second = await toMessage(options, leg, request, url, clock, brought)
    if (sent !== null) Object.assign(sent, hashRequest(second))
    last = second
    if (sent !== null && second.tokenHash !== undefined) sent.tokenHash = second.tokenHash
    return second
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
    const read = await readAnswer(
      { status, headers, body },
      { ...reading, takeTurn: (step) => takeTurn(request, step) },
    )
    if (text === null || leg.country === null) return read
    const receipt = headers[RECEIPT_HEADER.toLowerCase()]
    return { ...read, evidence: evidenceOf(leg.country, leg, last, text, receipt) }
  } catch (error) {
    // A body that is not read would hold the connection.
    body.destroy()
    throw error
  }
}

/** A leg on its way: what undici sends, the leg's salt, and the hash of the token in it. */
type Message = Dispatcher.RequestOptions & {
  readonly body: string
  readonly salt: Uint8Array
  readonly tokenHash?: string
}

async function toMessage(
  options: AttemptOptions,
  leg: Leg,
  request: RequestContext,
  url: URL,
  { signal, leftMs }: LegClock,
  brought: Brought,
): Promise<Message> {
  const token = leg.country === null ? null : await tokenFor(options.signLegToken, leg.country, leg, request)
  const salt = drawSalt(request)
  return {
    salt,
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
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query: leg.query, variables: leg.variables, ...extensionsOf(leg, request, brought) }),
    signal,
    ...(token !== null && { tokenHash: hash('sha256', token) }),
  }
}

/** What a leg carries besides the query: the signed question as this leg shows it, and what the node asked for. */
function extensionsOf(leg: Leg, { question }: RequestContext, brought: Brought): object {
  const statement = question === undefined ? null : questionOfLeg(question, leg)
  if (question === undefined || statement === null) return {}
  const document = brought.has('document') ? { document: question.document } : {}
  return { extensions: { istmo: { question: statement, ...document } } }
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

const NO_RIGHTS = { scopes: [], policies: [] }

function tokenFor(sign: SignLegToken, country: string, leg: Leg, request: RequestContext): Promise<string> {
  return sign({
    caller: request.caller,
    grounds: request.grounds,
    rights: leg.rights ?? NO_RIGHTS,
    reads: leg.endpoint.groundsRead ?? [],
    use: leg.endpoint.legTokens ?? 'reuse',
    country,
    query: leg.query,
  })
}

/** Notes what the audit log and receipts need to know about a leg. Null if there are neither. */
function noteSent(
  leg: Leg,
  { trail }: RequestContext,
  message: Message,
  { checkReceipt, knownSizeOf }: AttemptOptions,
): SentLeg | null {
  if (trail === undefined && checkReceipt === undefined) return null
  const { tokenHash } = message
  const token = tokenHash === undefined ? {} : { tokenHash }
  const sent = { operationHash: hash('sha256', leg.query), ...hashRequest(message), ...token }
  const noted: SentLeg = { ...sent, countrySize: knownSizeOf?.(leg) ?? 0, responseHash: null, receipt: null }
  trail?.sent.set(leg, noted)
  return noted
}

function hashRequest({ salt, body }: Message): Pick<SentLeg, 'salt' | 'requestHash'> {
  return { salt, requestHash: saltedHash(salt, body) }
}

/** Sends a query again, once and on another connection, if the node had closed the kept-alive connection. Never resends a mutation. */
async function sendWithRetry(
  pool: Pool,
  message: Message,
  leg: Leg,
  again: () => Promise<Message>,
): Promise<Dispatcher.ResponseData> {
  try {
    return await pool.request(message)
  } catch (error) {
    if (leg.kind !== 'query' || !isConnectionReset(error)) throw error
    return pool.request(await again())
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
