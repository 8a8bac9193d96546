/** One attempt of a leg: its token, its message, its answer and its receipt. */
import { isEcho, LEG_SALT_HEADER, saltedHash } from '../../contract/leg-salt.ts'
import { RECEIPT_HEADER } from '../../contract/receipt.ts'
import { endOfTurn } from '../../service/http/end-of-turn.ts'
import { type AnswerHeaders, type Exchange, isStale } from '../../service/http/exchange.ts'
import { NOT_OURS } from '../../service/http/post.ts'
import type { TlsPools } from '../../service/http/tls-pools.ts'
import type {
  CheckReceipt,
  HeldReceipt,
  Leg,
  LegAnswer,
  LogHead,
  RequestContext,
  SentLeg,
  TakeTurn,
} from '../types/flow.ts'
import type { LegEvidence } from '../types/question.ts'
import { exchange } from './exchange.ts'
import type { LegClock } from './leg-clock.ts'
import { type CredentialOptions, credentialsFor, type LegCredentials } from './leg-credentials.ts'
import { BadAnswer, LegEnded, ReceiptInvalid, RejectedByNode } from './leg-failures.ts'
import { type Asking, channelOf, type LegMessage, lineTo, toMessage } from './leg-message.ts'
import { LACKING, type Lacking } from './leg-question.ts'
import { textOf } from './leg-token.ts'
import { type AnswerReader, beginAnswer, type ReadAnswer, type Reading } from './read-answer.ts'
import type { BudgetOf, ReadingBudget } from './reading-budget.ts'

/** What an attempt needs, besides the leg and the request that it belongs to. */
export interface AttemptOptions extends CredentialOptions {
  /** Returns the headers that a leg carries in addition to those of the contract. */
  readonly headersOf?: (leg: Leg) => Readonly<Record<string, string>>
  /** Called with the headers of each answer that came. */
  readonly noteHeaders?: (leg: Leg, headers: Readonly<Record<string, string | string[] | undefined>>) => void
  /** Checks receipts. Without it, the gateway ignores them. */
  readonly checkReceipt?: CheckReceipt
  /** Whether the gateway asks the country of a leg for receipts. It may change while a leg is on its way. Default: if it checks them. */
  readonly expectsReceipt?: (leg: Leg) => boolean
  /** Returns how far the audit log of the leg's country is, as far as the gateway knows. Without it, nothing is known. */
  readonly knownHeadOf?: (leg: Leg) => LogHead | null
}

/** What an attempt shares with other attempts of the process. */
export interface SharedReading {
  readonly channelTo: TlsPools['channelTo']
  readonly budgetOf: BudgetOf
  readonly takeTurn: TakeTurn
}

const NOTHING: ReadonlySet<Lacking> = new Set()
const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({})

/**
 * Sends a leg to its endpoint and reads the answer. A node that does not know the caller's mandate or the document of the signed question yet says
 * so before it runs anything. The leg then goes once more, with what it lacked.
 *
 * @param clock ends the attempt at any point.
 * @throws {LegEnded} if the clock ended it; `BadAnswer`, `RejectedByNode`, `RecordsUnavailable` or `ReceiptInvalid`; `AuthorityUnavailable` or
 * `ExchangeRefused`; `ConnectionLost`, `MalformedAnswer` or the error of a
 * connection that did not come about. `toOutcome` understands all of them.
 */
export async function askCountry(
  options: AttemptOptions,
  shared: SharedReading,
  leg: Leg,
  request: RequestContext,
  clock: LegClock,
): Promise<LegAnswer> {
  const added = options.headersOf?.(leg) ?? NO_HEADERS
  const isHashed = request.trail !== undefined || needsReceipt(options, leg)
  const line = lineTo(leg.endpoint)
  let asking: Asking = { leg, request, clock, line, added, brought: NOTHING, isHashed, isResent: false }
  for (;;) {
    if (clock.ending !== null) throw new LegEnded()
    // The channel comes before the message, because a token may name the certificate that the channel shows.
    const channel = channelOf(shared.channelTo, leg.endpoint)
    const { brought } = asking
    const credentials = leg.country === null ? null : await credentialsFor(options, leg, request, clock, brought)
    const attempt = new Attempt(options, shared, asking, toMessage(asking, credentials))
    try {
      const reader = await exchange(channel, attempt.message, attempt.onHead, clock)
      await endOfTurn()
      const reading = reader.finish()
      const read = reading instanceof Promise ? await reading : reading
      noteBelief(options, leg, request, credentials, null)
      if (read.given !== undefined) request.question?.given?.keep(read.given, line.url.origin)
      return attempt.addEvidence(read)
    } catch (error) {
      // An answer that is not of this request would come before the next one's too.
      if (error instanceof ReceiptInvalid || error instanceof BadAnswer) attempt.closeConnection()
      noteBelief(options, leg, request, credentials, error)
      asking = askAgain(asking, error)
    }
  }
}

