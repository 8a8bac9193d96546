/**
 * Known operations: those of the trusted documents. The gateway plans them when it starts and when the supergraph changes, so that their first
 * caller does not wait for a plan (docs/decisions/0148-only-trusted-documents-are-planned-ahead.md).
 */
import { Kind, parse } from 'graphql'
import type { Logger } from 'pino'
import { IstmoError } from '../../contract/errors.ts'
import { NEVER_GONE } from '../../contract/hangup.ts'
import { type Conditions, listConditionVariables } from '../plan/normalise/conditions.ts'
import type { OperationToPlan } from '../types/operation.ts'
import type { Payer } from '../types/planning.ts'
import type { Engine } from './engine.ts'

/** How many operations are planned ahead for one graph. */
const MAX_OPERATIONS = 1_000

/** The part of the caches that they may fill. */
const CACHE_SHARE = 0.5

/** How long a start or a change of the supergraph waits for them, in milliseconds. The rest is planned while the gateway answers. */
const MAX_WAIT_MS = 2_000

/** How long they are planned altogether, in milliseconds. */
const MAX_PASS_MS = 60_000

/** How many condition variables a document may have whose values are all planned. */
const MAX_CONDITIONS = 2

/** What {@link openKnownOperations} works with. */
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

/** Opens the known operations. */
export function openKnownOperations(options: KnownOperationsOptions) {
  let current: object = {}
  return {
    /**
     * Plans the known operations with an engine. An earlier call ends. Never rejects.
     * @returns when all are planned, or after a bounded time. Then the rest is planned behind what callers wait for.
     */
    async planAhead(engine: PlansAhead) {
      const pass = {}
      current = pass
      const { promise: over, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, options.maxWaitMs ?? MAX_WAIT_MS)
      await Promise.race([planAll(engine, options, () => pass !== current), over])
      clearTimeout(timer)
    },
    /** Ends what is planned. */
    close() {
      current = {}
    },
  }
}

/** Plans one document after the other, within the bounds. Never rejects. */
async function planAll(
  engine: PlansAhead,
  { listTrusted, maxCacheBytes, log }: KnownOperationsOptions,
  isOver: () => boolean,
): Promise<void> {
  const startedAt = performance.now()
  const payer: Payer = { caller: null, hangup: NEVER_GONE, deadlineAt: startedAt + MAX_PASS_MS, isAhead: true }
  const documents = listTrusted()
  let [planned, failed, tried] = [0, 0, 0]
  const findEnd = (): string | null => {
    if (planned + failed >= MAX_OPERATIONS) return 'COUNT'
    if (performance.now() >= payer.deadlineAt) return 'TIME'
    return engine.cachedBytes() >= maxCacheBytes * CACHE_SHARE ? 'MEMORY' : null
  }
  const planDocument = async (source: string): Promise<string | null> => {
    for (const operation of listOperations(source)) {
      const end = findEnd()
      if (end !== null || isOver()) return end ?? 'OVER'
      const outcome = await planOne(engine, operation, payer)
      if (typeof outcome === 'string') return outcome
      if (outcome) planned += 1
      else failed += 1
    }
    return null
  }
  let end: string | null = null
  for (const source of documents) {
    end = await planDocument(source)
    if (end !== null) break
    tried += 1
  }
  if (isOver() || documents.length === 0) return
  const leftOut = documents.length - tried
  const counts = { planned, failed, leftOut, ms: Math.round(performance.now() - startedAt) }
  if (end === null) log.info(counts, 'known operations planned')
  else log.warn({ ...counts, reason: end }, 'known operations planned, but not all')
}

/**
 * Plans one operation. Returns whether it was planned, and a code if the pass must end: the thread has no time for it, or had to be started
 * again because of it.
 */
async function planOne(engine: PlansAhead, operation: OperationToPlan, payer: Payer): Promise<boolean | string> {
  try {
    return await engine.planAhead(operation, payer)
  } catch (error) {
    const code = error instanceof IstmoError ? error.code : 'INTERNAL'
    return code === 'DOCUMENT_TOO_HARD' || code === 'GATEWAY_BUSY' ? code : false
  }
}

/**
 * Lists what callers can ask with a trusted document: each of its operations, by its name and, if it is the only one, without a name; with each
 * value of the variables that decide an `@include` or `@skip`, if these are few.
 */
export function listOperations(source: string): readonly OperationToPlan[] {
  const document = parse(source, { noLocation: true })
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION)
  const names = operations.flatMap(({ name }) => (name === undefined ? [] : [name.value]))
  const asked = operations.length === 1 ? [undefined, ...names] : names
  const combinations = listCombinations(listConditionVariables(document))
  return asked.flatMap((operationName) => combinations.map((conditions) => ({ source, operationName, conditions })))
}

/** Lists each combination of values; none if there are too many. */
function listCombinations(names: readonly string[]): readonly Conditions[] {
  if (names.length > MAX_CONDITIONS) return []
  return names.reduce<readonly Conditions[]>(
    (combinations, name) =>
      combinations.flatMap((each) => [
        { ...each, [name]: false },
        { ...each, [name]: true },
      ]),
    [{}],
  )
}
