/** How an exchange over HTTP/1.1 can fail. */

/** What came is not an answer by the rules of HTTP/1.1, or exceeds our bounds. The message is our own text. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer'
  readonly code = 'MALFORMED_ANSWER'
}

/** The body of an answer is larger than who asked accepts. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge'

  constructor(maxBytes: number) {
    super(`expected an answer of at most ${maxBytes} bytes; came more`)
  }
}

/** A connection ended before the answer was complete, or the pool takes no more requests. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost'
  /** The code of the system or of TLS. If there is none, undici's code for such a connection, by which the probe explains it. */
  readonly code: string
  /**
   * Whether the connection was kept alive after an earlier answer, and ended before any byte of this one: the server closed it perhaps before it
   * read the request.
   */
  readonly wasKeptAlive: boolean

  constructor(cause: Error | null, wasKeptAlive: boolean) {
    super('the connection ended before the answer was complete', cause === null ? {} : { cause })
    const { code } = (cause ?? {}) as NodeJS.ErrnoException
    this.code = code ?? 'UND_ERR_SOCKET'
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
