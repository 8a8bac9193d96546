/** A node with the room that it and its words take, in the picture's own units. */
export interface SpreadNode {
  readonly id: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** Whether it stays where it is. */
  readonly isFixed?: boolean
}

/** A place in the picture that nodes are spread over. */
export interface Frame {
  readonly width: number
  readonly height: number
}

/** The room that stays free between two nodes: a line between them is seen. */
const GAP = 14

/** How often nodes that touch are moved apart. What still touches then has no room. */
const ROUNDS = 80

/**
 * Spreads nodes over a frame, so that they use all of it and no two touch where there is room. None is fixed: their form is stretched to that of the frame.
 * Some are: the others move away from what they touch.
 * @returns the place of each node that may move.
 */
export function spreadNodes(nodes: readonly SpreadNode[], frame: Frame): ReadonlyMap<string, { x: number; y: number }> {
  const isNew = nodes.every(({ isFixed }) => isFixed !== true)
  const placed = nodes.map((node) => ({ ...node }))
  if (isNew) stretch(placed, frame)
  for (let round = 0; round < ROUNDS && pushApart(placed); round++) if (isNew) keepInside(placed, frame)
  return new Map(placed.filter(({ isFixed }) => isFixed !== true).map(({ id, x, y }) => [id, { x, y }]))
}

type Moved = SpreadNode & { x: number; y: number }

function stretch(nodes: readonly Moved[], frame: Frame): void {
  for (const [at, size] of [
    ['x', 'width'],
    ['y', 'height'],
  ] as const) {
    const least = Math.min(...nodes.map((node) => node[at]))
    const range = Math.max(...nodes.map((node) => node[at])) - least
    const margin = Math.max(...nodes.map((node) => node[size])) / 2
    for (const node of nodes) {
      const share = range === 0 ? 0.5 : (node[at] - least) / range
      node[at] = margin + share * Math.max(0, frame[size] - 2 * margin)
    }
  }
}

function keepInside(nodes: readonly Moved[], frame: Frame): void {
  for (const node of nodes) {
    node.x = Math.min(frame.width - node.width / 2, Math.max(node.width / 2, node.x))
    node.y = Math.min(frame.height - node.height / 2, Math.max(node.height / 2, node.y))
  }
}

/** Moves each two nodes that touch apart, the shorter way. Returns whether any did. */
function pushApart(nodes: readonly Moved[]): boolean {
  let isMoved = false
  for (const [index, one] of nodes.entries()) {
    for (const other of nodes.slice(index + 1)) {
      if (one.isFixed === true && other.isFixed === true) continue
      const acrossX = (one.width + other.width) / 2 + GAP - Math.abs(one.x - other.x)
      const acrossY = (one.height + other.height) / 2 + GAP - Math.abs(one.y - other.y)
      if (acrossX <= 0 || acrossY <= 0) continue
      isMoved = true
      const [at, by] = acrossX < acrossY ? (['x', acrossX] as const) : (['y', acrossY] as const)
      const sign = one[at] < other[at] ? -1 : 1
      const share = one.isFixed === true ? 0 : other.isFixed === true ? 1 : 0.5
      one[at] += sign * by * share
      other[at] -= sign * by * (1 - share)
    }
  }
  return isMoved
}