/**
 * Decides how a leg is asked once more after an error: with what the node lacked; or as it was, once and on another connection, if the node had closed
 * the kept-alive connection. A mutation is never resent. Each message has a salt of its own: the node may have read the first one, and it rejects a salt
 * that it knows.
 * @throws the error, if the leg is not asked once more.
 */
function askAgain(asking: Asking, error: unknown): Asking {
  const { leg, brought, isResent } = asking
  const lacking = error instanceof RejectedByNode ? LACKING.get(error.code ?? '') : undefined
  if (lacking !== undefined && !brought.has(lacking)) {
    return { ...asking, brought: new Set([...brought, lacking]), isResent: false }
  }
  if (isResent || leg.kind !== 'query' || !isStale(error)) throw error
  return { ...asking, isResent: true }
}

/** One message to a node, and what its answer says besides its data. It says itself how the answer is read. */
class Attempt implements Reading {
  readonly message: LegMessage
  readonly maxBytes: number
  readonly budget: ReadingBudget
  readonly takeBody: Leg['takeBody']
  readonly #options: AttemptOptions
  readonly #shared: SharedReading
  readonly #asking: Asking
  /** What the audit log and receipts need to know about the leg. Null if there are neither. */
  readonly #sent: SentLeg | null
  #receipt: string | string[] | undefined
  #exchange: Exchange | null = null
  /** The answer's body, if the caller asked for evidence. */
  #text: string | null = null

  constructor(options: AttemptOptions, shared: SharedReading, asking: Asking, message: LegMessage) {
    const { leg, request } = asking
    this.#options = options
    this.#shared = shared
    this.#asking = asking
    this.message = message
    this.maxBytes = leg.endpoint.maxAnswerBytes
    this.budget = shared.budgetOf(leg, request)
    this.takeBody = leg.takeBody
    this.#sent = noteSent(leg, request, message, options)
  }

  /** Compares the salt first: what is not of this request says nothing of it. */
  readonly onHead = (status: number, headers: AnswerHeaders, running: Exchange): AnswerReader => {
    this.#exchange = running
    if (!isEcho(headers[LEG_SALT_HEADER_KEY], this.message.saltText)) throw new BadAnswer(NOT_OURS)
    this.#receipt = headers[RECEIPT_HEADER_KEY]
    this.#options.noteHeaders?.(this.#asking.leg, headers)
    return beginAnswer(status, headers, this)
  }

  /** Closes the connection that the answer came over. */
  closeConnection(): void {
    this.#exchange?.closeConnection()
  }

  takeTurn(step: 'first' | 'next'): Promise<void> {
    return this.#shared.takeTurn(this.#asking.request, step)
  }

  onBody(bytes: Uint8Array): void {
    const { leg, request } = this.#asking
    if (request.evidence !== undefined) this.#text = Buffer.from(bytes).toString('utf8')
    const sent = this.#sent ?? this.#noteLate()
    if (sent === null) return
    sent.responseHash = saltedHash(sent.salt, bytes)
    sent.receipt = checkReceiptOf(this.#options.checkReceipt, leg, sent, request, this.#receipt)
  }

  /** A rejection has a receipt only if the node has an entry of the leg: the node did not know the gateway yet, or a proxy spoke for it, if there is none. */
  onRejection(bytes: Uint8Array): void {
    if (this.#receipt !== undefined) this.onBody(bytes)
  }

  /** Notes what a receipt needs, of a leg whose country had to give none when it was sent, and has to give one now. */
  #noteLate(): SentLeg | null {
    const { leg } = this.#asking
    if (!needsReceipt(this.#options, leg)) return null
    const { salt, text } = this.message
    const sent = { operationHash: textOf(leg.query).hash, requestHash: saltedHash(salt, text), salt }
    return { ...sent, responseHash: null, receipt: null }
  }

  addEvidence(read: ReadAnswer): LegAnswer {
    const { leg } = this.#asking
    if (this.#text === null || leg.country === null) return read
    return { ...read, evidence: evidenceOf(leg.country, leg, this.message, this.#text, this.#receipt) }
  }
}

function needsReceipt({ checkReceipt, expectsReceipt }: AttemptOptions, leg: Leg): boolean {
  return checkReceipt !== undefined && (expectsReceipt === undefined || expectsReceipt(leg))
}

const RECEIPT_HEADER_KEY = RECEIPT_HEADER.toLowerCase()
const LEG_SALT_HEADER_KEY = LEG_SALT_HEADER.toLowerCase()

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
  { knownHeadOf }: AttemptOptions,
): SentLeg | null {
  const { requestHash, salt } = message
  if (requestHash === null) return null
  const operationHash = textOf(leg.query).hash
  const countryHead = knownHeadOf?.(leg) ?? null
  const noted = { operationHash, requestHash, salt, ...message.shown, countryHead, responseHash: null, receipt: null }
  trail?.sent.set(leg, noted)
  return noted
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
