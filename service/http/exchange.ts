/** One POST over a pool, and its answer: without streams and signals, which cost more than the rest of a small leg (docs/decisions/0156). */
import { createRequire } from 'node:module'
import { type Dispatcher, errors } from 'undici'
import { collectUntilEndOfTurn } from './end-of-turn.ts'
import { ConnectionHandler, type KeptConnection } from './kept-pool.ts'

/** The headers of an answer, by lower-case names. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>

/** What is posted. */
export interface Message {
  readonly path: string
  /** Names and values in turn. */
  readonly headers: readonly string[]
  readonly body: string | Buffer
}

/** Takes in an answer. What `onHead` and `onPart` throw ends the exchange: nothing more is read, and its connection is closed. */
export interface AnswerTaker {
  /** Called once, before the body. */
  onHead(status: number, headers: AnswerHeaders): void
  onPart(part: Buffer): void
  /** The answer is complete. This or `onError` is called, once and last. */
  onEnd(): void
  /** @param error what was thrown, the reason for which the exchange was ended, {@link ConnectionLost}, {@link MalformedAnswer}, or why no connection came about. */
  onError(error: Error): void
}

/** What came is not an answer by the rules of HTTP/1.1, exceeds our bounds, or is not of this request. The message is our own text. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer'
  readonly code = 'MALFORMED_ANSWER'
}

/** A connection ended before the answer was complete. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost'
  /** The code of the system, of TLS or of undici. */
  readonly code: string
  /**
   * Whether the connection was kept alive after an earlier answer, and ended before any byte of this one: the server closed it perhaps before it
   * read the request.
   */
  readonly wasKeptAlive: boolean

  constructor(cause: Error, wasKeptAlive: boolean) {
    super('the connection ended before the answer was complete', { cause })
    this.code = (cause as NodeJS.ErrnoException).code ?? 'UND_ERR_SOCKET'
    this.wasKeptAlive = wasKeptAlive
  }
}

/**
 * Whether a request failed because its connection had been kept alive, and the server closed it: then, and only then, the same request may succeed on
 * another connection. A new connection that ends says that the server is not well.
 */
export function isStale(error: unknown): boolean {
  return error instanceof ConnectionLost && error.wasKeptAlive
}

/**
 * The option by which undici's own `request` lets a request leave the queue of a pool. undici calls the function with another one, which takes the
 * request out of the queue. `dispatch` takes the option too, but undici does not export its name. A test says if it is not there any more.
 */
const QUEUED_ABORT: unique symbol = createRequire(import.meta.url)('undici/lib/core/symbols.js').kQueuedAbort

/** How many informational answers may come before the answer, such as early hints. */
const MAX_INFORMATIONAL = 16

/** How many parts an answer may have, and how many bytes allow one more: each chunk is a part, and costs about a microsecond, whatever is in it. */
const MOST_SMALL_PARTS = 1_000
const BYTES_PER_PART = 256

const dispatchAtEndOfTurn = collectUntilEndOfTurn<Exchange>((exchange) => exchange.dispatch())

/**
 * An exchange on its way. One object is all that undici asks for: the request, and who takes in the answer. It never follows a redirect. The pool gives up
 * a connection that does not come about within seconds; then it tries the next one, because nothing was sent yet and the caller's clock says how long it
 * may wait.
 */
export class Exchange extends ConnectionHandler implements Dispatcher.DispatchOptions, Dispatcher.DispatchHandler {
  readonly method = 'POST'
  readonly path: string
  readonly headers: string[]
  readonly body: string | Buffer
  readonly #pool: Pick<Dispatcher, 'dispatch'>
  readonly #taker: AnswerTaker
  #controller: Dispatcher.DispatchController | null = null
  #leaveQueue: ((reason: Error) => void) | null = null
  #connection: KeptConnection | null = null
  /** Whether the connection had answered before, and whether this answer has begun. */
  #isKept = false
  #hasBegun = false
  #informational = 0
  #parts = 0
  #size = 0
  #isDispatched = false
  #isOver = false
  /** Why it was ended. */
  #reason: Error | null = null

