import type { Module } from './modules.ts'

/** Draws the import graph of a folder as boxes and arrows. */

/** The import graph of one folder, at the level of its direct children. */
export interface BoxGraph {
  /** The direct children of the folder that contain modules: a file, or a subfolder with everything below it. Sorted. */
  readonly boxes: readonly string[]
  /** `from → to`: a file in one box imports a file in the other. Each pair counts once. Sorted. */
  readonly arrows: readonly string[]
  /** The number of boxes on the longest path of arrows. Boxes that import each other in a circle count as one. */
  readonly floors: number
  /** The groups of boxes that import each other in a circle. */
  readonly circles: readonly (readonly string[])[]
}

type Edges = ReadonlyMap<string, ReadonlySet<string>>

/**
 * Draws the graph of one folder from the modules below it.
 *
 * @param folder Path from the root, such as `gateway`; the empty string for the root itself.
 */
export function drawBoxes(modules: readonly Pick<Module, 'path' | 'imports'>[], folder: string): BoxGraph {
  const prefix = folder === '' ? '' : `${folder}/`
  const boxOf = (path: string): string | undefined =>
    path.startsWith(prefix) ? path.slice(prefix.length).split('/')[0] : undefined
  const edges = new Map<string, Set<string>>()
  for (const { path } of modules) {
    const box = boxOf(path)
    if (box !== undefined) edges.set(box, new Set())
  }
  for (const { path, imports } of modules) {
    const from = boxOf(path)
    for (const { path: target } of imports) {
      const to = target === undefined ? undefined : boxOf(target)
      if (from !== undefined && to !== undefined && from !== to && edges.has(to)) edges.get(from)?.add(to)
    }
  }
  const arrows = [...edges].flatMap(([from, targets]) => [...targets].map((to) => `${from} → ${to}`))
  const groups = findGroups(edges)
  return {
    boxes: [...edges.keys()].sort(),
    arrows: arrows.sort(),
    floors: countFloors(edges, groups),
    circles: groups.filter((group) => group.length > 1),
  }
}

/** Groups the boxes that reach each other. The graphs are small, so each box is searched by itself. */
function findGroups(edges: Edges): readonly (readonly string[])[] {
  const reached = new Map([...edges.keys()].map((box) => [box, reachFrom(edges, box)]))
  const groups = new Map<string, string[]>()
  for (const box of [...edges.keys()].sort()) {
    const first = [...groups.keys()].find((other) => reached.get(other)?.has(box) && reached.get(box)?.has(other))
    if (first === undefined) groups.set(box, [box])
    else groups.get(first)?.push(box)
  }
  return [...groups.values()]
}

function reachFrom(edges: Edges, start: string): ReadonlySet<string> {
  const reached = new Set<string>()
  const waiting = [...(edges.get(start) ?? [])]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reached.has(next)) continue
    reached.add(next)
    waiting.push(...(edges.get(next) ?? []))
  }
  return reached
}

/** Counts the groups on the longest path in the graph of groups. That graph has no circle, so the walk ends. */
function countFloors(edges: Edges, groups: readonly (readonly string[])[]): number {
  const groupOf = new Map(groups.flatMap((group, index) => group.map((box) => [box, index] as const)))
  const heights = new Map<number, number>()
  const heightOf = (index: number): number => {
    const cached = heights.get(index)
    if (cached !== undefined) return cached
    const targets = (groups[index] ?? []).flatMap((box) => [...(edges.get(box) ?? [])])
    const lower = new Set(targets.flatMap((box) => groupOf.get(box) ?? []))
    lower.delete(index)
    const height = 1 + Math.max(0, ...[...lower].map(heightOf))
    heights.set(index, height)
    return height
  }
  return Math.max(0, ...groups.map((_, index) => heightOf(index)))
}
