/** One HTTP request to a node, and its answer: without streams, signals and timers, which cost more than the rest of a small leg. */
import type { Connection, Sending } from '../../service/http/http1/connection.ts'
import type { HttpPool } from '../../service/http/http1/http-pool.ts'
import type { AnswerHeaders } from '../../service/http/http1/read-head.ts'
import { writeRequest } from '../../service/http/http1/write-request.ts'
import type { Channel } from '../../service/http/tls-pools.ts'
import type { Endable, LegClock } from './leg-clock.ts'
import { LegEnded } from './leg-failures.ts'

export type { AnswerHeaders }

/** Takes in the body of an answer, part by part. */
export interface BodyReader {
  /** @throws whatever ends the exchange: the rest of the body is then not read, and its connection is closed. */
  take(part: Uint8Array): void
  /** Returns the error of a body that breaks off with this one. */
  breakOff(cause: Error): Error
}

/** What is sent. */
export interface Message {
  /** What `openPost` wrote for its endpoint, and the lines of its tokens. */
  readonly opening: string | readonly Buffer[]
  /** Names and values in turn of the headers that only this message has. */
  readonly headers: readonly string[]
  readonly body: string | Buffer
}

type TakeHead<Reader> = (status: number, headers: AnswerHeaders, connection: Pick<Connection, 'close'> | null) => Reader

/**
 * Posts a message and reads the answer to its end. It never follows a redirect. The pool gives up a connection that does not come about within
 * seconds; then it tries the next one, because nothing was sent yet and the leg's clock says how long it may wait.
 * @param onHead called with status, headers and connection of the answer, once and before its body. It may throw, and then nothing of the body is read.
 * @param clock ends the exchange at any point.
 * @returns what `onHead` returned, after it took in the complete body.
 * @throws what `onHead` or the reader threw; {@link LegEnded} if the clock ended it; `ConnectionLost`, `MalformedAnswer` or the error of a
 * connection that did not come about.
 */
export function exchange<Reader extends BodyReader>(
  { legs }: Channel,
  message: Message,
  onHead: TakeHead<Reader>,
  clock: LegClock,
): Promise<Reader> {
  return new Promise((resolve, reject) => {
    if (clock.ending !== null) throw new LegEnded()
    const running = new Exchange(legs, message, onHead, clock, resolve, reject)
    clock.endsOnTime(running)
    legs.send(running)
  })
}

/** An exchange on its way: the request, who takes in the answer, and what the clock ends. */
class Exchange<Reader extends BodyReader> implements Sending, Endable {
  readonly bytes: string | Buffer
  readonly encoding: 'latin1' | 'utf8'
  connection: Connection | null = null
  readonly #pool: HttpPool
  readonly #takeHead: TakeHead<Reader>
  readonly #clock: LegClock
  readonly #resolve: (reader: Reader) => void
  readonly #reject: (error: Error) => void
  #reader: Reader | null = null

  constructor(
    pool: HttpPool,
    { opening, headers, body }: Message,
    takeHead: TakeHead<Reader>,
    clock: LegClock,
    resolve: (reader: Reader) => void,
    reject: (error: Error) => void,
  ) {
    const { bytes, encoding } = writeRequest(opening, headers, body)
    this.bytes = bytes
    this.encoding = encoding
    this.#pool = pool
    this.#takeHead = takeHead
    this.#clock = clock
    this.#resolve = resolve
    this.#reject = reject
  }

  end(): void {
    this.#pool.giveUp(this, new LegEnded())
  }

  onHead(status: number, headers: AnswerHeaders): void {
    this.#reader = this.#takeHead(status, headers, this.connection)
  }

  onPart(part: Buffer): void {
    this.#reader?.take(part)
  }

  onEnd(): void {
    this.#clock.endsOnTime(null)
    if (this.#reader !== null) this.#resolve(this.#reader)
  }

  onError(error: Error): void {
    this.#clock.endsOnTime(null)
    this.#reject(this.#reader === null ? error : this.#reader.breakOff(error))
  }
}
