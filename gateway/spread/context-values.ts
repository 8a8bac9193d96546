import type { Rewrite, RewriteStep } from '../types/plan.ts'

/**
 * The values that a subgraph's fields take from the objects above them (`@context`, `@fromContext`; Federation 2.8): each
 * rewrite leads from the object asked about, `..` by `..`, to a value, and names the variable that carries it.
 * @param at where the object stands in `tree`, with list indices.
 */
export function contextValues(
  tree: Readonly<Record<string, unknown>>,
  at: readonly (string | number)[],
  rewrites: readonly Rewrite[],
): Readonly<Record<string, unknown>> {
  const line = objectsAlong(tree, at)
  const values: Record<string, unknown> = {}
  for (const rewrite of rewrites) {
    if (rewrite.kind !== 'KeyRenamer') continue
    const up = rewrite.path.lastIndexOf('..') + 1
    const found = valueAt(line[line.length - 1 - up], rewrite.path.slice(up))
    if (found !== undefined) values[rewrite.renameKeyTo] = found
  }
  return values
}

/** The objects from the root to the place; lists are no level of their own. */
function objectsAlong(tree: Readonly<Record<string, unknown>>, at: readonly (string | number)[]): unknown[] {
  const line: unknown[] = [tree]
  let value: unknown = tree
  for (const step of at) {
    value = own(value, step)
    if (!Array.isArray(value)) line.push(value)
  }
  return line
}

function valueAt(value: unknown, path: readonly RewriteStep[]): unknown {
  const [step, ...rest] = path
  if (step === undefined) return value
  if (Array.isArray(value)) return value.map((item) => valueAt(item, path))
  if (typeof step === 'string') return valueAt(own(value, step), rest)
  const typename = own(value, '__typename')
  return typeof typename === 'string' && !step.has(typename) ? undefined : valueAt(value, rest)
}

function own(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string | number, unknown>)[key]
    : undefined
}
