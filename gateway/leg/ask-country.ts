/** One attempt of a leg: its token, its message, the answer that was read and its receipt. */
import { hash } from 'node:crypto'
import { type Dispatcher, errors, type Pool } from 'undici'
import { RECEIPT_HEADER } from '../../contract/receipt.ts'
import type { CheckReceipt, HeldReceipt, Leg, LegAnswer, RequestContext, SentLeg } from '../types/flow.ts'
import { ReceiptInvalid, systemCodeOf } from './leg-outcome.ts'
import type { SignLegToken } from './leg-token.ts'
import { ACCEPTED_ENCODINGS, readAnswer } from './read-answer.ts'

/** What an attempt needs beside the leg and the request that it belongs to. */
export interface AttemptOptions {
  readonly signLegToken: SignLegToken
  /** Headers that a leg carries beside those of the contract. */
  readonly headersOf?: (leg: Leg) => Readonly<Record<string, string>>
  /** Checks receipts; left out: none is looked at. */
  readonly checkReceipt?: CheckReceipt
}

/**
 * Sends a leg to its endpoint and reads the answer.
 *
 * @param poolFor gives the connections to the origin of a URL.
 * @param signal ends the attempt at any point.
 * @throws the reason of `signal`; `BadAnswer`, `DeniedField` or `ReceiptInvalid`; undici's error of a connection. `toOutcome` reads them all.
 */
export async function askCountry(
  options: AttemptOptions,
  poolFor: (url: URL) => Pool,
  leg: Leg,
  request: RequestContext,
  signal: AbortSignal,
): Promise<LegAnswer> {
  signal.throwIfAborted()
  const url = new URL(leg.endpoint.url)
  const message = await toMessage(options, leg, request, url, signal)
  const sent = noteSent(leg, request, message, options.checkReceipt !== undefined)
  const answer = await sendWithRetry(poolFor(url), message, leg, () => toMessage(options, leg, request, url, signal))
  const { statusCode: status, headers, body } = answer
  const onBody = (bytes: Uint8Array): void => {
    if (sent === null) return
    sent.responseHash = hash('sha256', bytes)
    sent.receipt = checkedReceipt(options.checkReceipt, leg, sent, request, headers[RECEIPT_HEADER.toLowerCase()])
  }
  // A stream that is destroyed, or breaks while nobody reads, says so by an event that ends the process if unheard.
  body.on('error', () => undefined)
  try {
    return await readAnswer({ status, headers, body }, leg.endpoint.maxAnswerBytes, onBody)
  } catch (error) {
    // What is not read would hold the connection.
    body.destroy()
    throw error
  }
}

type Message = Dispatcher.RequestOptions & { readonly body: string }

async function toMessage(
  options: AttemptOptions,
  leg: Leg,
  request: RequestContext,
  url: URL,
  signal: AbortSignal,
): Promise<Message> {
  const token = leg.country === null ? null : await tokenFor(options.signLegToken, leg.country, leg, request)
  return {
    path: url.pathname + url.search,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
      'accept-encoding': ACCEPTED_ENCODINGS,
      'istmo-request-id': request.requestId,
      ...options.headersOf?.(leg),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query: leg.query, variables: leg.variables }),
    signal,
  }
}

const NO_RIGHTS = { scopes: [], policies: [] }

function tokenFor(sign: SignLegToken, country: string, leg: Leg, request: RequestContext): Promise<string> {
  return sign({
    caller: request.caller,
    grounds: request.grounds,
    rights: leg.rights ?? NO_RIGHTS,
    use: leg.endpoint.legTokens ?? 'reuse',
    country,
    query: leg.query,
  })
}

/** What the record and receipts must know of a leg; null where there are neither. */
function noteSent(leg: Leg, { trail }: RequestContext, { body }: Message, isChecked: boolean): SentLeg | null {
  if (trail === undefined && !isChecked) return null
  const sent = { operationHash: hash('sha256', leg.query), requestHash: hash('sha256', body) }
  const noted = { ...sent, responseHash: null, receipt: null }
  trail?.sent.set(leg, noted)
  return noted
}

/** A query whose kept-alive connection the node had closed is asked once more, on another connection; a mutation never. */
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
  // A connection that never gave a byte was not kept alive: the node refuses to talk, and would again.
  if (error instanceof errors.SocketError) return (error.socket?.bytesRead ?? 0) > 0
  return systemCodeOf(error) === 'ECONNRESET' || systemCodeOf(error) === 'EPIPE'
}

function checkedReceipt(
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
