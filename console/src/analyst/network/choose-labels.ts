/** A node that may show a name. Lengths are in the picture's own units. */
export interface LabelledNode {
  readonly id: string
  readonly x: number
  readonly y: number
  /** From the middle to an edge. */
  readonly radius: number
  /** How many characters its name has. */
  readonly length: number
  /** The size of its card on the screen, in pixels, if its words stand on a card in the node's own place. */
  readonly card?: { readonly width: number; readonly height: number }
  /** The heavier node keeps its name where two names would touch. The name of an infinitely heavy node is always shown. */
  readonly weight: number
}

/** On which side of its node a name stands, the best first. */
export const LABEL_SIDES = ['bottom', 'top', 'right', 'left'] as const

/** One of {@link LABEL_SIDES}, or the place of the node itself for a card. */
export type LabelSide = (typeof LABEL_SIDES)[number] | 'center'

/** The height of a name's letters on the screen, in pixels. */
export const LABEL_PX = 13

/** The room between a node and its name on the screen, in pixels. */
export const LABEL_GAP_PX = 3

/** The room of a character on the screen, in pixels. */
export const CHARACTER_PX = LABEL_PX * 0.56
const LINE_PX = LABEL_PX * 1.35

/** Up to how many nodes a name covers no other node. Among more, nearly no name would find a place. */
const MOST_UNCOVERED = 300

/** By how much two things may overlap, in pixels: less is a matter of rounding. */
const TOUCH_PX = 0.01

/** The cells of the grid in which neighbours are looked for, in pixels. */
const CELL = { width: 160, height: 40 } as const

interface Box {
  /** The node that the box belongs to: its own card covers it. */
  readonly owner: string
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/**
 * Chooses the nodes that show their names, and on which side, so that no two names touch. The same picture at the same scale shows the same names wherever it
 * is moved.
 * @param zoom how many pixels a unit of the picture has.
 */
export function chooseLabels(nodes: readonly LabelledNode[], zoom: number): ReadonlyMap<string, LabelSide> {
  const chosen = new Map<string, LabelSide>()
  const taken = createGrid()
  if (nodes.length <= MOST_UNCOVERED) for (const node of nodes) if (node.radius > 0) taken.add(boxOfNode(node, zoom))
  const ordered = nodes.toSorted((left, right) => right.weight - left.weight || (left.id < right.id ? -1 : 1))
  for (const node of ordered) {
    const sides = node.card === undefined ? LABEL_SIDES : (['center'] as const)
    const side = sides.find((each) => taken.isFree(boxOfLabel(node, each, zoom))) ?? sideOfHeaviest(node)
    if (side === null) continue
    chosen.set(node.id, side)
    taken.add(boxOfLabel(node, side, zoom))
  }
  return chosen
}

function sideOfHeaviest({ weight }: LabelledNode): LabelSide | null {
  return weight === Number.POSITIVE_INFINITY ? 'bottom' : null
}

function boxOfNode({ id, x, y, radius }: LabelledNode, zoom: number): Box {
  const [left, right, top, bottom] = [x - radius, x + radius, y - radius, y + radius].map((each) => each * zoom)
  return { owner: id, left: left ?? 0, right: right ?? 0, top: top ?? 0, bottom: bottom ?? 0 }
}

function boxOfLabel(node: LabelledNode, side: LabelSide, zoom: number): Box {
  const width = node.length * CHARACTER_PX
  const [x, y] = [node.x * zoom, node.y * zoom]
  const { card, id: owner } = node
  if (card !== undefined) return { owner, ...boxAt(x - card.width / 2, y - card.height / 2, card.width, card.height) }
  const away = node.radius * zoom + LABEL_GAP_PX
  if (side === 'bottom') return { owner, ...boxAt(x - width / 2, y + away, width) }
  if (side === 'top') return { owner, ...boxAt(x - width / 2, y - away - LINE_PX, width) }
  return { owner, ...boxAt(side === 'right' ? x + away : x - away - width, y - LINE_PX / 2, width) }
}

function boxAt(left: number, top: number, width: number, height: number = LINE_PX): Omit<Box, 'owner'> {
  return { left, right: left + width, top, bottom: top + height }
}

/** What is taken on the screen, in cells, so that only neighbours are compared. */
function createGrid() {
  const cells = new Map<string, Box[]>()
  return {
    add(box: Box): void {
      for (const cell of cellsOf(box)) {
        const known = cells.get(cell)
        if (known === undefined) cells.set(cell, [box])
        else known.push(box)
      }
    },
    isFree: (box: Box): boolean =>
      cellsOf(box).every(
        (cell) => cells.get(cell)?.every((other) => other.owner === box.owner || !touches(box, other)) ?? true,
      ),
  }
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
  const reaches = (from: number, to: number): boolean => from < to - TOUCH_PX
  const isBeside = !reaches(one.left, other.right) || !reaches(other.left, one.right)
  return !isBeside && reaches(one.top, other.bottom) && reaches(other.top, one.bottom)
}
