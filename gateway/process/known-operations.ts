/**
 * Known operations: the trusted documents, and what most callers asked. The gateway plans them when it starts and when the supergraph changes, so
 * that their first caller does not wait for a plan (docs/decisions/0079-known-operations-are-planned-ahead.md).
 */
import type { Logger } from 'pino'
import { IstmoError } from '../../contract/errors.ts'
import { NEVER_GONE } from '../../contract/hangup.ts'
import { replaceFile } from '../../service/replace-file.ts'
import { callerKey } from '../admit/admission.ts'
import { formatHotFile, parseHotFile } from '../known/hot-file.ts'
import { createHotList, HOT_LIST_BOUNDS } from '../known/hot-list.ts'
import { listOperations } from '../known/list-operations.ts'
import type { Engine, EngineOptions } from '../pipeline/engine.ts'
import type { KnownOperation, Payer } from '../types/planning.ts'
import { readHotListFile } from './hot-list-file.ts'

/** How many operations are planned ahead for one graph. */
const MAX_OPERATIONS = 1_000

/** The part of the caches that they may fill. */
const CACHE_SHARE = 0.5

/** How long a start or a change of the supergraph waits for them, in milliseconds. The rest is planned while the gateway answers. */
const MAX_WAIT_MS = 2_000

/** How long they are planned altogether, in milliseconds. */
const MAX_PASS_MS = 60_000

/** How long an interval of the hot list is, in milliseconds. After each one, the file is written. */
const INTERVAL_MS = 300_000

/** What {@link openKnownOperations} works with. */
export interface KnownOperationsOptions {
  /** File of the hot list; null: it is forgotten when the gateway stops. */
  readonly hotListFile: string | null
  readonly maxCacheBytes: number
  /** Returns the texts of the trusted documents now. */
  readonly listTrusted: () => readonly string[]
  readonly isTrusted: (text: string) => boolean
  readonly log: Logger
  /** How long {@link KnownOperations.planAhead} waits, in milliseconds. Default: {@link MAX_WAIT_MS}. */
  readonly maxWaitMs?: number
}

/** The part of an engine that plans. */
export type PlansAhead = Pick<Engine, 'planAhead' | 'cachedBytes'>

/** The known operations of a gateway. */
export interface KnownOperations {
  /** Notes that an operation was planned or its plan found, for {@link EngineOptions.onPlanned}. */
  readonly note: NonNullable<EngineOptions['onPlanned']>
  /**
   * Plans the known operations with an engine, the hottest first. An earlier call ends. Never rejects.
   * @returns when all are planned, or after a bounded time. Then the rest is planned behind what callers wait for.
   */
  planAhead(engine: PlansAhead): Promise<void>
  /** Ends an interval of the hot list, and writes the file. Never rejects. The gateway calls it by itself, and so do tests. */
  endInterval(): Promise<void>
  /** Writes the file a last time. */
  close(): Promise<void>
}

/** Opens the known operations. A file that cannot be used is a warning in the log. */
export async function openKnownOperations(options: KnownOperationsOptions): Promise<KnownOperations> {
  const { hotListFile: file, log, listTrusted, isTrusted, maxWaitMs = MAX_WAIT_MS } = options
  const hot = createHotList(HOT_LIST_BOUNDS)
  /** What the last run left. It comes into the hot list when it was planned, so that nothing of it is written again unread. */
  let left = file === null ? [] : await readHotList(file, options)
  let current: object = {}
  let isPlanning = false
  let written = ''

  const plan = async (engine: PlansAhead, pass: object): Promise<void> => {
    const operations = [...left, ...hot.list()]
    isPlanning = true
    await planAll(engine, { operations, documents: listTrusted() }, options, {
      isOver: () => pass !== current,
      onPlanned: hot.add,
    })
    if (pass !== current) return
    isPlanning = false
    left = []
  }
  const write = async (): Promise<void> => {
    // A stop in the middle of a pass must not forget what the pass has not come to.
    if (file === null || isPlanning) return
    const operations = hot.list()
    const text = formatHotFile(operations, isTrusted)
    if (operations.length === 0 || text === written) return
    try {
      await replaceFile(file, text)
      written = text
    } catch (error) {
      log.warn({ reason: (error as NodeJS.ErrnoException).code }, 'hot list not written')
    }
  }
  const endInterval = async (): Promise<void> => {
    await write()
    hot.endInterval()
  }
  const timer = setInterval(() => void endInterval(), INTERVAL_MS).unref()
  return {
    note: (operation, plan, caller) => hot.note(operation, plan, caller === null ? '' : callerKey(caller)),
    async planAhead(engine) {
      const pass = {}
      current = pass
      await atMost(maxWaitMs, plan(engine, pass))
    },
    endInterval,
    async close() {
      clearInterval(timer)
      current = {}
      await write()
    },
  }
}

