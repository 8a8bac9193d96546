/** The gateway's audit log as the HTTP front uses it: what it writes at the end of a request, and what it gives back. Types only. */
import type { Caller } from '../../contract/access-token.ts'
import type { ErrorCode } from '../../contract/errors.ts'
import type { Misuse } from '../../contract/misuse.ts'
import type { RequestContext, Trail } from './flow.ts'

/** A request at its end, before its answer leaves. */
export interface EndedRequest {
  readonly context: RequestContext
  readonly status: number
  /** Codes of the answer's errors, each once. */
  readonly codes: readonly string[]
  readonly durationMs: number
}

/** What somebody did with a valid token that the token does not allow. `code`: the error that the sender gets. */
export interface NotedMisuse {
  readonly requestId: string
  /** The holder of the token. */
  readonly caller: Caller
  readonly code: ErrorCode
  readonly misuse: Misuse
}

/** The entry of a request that is durable. */
export interface WrittenRequest {
  /** The size of the entry with its continuations, in bytes; 0 if the request was only counted. */
  readonly bytes: number
  /**
   * Makes the proof for the caller that the entry is in the log: the value of the header `Istmo-Log-Proof`. Null if the request has no
   * entry.
   */
  readonly prove: (() => Promise<string>) | null
}

/** The audit log as the HTTP front uses it. */
export interface RequestAuditLog {
  /** Whether the last attempt to write an entry succeeded. While it is false, the gateway sends no legs. */
  isWritable(): boolean
  /** Begins the trail of a request, whether its caller is known or anonymous. */
  begin(): Trail
  /**
   * Writes the request's entry. Resolves when the entry is durable.
   * @throws {Error} if the entry cannot be written: then the gateway must not send the answer.
   */
  end(request: EndedRequest): Promise<WrittenRequest>
  /**
   * Writes an entry about a misused token, or counts it if there are many. Resolves when that is done.
   * @throws {Error} if the entry cannot be written.
   */
  noteMisuse(misuse: NotedMisuse): Promise<void>
  /** Counts a request that was rejected before its caller was known. */
  countRejection(code: ErrorCode): void
  /** Why the gateway should get no requests now; null if it can take them. */
  unready(): Promise<'RECORD_UNAVAILABLE' | 'DISK_NEARLY_FULL' | null>
}
