import { compareBytes } from '../../../contract/cursor.ts'
import { iccsLevel, iccsParent } from '../../../contract/iccs.ts'
import { isIccsCode } from '../../../contract/scalars.ts'
import type { TallyRow } from './tally.ts'

/** The periods of a grid: index 0 to 11 are the months, and {@link YEAR} is the whole year. */
export const PERIODS = 13
/** The index of the whole year among the periods. */
export const YEAR = 12
/** The id of the root, which stands above all sections. No question asks for its counts. */
export const ROOT = ''

/** Codes of 6 digits: there are no codes below them. */
const FINEST_LEVEL = 4

/**
 * One line of the table of counts: a code with all codes below it, or, for a code that is not of the finest level, the cases that have
 * the code itself (`isOwn`). The second is a child of the first, beside the codes below.
 */
export interface GridNode {
  readonly id: string
  readonly code: string
  readonly level: number
  readonly isOwn: boolean
  /** {@link ROOT} for a section. */
  readonly parent: string
  readonly children: readonly GridNode[]
  /** The number of cases in each period. */
  readonly counts: readonly number[]
}

/** Cases of one month with the same codes, and the lines in which they count. */
export interface Signature {
  readonly leaves: readonly string[]
  readonly nodes: ReadonlySet<string>
}

/** All counts of one year, at each level and in each period. */
export interface YearGrid {
  /** By id, in the order of the codes. A line without cases is not in it. */
  readonly nodes: ReadonlyMap<string, GridNode>
  /** The sections. */
  readonly sections: readonly GridNode[]
  /** Which cases a month has, by month. */
  readonly signatures: readonly (readonly Signature[])[]
}

interface OpenNode extends GridNode {
  readonly children: OpenNode[]
  readonly counts: number[]
}

/**
 * Makes the grid of one year.
 * @param rows the year's rows of the tally. A code that the classification cannot have is left out; one of 3 digits counts as its section.
 */
export function makeYearGrid(rows: readonly TallyRow[]): YearGrid {
  const nodes = new Map<string, OpenNode>()
  const signatures = Array.from({ length: YEAR }, (): Signature[] => [])
  for (const { month, codes, cases } of rows) {
    const leaves = [...new Set(codes.filter(isIccsCode).map(leafOf))]
    const ids = new Set(leaves.flatMap(lineageOf))
    signatures[month - 1]?.push({ leaves, nodes: ids })
    for (const id of ids) {
      const { counts } = openNode(nodes, id)
      for (const period of [month - 1, YEAR]) counts[period] = (counts[period] ?? 0) + cases
    }
  }
  const sorted = [...nodes.values()].sort((a, b) => compareBytes(a.id, b.id))
  for (const node of sorted) nodes.get(node.parent)?.children.push(node)
  return {
    nodes: new Map(sorted.map((node) => [node.id, node])),
    sections: sorted.filter(({ parent }) => parent === ROOT),
    signatures,
  }
}

/** Returns the id of the finest line in which a charge with this code counts. */
export function leafOf(code: string): string {
  const level = iccsLevel(code)
  if (level === FINEST_LEVEL) return code
  return `${level === null ? iccsParent(code) : code}.`
}

/** Lists a line and the lines above it, the finest first. */
function lineageOf(id: string): string[] {
  const ids: string[] = []
  for (let next = id; next !== ROOT; next = parentOf(next)) ids.push(next)
  return ids
}

function parentOf(id: string): string {
  return id.endsWith('.') ? id.slice(0, -1) : (iccsParent(id) ?? ROOT)
}

function openNode(nodes: Map<string, OpenNode>, id: string): OpenNode {
  const known = nodes.get(id)
  if (known) return known
  const isOwn = id.endsWith('.')
  const code = isOwn ? id.slice(0, -1) : id
  const counts = Array.from({ length: PERIODS }, () => 0)
  const node = { id, code, level: iccsLevel(code) ?? 1, isOwn, parent: parentOf(id), children: [], counts }
  nodes.set(id, node)
  return node
}