async function readHotList(
  file: string,
  { listTrusted, log }: KnownOperationsOptions,
): Promise<readonly KnownOperation[]> {
  try {
    const text = await readHotListFile(file)
    if (text === null) return []
    const { operations, wrong } = parseHotFile(text, listTrusted(), MAX_OPERATIONS)
    if (wrong > 0) log.warn({ wrong }, 'hot list read without some operations, which no gateway has written')
    return operations
  } catch (error) {
    const remedy =
      'Delete the file of --hot-list, or let only its owner write it (chmod 600). The gateway writes a new one.'
    log.warn({ reason: (error as Error).message, remedy }, 'hot list not read')
    return []
  }
}

/** Waits for a promise, but not longer than this. */
async function atMost(ms: number, promise: Promise<void>): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  await Promise.race([promise, over])
  clearTimeout(timer)
}

/** What is planned in one pass: operations, and then what trusted documents ask. */
interface ToPlan {
  readonly operations: readonly KnownOperation[]
  readonly documents: readonly string[]
}

interface Watch {
  readonly isOver: () => boolean
  /** Called for each operation that was planned, except those of trusted documents, which nobody may ask. */
  readonly onPlanned: (operation: KnownOperation) => void
}

/** Plans one operation after the other, within the bounds. Never rejects. */
async function planAll(
  engine: PlansAhead,
  { operations, documents }: ToPlan,
  { maxCacheBytes, log }: KnownOperationsOptions,
  { isOver, onPlanned }: Watch,
): Promise<void> {
  const startedAt = performance.now()
  const payer: Payer = { caller: null, hangup: NEVER_GONE, deadlineAt: startedAt + MAX_PASS_MS, isAhead: true }
  let [planned, failed] = [0, 0]
  /** Plans some operations. Returns why the pass must end; null if it goes on. */
  const planSome = async (some: readonly KnownOperation[], isOfList: boolean): Promise<string | null> => {
    for (const operation of some) {
      const end = isOver() ? 'OVER' : findEnd(engine, planned + failed, startedAt, maxCacheBytes)
      if (end !== null) return end
      const outcome = await planOne(engine, operation, payer)
      if (typeof outcome === 'string') return outcome
      if (outcome === null) failed += 1
      else planned += 1
      if (outcome !== null && isOfList) onPlanned(outcome)
    }
    return null
  }
  let tried = 0
  let end: string | null = null
  for (const [at, step] of [...operations, ...documents].entries()) {
    const isOfList = typeof step !== 'string'
    end = await planSome(isOfList ? [step] : listOperations(step), isOfList)
    if (end !== null) break
    tried = at + 1
  }
  const leftOut = operations.length + documents.length - tried
  if (isOver() || tried + leftOut === 0) return
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
 * Plans one operation. Returns null if it cannot be planned, and a code if the pass must end: the thread has no time for it, or had to be started
 * again because of it.
 */
async function planOne(
  engine: PlansAhead,
  operation: KnownOperation,
  payer: Payer,
): Promise<KnownOperation | null | 'DOCUMENT_TOO_HARD' | 'GATEWAY_BUSY'> {
  try {
    return await engine.planAhead(operation, payer)
  } catch (error) {
    const code = error instanceof IstmoError ? error.code : 'INTERNAL'
    return code === 'DOCUMENT_TOO_HARD' || code === 'GATEWAY_BUSY' ? code : null
  }
}
