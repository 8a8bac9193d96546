/** Caches decisions, of all views together, within a limit of memory. */
import { LRUCache } from 'lru-cache'
import type { PreparedOperation } from '../types/operation.ts'
import type { Decision } from './decide.ts'

/** How much memory the decisions may take, in bytes. */
const MAX_BYTES = 16 * 2 ** 20

/** About how many bytes a decision takes, and each denial or removed field in it. */
const BYTES = { decision: 400, part: 200 } as const

/** The decisions of one view, by operation. */
export interface ViewDecisions {
  get(operation: PreparedOperation): Decision | undefined
  set(operation: PreparedOperation, decision: Decision): void
}

/** Creates the cache. `ofView` makes the part of a new view: it sees no other view's decisions. */
export function createDecisions(maxBytes = MAX_BYTES): { ofView(): ViewDecisions; count(): number } {
  const cache = new LRUCache<string, Decision>({ maxSize: maxBytes, sizeCalculation: sizeOf })
  const numbers = new WeakMap<PreparedOperation, number>()
  let lastOperation = 0
  let lastView = 0
  const numberOf = (operation: PreparedOperation): number => {
    const known = numbers.get(operation)
    if (known !== undefined) return known
    lastOperation += 1
    numbers.set(operation, lastOperation)
    return lastOperation
  }
  return {
    ofView() {
      const view = ++lastView
      return {
        get: (operation) => cache.get(`${view} ${numberOf(operation)}`),
        set: (operation, decision) => void cache.set(`${view} ${numberOf(operation)}`, decision),
      }
    },
    count: () => cache.size,
  }
}

function sizeOf({ removedFields, denials, partialDenials }: Decision): number {
  return BYTES.decision + BYTES.part * (removedFields.size + denials.length + partialDenials.length)
}
