import type { Socket } from 'node:net'
import { collectUntilEndOfTurn } from '../end-of-turn.ts'
import { AnswerParser, type AnswerTaker } from './answer-parser.ts'
import { ConnectionLost } from './http1-errors.ts'
import { traffic } from './traffic.ts'

/** A request, and who takes in its answer. One of {@link onEnd} and {@link onError} is called, once and last. */
export interface Sending extends AnswerTaker {
  /** The whole request. */
  readonly bytes: string | Buffer
  /** The encoding of `bytes`, if it is a string. */
  readonly encoding: 'latin1' | 'utf8'
  /** Where it is sent; null while it waits, or is over. The pool sets it. */
  connection: Connection | null
  /** The answer is complete. */
  onEnd(): void
  /** @param error what `onHead` or `onPart` threw, why the answer could not be read, or the reason for which the request was given up. */
  onError(error: Error): void
}

/** Whoever a connection belongs to. */
export interface ConnectionOwner {
  /** The answer is complete, and the connection can send another request. It may rest for `restMs` milliseconds. */
  onFree(connection: Connection, restMs: number): void
  /** The connection was kept alive, and ended before any byte of an answer: its server may have closed the others too. */
  onStale(): void
  /** The connection is closed. */
  onGone(connection: Connection): void
}

const writeAtEndOfTurn = collectUntilEndOfTurn<Connection>((connection) => connection.write())

/** A connection of HTTP/1.1: one request at a time. */
export class Connection {
  /** Until when it may rest, on the clock of `performance.now()`. The pool sets it. */
  restsUntil = 0
  /** Since when it rests. */
  restsSince = 0
  readonly #socket: Socket
  readonly #owner: ConnectionOwner
  readonly #parser = new AnswerParser()
  #sending: Sending | null = null
  /** Whether it has answered a request, whether this one was written, and whether bytes of the answer to it came. */
  #hasAnswered = false
  #isWritten = false
  #hasBytes = false
  #isResting = false

  constructor(socket: Socket, owner: ConnectionOwner) {
    this.#socket = socket
    this.#owner = owner
    socket.on('data', (bytes: Buffer) => this.#take(bytes))
    socket.on('end', () => this.#takeEnd())
    socket.on('error', (error) => this.#lose(error))
    socket.on('close', () => {
      this.#lose(null)
      owner.onGone(this)
    })
  }

  /** Lets the process end while the connection rests. One that waits for an answer keeps it alive. */
  rest(): void {
    this.#isResting = true
    this.#socket.unref()
  }

  /** Whether a request can be sent. */
  get isOpen(): boolean {
    return !this.#socket.destroyed
  }

  send(sending: Sending): void {
    this.#sending = sending
    this.#isWritten = false
    this.#hasBytes = false
    sending.connection = this
    if (this.#isResting) {
      this.#isResting = false
      this.#socket.ref()
    }
    writeAtEndOfTurn(this)
  }

  /** Writes what it has to send, if that was not given up since. In one write, so that head and body go in one packet. */
  write(): void {
    const sending = this.#sending
    if (sending === null) return
    this.#isWritten = true
    if (typeof sending.bytes === 'string') this.#socket.write(sending.bytes, sending.encoding)
    else this.#socket.write(sending.bytes)
    if (traffic.sent.hasSubscribers) traffic.sent.publish(sending)
  }

  /** Gives up what it sends, and closes the connection: nobody could tell the rest of this answer from the next one. */
  giveUp(reason: Error): void {
    this.#fail(reason)
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(bytes: Buffer): void {
    const sending = this.#sending
    if (sending === null || (this.#hasAnswered && !this.#isWritten)) {
      // Nobody asked for these bytes, such as a server's word that it waited long enough. They must not be taken for the next answer.
      this.#lose(null)
      this.close()
      return
    }
    this.#hasBytes = true
    try {
      if (this.#parser.take(bytes, sending)) this.#complete(sending, this.#parser.end < bytes.length)
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  #complete(sending: Sending, isFollowed: boolean): void {
    this.#sending = null
    this.#hasAnswered = true
    sending.connection = null
    // A server may answer before it has read the request. The rest of it must not be taken for the next one.
    const restMs = isFollowed || this.#socket.writableLength > 0 ? 0 : this.#parser.restMs
    if (restMs > 0) this.#owner.onFree(this, restMs)
    else this.close()
    if (traffic.answered.hasSubscribers) traffic.answered.publish(sending)
    sending.onEnd()
  }

  #takeEnd(): void {
    const sending = this.#sending
    if (sending !== null && this.#parser.endsWithConnection) this.#complete(sending, false)
    else this.#lose(null)
    this.close()
  }

  #lose(cause: Error | null): void {
    if (this.#sending === null) return
    const wasKeptAlive = this.#hasAnswered && !this.#hasBytes
    // Before the request fails, because whoever sent it sends it again at once.
    if (wasKeptAlive) this.#owner.onStale()
    this.#fail(new ConnectionLost(cause, wasKeptAlive))
  }

  #fail(error: Error): void {
    const sending = this.#sending
    this.#sending = null
    this.close()
    if (sending === null) return
    sending.connection = null
    sending.onError(error)
  }
}
