/** A node that may show a name. Lengths are in the picture's own units. */
export interface LabelledNode {
  readonly id: string
  readonly x: number
  readonly y: number
  /** From the middle to the lower edge. */
  readonly radius: number
  /** How many characters its name has. */
  readonly length: number
  /** The heavier node keeps its name where two names would touch. */
  readonly weight: number
}

/** The height of a name's letters on the screen, in pixels. */
export const LABEL_PX = 13

/** The room of a name on the screen, in pixels: of a character, of a line, and between a node and its name. */
const CHARACTER_PX = LABEL_PX * 0.56
const LINE_PX = LABEL_PX * 1.35
const GAP_PX = 3

/** By how much two names may overlap, in pixels: less is a matter of rounding. */
const TOUCH_PX = 0.01

/** The cells of the grid in which neighbours are looked for, in pixels. */
const CELL = { width: 160, height: 40 } as const

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/**
 * Chooses the nodes that show their names, so that no two names touch. The same picture at the same scale shows the same names wherever it is moved.
 * @param zoom how many pixels a unit of the picture has.
 */
export function chooseLabels(nodes: readonly LabelledNode[], zoom: number): ReadonlySet<string> {
  const chosen = new Set<string>()
  const grid = new Map<string, Box[]>()
  const ordered = nodes.toSorted((left, right) => right.weight - left.weight || (left.id < right.id ? -1 : 1))
  for (const node of ordered) {
    const box = boxOf(node, zoom)
    const cells = cellsOf(box)
    if (cells.some((cell) => grid.get(cell)?.some((other) => touches(box, other)))) continue
    chosen.add(node.id)
    for (const cell of cells) {
      const known = grid.get(cell)
      if (known === undefined) grid.set(cell, [box])
      else known.push(box)
    }
  }
  return chosen
}

function boxOf({ x, y, radius, length }: LabelledNode, zoom: number): Box {
  const half = (length * CHARACTER_PX) / 2
  const top = (y + radius) * zoom + GAP_PX
  return { left: x * zoom - half, right: x * zoom + half, top, bottom: top + LINE_PX }
}

function cellsOf({ left, right, top, bottom }: Box): readonly string[] {
  const cells: string[] = []
  for (let column = Math.floor(left / CELL.width); column <= Math.floor(right / CELL.width); column++) {
    for (let row = Math.floor(top / CELL.height); row <= Math.floor(bottom / CELL.height); row++) {
      cells.push(`${column} ${row}`)
    }
  }
  return cells
}

function touches(one: Box, other: Box): boolean {
  const covers = (from: number, to: number): boolean => from < to - TOUCH_PX
  return (
    covers(one.left, other.right) &&
    covers(other.left, one.right) &&
    covers(one.top, other.bottom) &&
    covers(other.top, one.bottom)
  )
}
