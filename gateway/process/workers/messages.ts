/** What the parent and a worker tell each other. Each message is plain data; the channel keeps their order. */
import type { ErrorDetail } from '../../../contract/error-details.ts'
import type { ErrorCode } from '../../../contract/errors.ts'
import type { ProbeReport } from '../../../contract/probe.ts'
import type { GatewayConfig } from '../config.ts'

/** What somebody asks of a worker: what the operator's server shows, whether it can take requests, and a probe, which is answered by a {@link ProbeAnswer}. */
export type WorkerQuestion = 'status' | 'metrics' | 'unready' | 'published' | 'probe'

/** What a worker's probe came to: its report, or the error that whoever asked gets. */
export type ProbeAnswer = { readonly report: ProbeReport } | { readonly code: ErrorCode; readonly detail: ErrorDetail }

/** From the parent to a worker. */
export type ToWorker =
  | { readonly kind: 'start'; readonly config: GatewayConfig }
  | { readonly kind: 'reload' }
  /** A statement that the parent counted: the worker counts it too. */
  | { readonly kind: 'suspension'; readonly statement: string }
  /** `body`: that of a probe. */
  | { readonly kind: 'ask'; readonly id: number; readonly what: WorkerQuestion; readonly body?: unknown }
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

/** Creates the answers that one side expects of the other. */
export function createAnswers() {
  const waiting = new Map<number, (value: unknown) => void>()
  let last = 0
  const take = (id: number, value: unknown): void => {
    waiting.get(id)?.(value)
    waiting.delete(id)
  }
  return {
    take,
    /**
     * Asks with an id. Resolves to undefined if there is no answer in time.
     * @param withinMs how long it waits, in milliseconds. Default: until it ends.
     */
    expect(ask: (id: number) => void, withinMs?: number): Promise<unknown> {
      const id = ++last
      return new Promise((resolve) => {
        const timer = withinMs === undefined ? undefined : setTimeout(() => take(id, undefined), withinMs)
        waiting.set(id, (value) => {
          clearTimeout(timer)
          resolve(value)
        })
        ask(id)
      })
    },
    end(): void {
      for (const id of [...waiting.keys()]) take(id, undefined)
    },
  }
}
