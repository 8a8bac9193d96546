/** A POST whose answer is read whole. Legs of the gateway have a way of their own, which costs less (gateway/leg/exchange.ts). */
import { formatLegSalt, isEcho, LEG_SALT_BYTES, REQUEST_SALT_HEADER } from '../../../contract/leg-salt.ts'
import { takeRandom } from '../../../contract/random-pool.ts'
import type { Sending } from './connection.ts'
import type { HttpPool } from './http-pool.ts'
import { AnswerTooLarge, isStale, MalformedAnswer } from './http1-errors.ts'
import type { AnswerHeaders } from './read-head.ts'
import { writeRequest } from './write-request.ts'

/** What is wrong with an answer that sends back another salt than its request had. */
export const NOT_OURS = 'expected the answer to this request; came one that sends another salt back'

const REQUEST_SALT_KEY = REQUEST_SALT_HEADER.toLowerCase()

/** What is posted. */
export interface Post {
  /** What `openPost` wrote for the URL. */
  readonly opening: string
  /** Names and values in turn of the headers that only this request has. */
  readonly headers: readonly string[]
  readonly body: string
}

/** How an answer is read. */
export interface PostOptions {
  /** Ends the exchange at any point. */
  readonly signal: AbortSignal
  /** The largest body, in bytes. */
  readonly maxBytes: number
  /** Called before the body. What it throws ends the exchange, and nothing of the body is read. */
  readonly onHead?: (status: number, headers: AnswerHeaders) => void
}

/** A complete answer. */
export interface WholeAnswer {
  readonly status: number
  readonly headers: AnswerHeaders
  readonly body: Buffer
  /** Closes the connection that the answer came over: for whoever finds that it is not the answer to this request. */
  readonly close: () => void
}

/**
 * Posts with a salt of its own, and reads the answer to its end. An answer that sends another salt back is not read, and its connection is closed
 * (docs/design/contract.md, An answer is of its request). It never follows a redirect.
 * @throws {AnswerTooLarge}; what `onHead` threw; the reason of the signal; `ConnectionLost`, `MalformedAnswer` or the error of a connection that did
 * not come about; {TypeError} if a header has a sign that may not be in it.
 */
export async function post(
  pool: HttpPool,
  { opening, headers, body }: Post,
  options: PostOptions,
): Promise<WholeAnswer> {
  const { signal, maxBytes, onHead } = options
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<WholeAnswer>()
  const salt = formatLegSalt(takeRandom(LEG_SALT_BYTES))
  const parts: Buffer[] = []
  let size = 0
  let head: Omit<WholeAnswer, 'body'> = { status: 0, headers: {}, close: () => undefined }
  const sending: Sending = {
    ...writeRequest(opening, [...headers, REQUEST_SALT_HEADER, salt], body),
    connection: null,
    onHead(status, came) {
      if (!isEcho(came[REQUEST_SALT_KEY], salt)) throw new MalformedAnswer(NOT_OURS)
      onHead?.(status, came)
      const { connection } = sending
      head = { status, headers: came, close: () => connection?.close() }
    },
    onPart(part) {
      size += part.length
      if (size > maxBytes) throw new AnswerTooLarge(maxBytes)
      parts.push(part)
    },
    onEnd: () => resolve({ ...head, body: Buffer.concat(parts, size) }),
    onError: reject,
  }
  const giveUp = (): void => pool.giveUp(sending, signal.reason as Error)
  signal.addEventListener('abort', giveUp)
  pool.send(sending)
  return promise.finally(() => signal.removeEventListener('abort', giveUp))
}

/**
 * Asks, and asks once more if the server had closed the connection that was kept alive. Once is enough, because the pool then closes the connections
 * that rest. Only for what may be sent twice (RFC 9110, section 9.2.2): the server may have read the first request.
 */
export async function askAgainOnce<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    if (!isStale(error)) throw error
    return ask()
  }
}
