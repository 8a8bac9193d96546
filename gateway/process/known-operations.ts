/**
 * Known operations: those of trusted documents. The gateway plans them when it starts and when the supergraph or the list changes, so that their
 * first caller does not wait for a plan (docs/decisions/0079-known-operations-are-planned-ahead.md).
 */
import type { Logger } from 'pino'
import { IstmoError } from '../../contract/errors.ts'
import { NEVER_GONE } from '../../contract/hangup.ts'
import type { Engine } from '../pipeline/engine.ts'
import { listOperations } from '../pipeline/plan-ahead.ts'
import type { OperationToPlan, Payer } from '../types/planning.ts'

/** How many operations are planned ahead for one graph. */
const MAX_OPERATIONS = 1_000

/** The part of the caches that they may fill. */
const CACHE_SHARE = 0.5

/** How long a start or a change of the supergraph waits for them, in milliseconds. The rest is planned while the gateway answers. */
const MAX_WAIT_MS = 2_000

/** How long they are planned altogether, in milliseconds. */
const MAX_PASS_MS = 60_000

/** What {@link createKnownOperations} works with. */
export interface KnownOperationsOptions {
  readonly maxCacheBytes: number
  /** Returns the texts of the trusted documents now. */
  readonly listTrusted: () => readonly string[]
  readonly log: Logger
  /** How long {@link KnownOperations.planAhead} waits, in milliseconds. Default: {@link MAX_WAIT_MS}. */
  readonly maxWaitMs?: number
}

/** The part of an engine that plans. */
export type PlansAhead = Pick<Engine, 'planAhead' | 'cachedBytes'>

/** The known operations of a gateway. */
export interface KnownOperations {
  /**
   * Plans the known operations with an engine. An earlier call ends. Never rejects.
   * @returns when all are planned, or after a bounded time. Then the rest is planned behind what callers wait for.
   */
  planAhead(engine: PlansAhead): Promise<void>
  /** Ends what is planned. */
  close(): void
}

/** Creates the known operations. */
export function createKnownOperations(options: KnownOperationsOptions): KnownOperations {
  const { maxWaitMs = MAX_WAIT_MS } = options
  let current: object = {}
  return {
    async planAhead(engine) {
      const pass = {}
      current = pass
      await atMost(
        maxWaitMs,
        planAll(engine, options, () => pass !== current),
      )
    },
    close() {
      current = {}
    },
  }
}

/** Waits for a promise, but not longer than this. */
async function atMost(ms: number, promise: Promise<void>): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  await Promise.race([promise, over])
  clearTimeout(timer)
}

/** Plans one operation after the other, within the bounds. Never rejects. */
async function planAll(
  engine: PlansAhead,
  { listTrusted, maxCacheBytes, log }: KnownOperationsOptions,
  isOver: () => boolean,
): Promise<void> {
  const startedAt = performance.now()
  const payer: Payer = { caller: null, hangup: NEVER_GONE, deadlineAt: startedAt + MAX_PASS_MS, isAhead: true }
  const documents = listTrusted()
  let [planned, failed, leftOut] = [0, 0, documents.length]
  /** Plans what a document asks. Returns why the pass must end; null if it goes on. */
  const planDocument = async (text: string): Promise<string | null> => {
    for (const operation of listOperations(text)) {
      const end = isOver() ? 'OVER' : findEnd(engine, planned + failed, startedAt, maxCacheBytes)
      if (end !== null) return end
      const outcome = await planOne(engine, operation, payer)
      if (typeof outcome === 'string') return outcome
      if (outcome) planned += 1
      else failed += 1
    }
    return null
  }
  let end: string | null = null
  for (const text of documents) {
    end = await planDocument(text)
    if (end !== null) break
    leftOut -= 1
  }
  if (isOver() || documents.length === 0) return
  const counts = { planned, failed, leftOut, ms: Math.round(performance.now() - startedAt) }
  if (end === null) log.info(counts, 'known operations planned')
  else log.warn({ ...counts, reason: end }, 'known operations planned, but not all')
}

/** Returns which bound is reached; null if none is. */
function findEnd(engine: PlansAhead, count: number, startedAt: number, maxCacheBytes: number): string | null {
  if (count >= MAX_OPERATIONS) return 'COUNT'
  if (performance.now() - startedAt >= MAX_PASS_MS) return 'TIME'
  return engine.cachedBytes() >= maxCacheBytes * CACHE_SHARE ? 'MEMORY' : null
}

/**
 * Plans one operation. Returns false if it cannot be planned, and a code if the pass must end: the thread has no time for it, or had to be started
 * again because of it.
 */
async function planOne(
  engine: PlansAhead,
  operation: OperationToPlan,
  payer: Payer,
): Promise<boolean | 'DOCUMENT_TOO_HARD' | 'GATEWAY_BUSY'> {
  try {
    return await engine.planAhead(operation, payer)
  } catch (error) {
    const code = error instanceof IstmoError ? error.code : 'INTERNAL'
    return code === 'DOCUMENT_TOO_HARD' || code === 'GATEWAY_BUSY' ? code : false
  }
}
