/** What the parent and a worker tell each other. Each message is plain data; the channel keeps their order. */
import type { ErrorDetail } from '../../../contract/error-details.ts'
import type { ErrorCode } from '../../../contract/errors.ts'
import type { ProbeReport } from '../../../contract/probe.ts'
import type { GatewayConfig } from '../config.ts'

/** What somebody asks of a worker: what the operator's server shows, and whether it can take requests. */
export type WorkerQuestion = 'status' | 'metrics' | 'unready' | 'published'

/** What a worker's probe came to: its report, or the error that whoever asked gets. */
export type ProbeAnswer = { readonly report: ProbeReport } | { readonly code: ErrorCode; readonly detail: ErrorDetail }

/** From the parent to a worker. */
export type ToWorker =
  | { readonly kind: 'start'; readonly config: GatewayConfig }
  | { readonly kind: 'reload' }
  /** A statement that the parent counted: the worker counts it too. */
  | { readonly kind: 'suspension'; readonly statement: string }
  | { readonly kind: 'ask'; readonly id: number; readonly what: WorkerQuestion }
  /** The body of a probe, which one worker carries out. It is answered by a {@link ProbeAnswer}. */
  | { readonly kind: 'probe'; readonly id: number; readonly body: unknown }
  /** The answer to the worker's question whether the others can take requests. */
  | { readonly kind: 'others'; readonly id: number; readonly unready: string | null }
  | { readonly kind: 'close' }

/** From a worker to the parent. */
export type FromWorker =
  | { readonly kind: 'listening'; readonly url: string }
  /** It could not start. `isConfig`: because of a setting or a file. */
  | { readonly kind: 'failed'; readonly message: string; readonly isConfig: boolean }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'others'; readonly id: number }
