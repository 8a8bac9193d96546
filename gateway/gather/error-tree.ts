import type { SubgraphError } from '../types/flow.ts'

/** A country's own errors by their paths in its answer. Their words are foreign and never leave the gateway. */
export interface ErrorTree {
  /** The errors below a key or index; undefined where there are none. */
  child(step: string | number): ErrorTree | undefined
  /** Whether an error here or below says that the country's server refused. */
  refused(): boolean
}

/** Codes with which a national subgraph says that it will not answer, as opposed to that it cannot. */
const REFUSALS = new Set([
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

/** How deep a path is followed: deeper than any operation, far less than a stack. */
const MAX_STEPS = 200

/** The tree of a leg's errors; undefined where there are none. Errors without a path stand at the top. */
export function errorTree(errors: readonly SubgraphError[]): ErrorTree | undefined {
  if (errors.length === 0) return undefined
  const root = new Branch()
  for (const error of errors) {
    let branch = root
    for (const step of stepsOf(error.path)) branch = branch.grow(step)
    branch.add(error)
  }
  return root
}

/** The first keys and indexes of a path. Anything else in it is no step, and may not even have a string. */
function stepsOf(path: unknown): readonly string[] {
  if (!Array.isArray(path)) return []
  const steps: unknown[] = path.slice(0, MAX_STEPS)
  return steps.flatMap((step) => (typeof step === 'string' || typeof step === 'number' ? [String(step)] : []))
}

class Branch implements ErrorTree {
  readonly #children = new Map<string, Branch>()
  #refused = false

  grow(step: string): Branch {
    let child = this.#children.get(step)
    if (child === undefined) {
      child = new Branch()
      this.#children.set(step, child)
    }
    return child
  }

  add(error: SubgraphError): void {
    const { extensions } = error
    const code =
      typeof extensions === 'object' && extensions !== null ? (extensions as { code?: unknown }).code : undefined
    if (typeof code === 'string' && REFUSALS.has(code)) this.#refused = true
  }

  child(step: string | number): ErrorTree | undefined {
    return this.#children.get(String(step))
  }

  refused(): boolean {
    return this.#refused || [...this.#children.values()].some((child) => child.refused())
  }
}
