/** One HTTP request on a pool, and its answer: without streams, signals and timers, which cost more than the rest of a small leg. */
import { type Dispatcher, errors } from 'undici'
import type { Channel } from '../../service/http/tls-pools.ts'
import { type Endable, type LegClock, LegEnded } from './leg-clock.ts'
import { type LeaveQueue, QUEUED_ABORT } from './queued-abort.ts'

/** The headers of an answer, by lower-case names. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>

/** Takes in the body of an answer, part by part. */
export interface BodyReader {
  /** @throws whatever ends the exchange: the rest of the body is then not read, and its connection is closed. */
  take(part: Uint8Array): void
  /** Returns the error of a body that breaks off with this one. */
  breakOff(cause: Error): Error
}

/** What is sent. `headers`: names and values in turn. */
export interface Message {
  readonly path: string
  readonly headers: string[]
  readonly body: string | Buffer
}

/**
 * Posts a message and reads the answer to its end. It never follows a redirect. undici gives up a connection that does not come about within
 * seconds; then the next one is tried, because nothing was sent yet and the leg's clock says how long it may wait.
 * @param onHead called with status and headers of the answer, once and before its body. It may throw, and then nothing of the body is read.
 * @param clock ends the exchange at any point.
 * @returns what `onHead` returned, after it took in the complete body.
 * @throws what `onHead` or the reader threw; {@link LegEnded} if the clock ended it; undici's error of the connection.
 */
export function exchange<Reader extends BodyReader>(
  { pool }: Channel,
  message: Message,
  onHead: (status: number, headers: AnswerHeaders) => Reader,
  clock: LegClock,
): Promise<Reader> {
  return new Promise((resolve, reject) => {
    if (clock.ending !== null) throw new LegEnded()
    const running = new Exchange(pool, message, onHead, clock, resolve, reject)
    clock.endsOnTime(running)
    pool.dispatch(running, running)
  })
}

/** An exchange on its way. One object is all that undici asks for: the request, and who takes in the answer. */
class Exchange<Reader extends BodyReader> implements Dispatcher.DispatchOptions, Dispatcher.DispatchHandler, Endable {
  readonly method = 'POST'
  readonly path: string
  readonly headers: string[]
  readonly body: string | Buffer
  readonly #pool: Dispatcher
  readonly #onHead: (status: number, headers: AnswerHeaders) => Reader
  readonly #clock: LegClock
  readonly #resolve: (reader: Reader) => void
  readonly #reject: (error: Error) => void
  #controller: Dispatcher.DispatchController | null = null
  #leaveQueue: LeaveQueue | null = null
  #reader: Reader | null = null
  #isEnded = false

  constructor(
    pool: Dispatcher,
    { path, headers, body }: Message,
    onHead: (status: number, headers: AnswerHeaders) => Reader,
    clock: LegClock,
    resolve: (reader: Reader) => void,
    reject: (error: Error) => void,
  ) {
    this.path = path
    this.headers = headers
    this.body = body
    this.#pool = pool
    this.#onHead = onHead
    this.#clock = clock
    this.#resolve = resolve
    this.#reject = reject
  }

  /** undici reads it if the request must wait for a connection, and again if it comes from one queue into another. */
  get [QUEUED_ABORT](): (leave: LeaveQueue) => void {
    return (leave) => {
      this.#leaveQueue = leave
    }
  }

  end(): void {
    this.#isEnded = true
    if (this.#controller !== null) this.#controller.abort(new LegEnded())
    else this.#leaveQueue?.(new LegEnded())
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // What is thrown here fails the request, and leaves the connection to others.
    if (this.#isEnded) throw new LegEnded()
    this.#controller = controller
    this.#leaveQueue = null
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    if (status < 200) return
    this.#reader = this.#onHead(status, headers)
  }

  onResponseData(_: Dispatcher.DispatchController, part: Buffer): void {
    this.#reader?.take(part)
  }

  onResponseEnd(): void {
    this.#clock.endsOnTime(null)
    if (this.#reader !== null) this.#resolve(this.#reader)
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (error instanceof errors.ConnectTimeoutError && !this.#isEnded) {
      this.#pool.dispatch(this, this)
      return
    }
    this.#clock.endsOnTime(null)
    this.#reject(this.#reader === null ? error : this.#reader.breakOff(error))
  }
}
