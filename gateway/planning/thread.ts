/** A planning thread as `run-jobs.ts` uses it, and the messages between the two. Types only. */
import type { ErrorDetail } from '../../contract/error-details.ts'
import type { ErrorCode } from '../../contract/errors.ts'

/** A job for the thread. The thread runs one at a time. */
export interface JobMessage {
  readonly id: number
  readonly request: unknown
}

/** An error that survives a message: one of the registry, or a fault of the gateway, whose `text` is for its log. */
export type ErrorMessage =
  | { readonly code: ErrorCode; readonly detail: ErrorDetail }
  | { readonly code: null; readonly text: string }

/** What the thread posts. The first message says that it has loaded. `ms`: how long the job took. `answer`: in the format of `node:v8`. */
export type ThreadMessage =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'answered'; readonly id: number; readonly ms: number; readonly answer: Uint8Array }
  | { readonly kind: 'failed'; readonly id: number; readonly ms: number; readonly error: ErrorMessage }

/** Why a thread ended by itself. `isOutOfMemory`: it reached its limit of memory. */
export interface ThreadEnd {
  readonly cause: Error
  readonly isOutOfMemory: boolean
}

/** A thread that runs. */
export interface Thread {
  post(message: JobMessage): void
  /** Ends the thread at once, whatever it does. Afterwards it calls neither function that it was started with. */
  stop(): Promise<void>
}

/**
 * Starts a thread.
 * @param onMessage called for each message of the thread.
 * @param onEnd called once if the thread ends and nobody stopped it.
 */
export type StartThread = (onMessage: (message: ThreadMessage) => void, onEnd: (end: ThreadEnd) => void) => Thread
