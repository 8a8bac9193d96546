/** What passes between the front and the rooms beside it: a request as it comes and as it was answered, and who is admitted. Types only. */
import type { DocumentNode } from 'graphql'
import type { Caller } from '../../contract/access-token.ts'
import type { ErrorCode } from '../../contract/errors.ts'

/** A request that arrives. `route`: the path, or `unknown`. `traceparent`: that header as it came (W3C Trace Context). */
export interface ArrivingRequest {
  readonly requestId: string
  readonly route: string
  readonly traceparent: string | undefined
}

/**
 * A request that was answered. `route`: the path, or `unknown`. `code`: the error code of a request that was rejected as a whole;
 * NONE if it was not; HANGUP if its client left before the answer.
 */
export interface AnsweredRequest {
  readonly requestId: string
  readonly route: string
  readonly status: number
  readonly code: ErrorCode | 'NONE' | 'HANGUP'
  readonly seconds: number
}

/** What a request says about its document, as it came. Nothing is checked yet. */
export interface RequestedDocument {
  readonly query: unknown
  readonly variables: unknown
  readonly documentId: unknown
  /** The hash in `extensions.persistedQuery`, which may be the id of a listed document. */
  readonly persistedHash?: unknown
}

/** Decides, before a document is parsed, whether to admit the caller and the request. */
export interface Admission {
  /**
   * Counts one request of a caller. It counts a caller without a token by address, and only in this process's memory.
   * Rejects with {IstmoError} `RATE_LIMITED`.
   * @returns undefined if there is no rate.
   */
  request(caller: Caller | null, address: string): Promise<void> | undefined
  /**
   * Counts a request in, whose body was read. It counts a caller without a token by address.
   * @returns a function that counts it out again. It must be called once.
   * @throws {IstmoError} `TOO_MANY_IN_FLIGHT`, `GATEWAY_BUSY`.
   */
  enter(caller: Caller | null, address: string): () => void
  /**
   * Reserves room in the audit log for the entry of a request without a token, by the network of its address.
   * @returns the function that takes the entry's real size in bytes; 0 if the request has none. Call it once.
   * @throws {IstmoError} `RATE_LIMITED` if such requests have used up their room.
   */
  reserveEntry(address: string): (bytes: number) => void
  /**
   * Checks the document against the list of trusted documents, and the variables against the limits. `readDocument` checks the size of the
   * document, on the planning thread.
   * @returns the listed text that the request asks for; null if the request stays as it came.
   * @throws {IstmoError} `LIMIT_EXCEEDED`, `DOCUMENT_NOT_TRUSTED`.
   */
  document(requested: RequestedDocument): string | null
}

/** One operation whose document is valid for the API schema, with variables as they came. */
export interface OperationRequest {
  readonly document: DocumentNode
  /** The document's text as it came, the key of the caches. */
  readonly source: string
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
}

/** A metric's values now. Those of a histogram are its cumulative buckets, its sum and its count, by `metricName` and the label `le`. */
export interface MetricReading {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly values: readonly {
    readonly value: number
    readonly labels: Readonly<Record<string, string | number>>
    readonly metricName?: string
  }[]
}
