import type { Rewrite, RewriteStep } from '../types/plan.ts'

/**
 * Reads the values that a subgraph's fields take from the objects above them (`@context`, `@fromContext`; Federation 2.8). The path of
 * each rewrite leads from the entity to a value, one level up for each `..`. The rewrite names the variable that carries the value.
 * @param at the entity's place in `tree`, with list indices.
 * @returns the values by variable name.
 */
export function contextValues(
  tree: Readonly<Record<string, unknown>>,
  at: readonly (string | number)[],
  rewrites: readonly Rewrite[],
): Readonly<Record<string, unknown>> {
  const objects = objectsAlong(tree, at)
  const values: Record<string, unknown> = {}
  for (const rewrite of rewrites) {
    if (rewrite.kind !== 'KeyRenamer') continue
    const up = rewrite.path.lastIndexOf('..') + 1
    const found = valueAt(objects[objects.length - 1 - up], rewrite.path.slice(up))
    if (found !== undefined) values[rewrite.renameKeyTo] = found
  }
  return values
}

/** Lists the objects from the root to the place. A list is not a level. */
function objectsAlong(tree: Readonly<Record<string, unknown>>, at: readonly (string | number)[]): unknown[] {
  const objects: unknown[] = [tree]
  let value: unknown = tree
  for (const step of at) {
    value = ownProperty(value, step)
    if (!Array.isArray(value)) objects.push(value)
  }
  return objects
}

function valueAt(value: unknown, path: readonly RewriteStep[]): unknown {
  const [step, ...rest] = path
  if (step === undefined) return value
  if (Array.isArray(value)) return value.map((item) => valueAt(item, path))
  if (typeof step === 'string') return valueAt(ownProperty(value, step), rest)
  const typename = ownProperty(value, '__typename')
  return typeof typename === 'string' && !step.has(typename) ? undefined : valueAt(value, rest)
}

function ownProperty(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string | number, unknown>)[key]
    : undefined
}
