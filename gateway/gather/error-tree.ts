import type { SubgraphError } from '../types/flow.ts'

/** The errors of a country's answer, by their paths. Their texts never leave the gateway. */
export interface ErrorTree {
  /** Returns the errors below a key or index; undefined if there are none. */
  child(step: string | number): ErrorTree | undefined
  /** Why there is no value here, by the codes of the errors here and below. */
  reason(): FailureReason
}

/**
 * Why a value is missing. `denied`: the country's server will not answer. `spent`: the caller's quota of rows is spent. `unreachable`: it
 * cannot reach its own records. `broken`: anything else.
 */
export type FailureReason = 'denied' | 'spent' | 'unreachable' | 'broken'

/** The code with which a national subgraph says that it cannot reach its database, or the service behind it. */
const RECORDS_UNAVAILABLE = 'RECORDS_UNAVAILABLE'

/** The code with which the gateway or a national subgraph says that the caller's rows of the day are spent. */
const QUOTA_SPENT = 'QUOTA_SPENT'

/** Codes with which a national subgraph says that it will not answer, and not that it cannot. */
const DENIAL_CODES = new Set([
  'FORBIDDEN',
  'UNAUTHENTICATED',
  'FORBIDDEN_BY_COUNTRY',
  'MANDATE_NOT_COVERED',
  'TASK_FORCE_NOT_RECOGNISED',
  'REFUSED_BY_NODE',
  'BAD_USER_INPUT',
  'SEARCH_TOO_WIDE',
  'LIMIT_EXCEEDED',
  'ID_INVALID',
  'BAD_CURSOR',
])

/** Makes the tree of a leg's errors; undefined if there are none. An error without a path is at the root. */
export function errorTree(errors: readonly SubgraphError[]): ErrorTree | undefined {
  return errors.length === 0 ? undefined : new Branch(errors, 0)
}

/**
 * The errors at one place and below it. It sorts them by the next step only when somebody looks below, so a country that sends long
 * paths makes the tree no deeper than the operation.
 */
class Branch implements ErrorTree {
  readonly #errors: readonly SubgraphError[]
  /** How many steps of each error's path lead to this place. */
  readonly #depth: number
  #children: ReadonlyMap<string, Branch> | null = null
  #reason: FailureReason | null = null

  constructor(errors: readonly SubgraphError[], depth: number) {
    this.#errors = errors
    this.#depth = depth
  }

  child(step: string | number): ErrorTree | undefined {
    this.#children ??= this.#sortByStep()
    return this.#children.get(String(step))
  }

  reason(): FailureReason {
    this.#reason ??= worstReason(this.#errors)
    return this.#reason
  }

  #sortByStep(): ReadonlyMap<string, Branch> {
    const byStep = new Map<string, SubgraphError[]>()
    for (const error of this.#errors) {
      const step = stepAt(error.path, this.#depth)
      if (step === undefined) continue
      const below = byStep.get(step)
      if (below) below.push(error)
      else byStep.set(step, [error])
    }
    return new Map([...byStep].map(([step, errors]) => [step, new Branch(errors, this.#depth + 1)]))
  }
}

/** Returns one step of a path as text; undefined if the path ends before it, or has something else than a key or an index there. */
function stepAt(path: unknown, depth: number): string | undefined {
  if (!Array.isArray(path)) return undefined
  const step: unknown = path[depth]
  return typeof step === 'string' || typeof step === 'number' ? String(step) : undefined
}

function worstReason(errors: readonly SubgraphError[]): FailureReason {
  let worst: FailureReason = 'broken'
  for (const { extensions } of errors) {
    const code = typeof extensions === 'object' && extensions !== null ? (extensions as { code?: unknown }).code : null
    if (typeof code !== 'string') continue
    if (DENIAL_CODES.has(code)) return 'denied'
    if (code === QUOTA_SPENT) worst = 'spent'
    else if (code === RECORDS_UNAVAILABLE && worst === 'broken') worst = 'unreachable'
  }
  return worst
}
