import type { CompiledOperation, Fetch } from '../types/operation.ts'

const partnersByOperation = new WeakMap<CompiledOperation, ReadonlySet<Fetch>>()

/**
 * Finds the fetches that may be ready at the same time as another one for the same domain, so that their legs can be merged. All others need not
 * wait for anybody. The answer is found once for each operation.
 */
export function findPartners(compiled: CompiledOperation): ReadonlySet<Fetch> {
  const known = partnersByOperation.get(compiled)
  if (known !== undefined) return known
  const groups = [compiled.fetches, ...compiled.separateGroups]
  const placed = groups.flatMap((fetches) => {
    const ancestors = listAncestors(fetches)
    return fetches.map((fetch) => ({
      fetch,
      group: fetches,
      ancestors: ancestors.get(fetch.index) ?? new Set<number>(),
    }))
  })
  const ofEntities = placed.filter(({ fetch }) => fetch.requires !== null)
  const partners = new Set<Fetch>()
  for (const one of ofEntities) {
    for (const other of ofEntities) {
      if (one.fetch === other.fetch || one.fetch.domain !== other.fetch.domain) continue
      const isBehind = one.group === other.group && one.ancestors.has(other.fetch.index)
      const isBefore = one.group === other.group && other.ancestors.has(one.fetch.index)
      if (!isBehind && !isBefore) partners.add(one.fetch)
    }
  }
  partnersByOperation.set(compiled, partners)
  return partners
}

/** Lists for each fetch the fetches that end before it begins. A fetch depends only on earlier ones. */
function listAncestors(fetches: readonly Fetch[]): ReadonlyMap<number, ReadonlySet<number>> {
  const ancestors = new Map<number, Set<number>>()
  for (const { index, dependsOn } of fetches) {
    const all = new Set(dependsOn)
    for (const above of dependsOn) for (const each of ancestors.get(above) ?? []) all.add(each)
    ancestors.set(index, all)
  }
  return ancestors
}
