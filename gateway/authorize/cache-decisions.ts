/**
 * Caches decisions. The first view's decision about an operation is kept for as long as the operation itself, so what is asked once does not fill the cache
 * with decisions that nobody can find again. Those of other views, of all together, are kept within a limit of memory.
 */
import { LRUCache } from 'lru-cache'
import type { PreparedOperation } from '../types/operation.ts'
import type { Decision } from './decide.ts'

/** How much memory the decisions of other views than the first may take, in bytes. */
const MAX_BYTES = 16 * 2 ** 20

/** About how many bytes a decision takes, and each denial or removed field in it. */
const BYTES = { decision: 400, part: 200 } as const

/** The decisions of one view, by operation. */
export interface ViewDecisions {
  get(operation: PreparedOperation): Decision | undefined
  set(operation: PreparedOperation, decision: Decision): void
}

/** What is kept with an operation. */
interface Kept {
  readonly number: number
  /** The view that asked first, and its decision. */
  readonly view: number
  decision: Decision
}

/** Creates the cache. `ofView` makes the part of a new view: it sees no other view's decisions. `count` says how many other views' decisions there are. */
export function createDecisions(maxBytes = MAX_BYTES): { ofView(): ViewDecisions; count(): number } {
  const cache = new LRUCache<string, Decision>({ maxSize: maxBytes, sizeCalculation: sizeOf })
  const byOperation = new WeakMap<PreparedOperation, Kept>()
  let lastOperation = 0
  let lastView = 0
  return {
    ofView() {
      const view = ++lastView
      return {
        get(operation) {
          const kept = byOperation.get(operation)
          return kept?.view === view ? kept.decision : kept && cache.get(`${view} ${kept.number}`)
        },
        set(operation, decision) {
          const kept = byOperation.get(operation)
          if (kept === undefined) byOperation.set(operation, { number: ++lastOperation, view, decision })
          else if (kept.view === view) kept.decision = decision
          else cache.set(`${view} ${kept.number}`, decision)
        },
      }
    },
    count: () => cache.size,
  }
}

function sizeOf({ removedFields, denials, partialDenials }: Decision): number {
  return BYTES.decision + BYTES.part * (removedFields.size + denials.length + partialDenials.length)
}
