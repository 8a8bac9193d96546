/** A POST whose answer is read whole. A leg of the gateway takes in the parts of its answer as they come (gateway/leg/exchange.ts). */
import type { Dispatcher } from 'undici'
import { formatLegSalt, isEcho, LEG_SALT_BYTES, REQUEST_SALT_HEADER } from '../../contract/leg-salt.ts'
import { takeRandom } from '../../contract/random-pool.ts'
import { type AnswerHeaders, Exchange, isStale, MalformedAnswer, type Message } from './exchange.ts'

/** The body of an answer is larger than who asked accepts. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge'

  constructor(maxBytes: number) {
    super(`expected an answer of at most ${maxBytes} bytes; came more`)
  }
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
 * not come about.
 */
export async function post(
  pool: Pick<Dispatcher, 'dispatch'>,
  message: Message,
  { signal, maxBytes, onHead }: PostOptions,
): Promise<WholeAnswer> {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<WholeAnswer>()
  const salt = formatLegSalt(takeRandom(LEG_SALT_BYTES))
  const parts: Buffer[] = []
  let size = 0
  let head: Pick<WholeAnswer, 'status' | 'headers'> = { status: 0, headers: {} }
  const salted = { ...message, headers: [...message.headers, REQUEST_SALT_HEADER, salt] }
  const exchange = new Exchange(pool, salted, {
    onHead(status, headers) {
      if (!isEcho(headers[REQUEST_SALT_HEADER.toLowerCase()], salt)) throw new MalformedAnswer(NOT_OURS)
      onHead?.(status, headers)
      head = { status, headers }
    },
    onPart(part) {
      size += part.length
      if (size > maxBytes) throw new AnswerTooLarge(maxBytes)
      parts.push(part)
    },
    onEnd: () => resolve({ ...head, body: Buffer.concat(parts, size), close: () => exchange.closeConnection() }),
    onError: reject,
  })
  const giveUp = (): void => exchange.end(signal.reason as Error)
  signal.addEventListener('abort', giveUp)
  exchange.send()
  return promise.finally(() => signal.removeEventListener('abort', giveUp))
}

/** What is wrong with an answer that sends back another salt than its request had. */
export const NOT_OURS = 'expected the answer to this request; came one that sends another salt back'

/**
 * Asks, and asks once more if the server had closed the connection that was kept alive. Only for what may be sent twice (RFC 9110, section 9.2.2): the
 * server may have read the first request.
 */
export async function askAgainOnce<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    if (!isStale(error)) throw error
    return ask()
  }
}
