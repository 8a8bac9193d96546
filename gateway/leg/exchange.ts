/** One attempt of a leg over its connection, ended by the leg's clock. */
import { type AnswerHeaders, Exchange, type Message } from '../../service/http/exchange.ts'
import type { Channel } from '../../service/http/tls-pools.ts'
import type { LegClock } from './leg-clock.ts'
import { LegEnded } from './leg-failures.ts'

/** Takes in the body of an answer, part by part. */
export interface BodyReader {
  /** @throws whatever ends the exchange: the rest of the body is then not read, and its connection is closed. */
  take(part: Uint8Array): void
  /** Returns the error of a body that breaks off with this one. */
  breakOff(cause: Error): Error
}

/**
 * Posts a message and reads the answer to its end. It never follows a redirect. The leg's clock says how long a connection may take to come about.
 * @param onHead called with status and headers of the answer, once and before its body. It may throw, and then nothing of the body is read.
 * @param clock ends the exchange at any point.
 * @returns what `onHead` returned, after it took in the complete body.
 * @throws what `onHead` or the reader threw; {@link LegEnded} if the clock ended it; `ConnectionLost`, `MalformedAnswer` or the error of a
 * connection that did not come about.
 */
export function exchange<Reader extends BodyReader>(
  { pool }: Channel,
  message: Message,
  onHead: (status: number, headers: AnswerHeaders, running: Exchange) => Reader,
  clock: LegClock,
): Promise<Reader> {
  return new Promise((resolve, reject) => {
    if (clock.ending !== null) throw new LegEnded()
    let reader: Reader | null = null
    const running = new Exchange(pool, message, {
      onHead(status, headers) {
        reader = onHead(status, headers, running)
      },
      onPart: (part) => reader?.take(part),
      onEnd() {
        clock.endsOnTime(null)
        if (reader !== null) resolve(reader)
      },
      onError(error) {
        clock.endsOnTime(null)
        reject(reader === null ? error : reader.breakOff(error))
      },
    })
    clock.endsOnTime({ end: () => running.end(new LegEnded()) })
    running.send()
  })
}