  constructor(pool: Pick<Dispatcher, 'dispatch'>, { path, headers, body }: Message, taker: AnswerTaker) {
    super()
    this.path = path
    this.headers = headers as string[]
    this.body = body
    this.#pool = pool
    this.#taker = taker
  }

  /** Sends the request at the end of this turn of the event loop, beside what else is sent then (docs/decisions/0096). */
  send(): void {
    dispatchAtEndOfTurn(this)
  }

  dispatch(): void {
    if (this.#isOver) return
    this.#isDispatched = true
    this.#pool.dispatch(this, this)
  }

  /** Gives up the request, wherever it is: `onError` is called with the reason. Nothing happens if it is over. */
  end(reason: Error): void {
    if (this.#isOver) return
    this.#reason ??= reason
    if (!this.#isDispatched) this.onResponseError(null, reason)
    else if (this.#controller !== null) this.#controller.abort(reason)
    else this.#leaveQueue?.(reason)
  }

  /** Closes the connection that the answer came over: for whoever finds that it is not the answer to this request. */
  closeConnection(): void {
    this.#connection?.socket.destroy()
  }

  /** undici reads it if the request must wait for a connection, and again if it comes from one queue into another. */
  get [QUEUED_ABORT](): (leave: (reason: Error) => void) => void {
    return (leave) => {
      this.#leaveQueue = leave
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // What is thrown here fails the request, and leaves the connection to others.
    if (this.#reason !== null) throw this.#reason
    this.#controller = controller
    this.#leaveQueue = null
    this.#connection = this.client?.connection ?? null
    this.#isKept = this.#connection?.hasAnswered ?? false
  }

  onResponseStarted(): void {
    this.#hasBegun = true
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    if (status >= 200) this.#endIfThrows(() => this.#taker.onHead(status, headers))
    else if (++this.#informational > MAX_INFORMATIONAL)
      this.end(new MalformedAnswer('expected an answer; came only informational answers'))
  }

  onResponseData(_: Dispatcher.DispatchController, part: Buffer): void {
    this.#parts += 1
    this.#size += part.length
    if (this.#parts > MOST_SMALL_PARTS + this.#size / BYTES_PER_PART)
      this.end(new MalformedAnswer('expected larger chunks; came many small ones'))
    else this.#endIfThrows(() => this.#taker.onPart(part))
  }

  onResponseEnd(): void {
    this.#isOver = true
    if (this.#connection !== null) this.#connection.hasAnswered = true
    this.#taker.onEnd()
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    if (error instanceof errors.ConnectTimeoutError && this.#reason === null) {
      this.#pool.dispatch(this, this)
      return
    }
    this.#isOver = true
    this.#taker.onError(this.#reason ?? this.#explain(error))
  }

  #endIfThrows(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.end(error as Error)
    }
  }

  #explain(error: NodeJS.ErrnoException): Error {
    const { code } = error
    // Lengths that contradict each other have no body. One that lacks bytes breaks off.
    const hasWrongLength = error instanceof errors.ResponseContentLengthMismatchError && this.#size === 0
    if (hasWrongLength || isMalformed(error))
      return new MalformedAnswer(`expected an answer in HTTP/1.1; came something else (${code})`)
    return this.#connection === null ? error : new ConnectionLost(error, this.#isKept && !this.#hasBegun)
  }
}

/** A body that lacks bytes breaks off: that is a lost connection. */
function isMalformed(error: NodeJS.ErrnoException): boolean {
  if (error instanceof errors.HTTPParserError) return error.code !== 'HPE_INVALID_EOF_STATE'
  // A 100 that nobody asked for, or another protocol.
  return error instanceof errors.HeadersOverflowError || /^bad (response|upgrade)$/.test(error.message)
}
