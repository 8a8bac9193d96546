import type { SubgraphError } from '../types/flow.ts'

/** The errors of a country's answer, by their paths. Their texts never leave the gateway. */
export interface ErrorTree {
  /** Returns the errors below a key or index; undefined if there are none. */
  child(step: string | number): ErrorTree | undefined
  /** Whether the code of an error here or below is one with which the country's server denies an answer. */
  isDenied(): boolean
}

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

/** How many steps of a path the tree has: more than any operation has levels, and few enough for the call stack. */
const MAX_STEPS = 200

/** Makes the tree of a leg's errors; undefined if there are none. An error without a path is at the root. */
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

/** Returns the first keys and indices of a path as strings. Skips anything else, which may not be convertible to a string. */
function stepsOf(path: unknown): readonly string[] {
  if (!Array.isArray(path)) return []
  const steps: unknown[] = path.slice(0, MAX_STEPS)
  return steps.flatMap((step) => (typeof step === 'string' || typeof step === 'number' ? [String(step)] : []))
}

class Branch implements ErrorTree {
  readonly #children = new Map<string, Branch>()
  #isDenied = false

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
    if (typeof code === 'string' && DENIAL_CODES.has(code)) this.#isDenied = true
  }

  child(step: string | number): ErrorTree | undefined {
    return this.#children.get(String(step))
  }

  isDenied(): boolean {
    return this.#isDenied || [...this.#children.values()].some((child) => child.isDenied())
  }
}
