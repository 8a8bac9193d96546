import { type GridNode, PERIODS, ROOT, type Signature, YEAR, type YearGrid } from './year-grid.ts'

/**
 * Decides which counts of a year a country withholds (docs/design/counts.md). The decision looks at the whole grid, before any question
 * narrows it, because a narrow question must not show what a wide one hides.
 *
 * Counts below the threshold are withheld, and further counts so that nobody can compute them. The proof for a count is another set of
 * cases that gives the same answers to all questions and another value of that count. Each rule below makes such a set possible:
 *
 * - below a line that shows its year, at least two lines withhold theirs: a case may have the code of the other;
 * - below a line that shows a month, two lines withhold two months together: two cases may have their months the other way round;
 * - a section withholds at least two months of a year that it shows: a case may have happened in the other.
 *
 * A line that withholds a period withholds it for the codes below too, and a line that withholds a year withholds its months.
 */

/** Tells which counts are withheld: those of a line (its id) in a period that this function returns true for. A count of 0 is not. */
export type IsWithheld = (id: string, period: number) => boolean

/** The state of the decision. Counts are only ever added, so the rules end. */
interface Withholding {
  readonly grid: YearGrid
  readonly threshold: number
  readonly has: IsWithheld
  readonly size: () => number
  /** Withholds a count, and all counts that would tell it from below. */
  readonly add: (node: GridNode, period: number) => void
}

/** A line with the lines below it; the parent of the sections is null, because nothing shows the count of all cases. */
interface Family {
  readonly parent: GridNode | null
  readonly children: readonly GridNode[]
}

/**
 * Decides for one year.
 * @param threshold the smallest count that the country shows.
 */
export function withhold(grid: YearGrid, threshold: number): IsWithheld {
  const state = createWithholding(grid, threshold)
  for (const node of grid.nodes.values()) {
    for (let period = 0; period < PERIODS; period++) if (countOf(node, period) < threshold) state.add(node, period)
  }
  // The finest lines first, since a family that cannot protect a count makes the line above it withhold its own.
  const families = [...grid.nodes.values()]
    .filter(({ children }) => children.length > 0)
    .sort((a, b) => b.level - a.level)
    .map((parent): Family => ({ parent, children: parent.children }))
  families.push({ parent: null, children: grid.sections })
  for (let before = -1; before < state.size(); ) {
    before = state.size()
    for (const family of families) protectFamily(family, state)
    for (const node of grid.nodes.values()) protectMonthsTogether(node, state)
  }
  return state.has
}

function createWithholding(grid: YearGrid, threshold: number): Withholding {
  // By line, its periods as bits.
  const withheld = new Map<string, number>()
  let size = 0
  const has: IsWithheld = (id, period) => ((withheld.get(id) ?? 0) & (1 << period)) !== 0
  const add = (node: GridNode, period: number): void => {
    if (countOf(node, period) === 0 || has(node.id, period)) return
    withheld.set(node.id, (withheld.get(node.id) ?? 0) | (1 << period))
    size++
    for (const child of node.children) add(child, period)
    if (period === YEAR) for (let month = 0; month < YEAR; month++) add(node, month)
  }
  return { grid, threshold, add, has, size: () => size }
}

function protectFamily(family: Family, state: Withholding): void {
  protectYear(family, state)
  for (let month = 0; month < YEAR; month++) {
    if (family.parent !== null && !isShown(family.parent, month, state)) continue
    protectMonthSum(family, month, state)
    for (const child of family.children) protectMonth(family, child, month, state)
  }
}

/** Withholds the next smallest years of a family until those that it withholds protect each other. */
function protectYear({ parent, children }: Family, state: Withholding): void {
  if (parent !== null && !isShown(parent, YEAR, state)) return
  for (;;) {
    const withheld = children.filter(({ id }) => state.has(id, YEAR))
    if (withheld.length === 0 || protectsItself({ parent, children: withheld }, state)) return
    const next = smallest(children, YEAR, state)
    if (next) state.add(next, YEAR)
    else if (parent !== null) state.add(parent, YEAR)
    if (!next) return
  }
}

/**
 * Checks that the years which a family withholds cannot be told apart: there are two, their sum is not below the threshold, and a case can
 * change its code without leaving one without cases. The last is needed because `withheldBy` tells for each code whether it has a case.
 */
function protectsItself({ parent, children }: Family, state: Withholding): boolean {
  if (children.length < 2 || sumOf(children, YEAR) < state.threshold) return false
  return parent === null || hasMovableCase(children, state.grid)
}

/** Finds a case that has exactly one code below these lines, and that code has another case in the year. */
function hasMovableCase(lines: readonly GridNode[], { nodes, signatures }: YearGrid): boolean {
  const below = new Set(lines.map(({ id }) => id))
  const isBelow = (leaf: string): boolean => {
    for (let id = leaf; id !== ROOT; id = nodes.get(id)?.parent ?? ROOT) if (below.has(id)) return true
    return false
  }
  return signatures.flat().some(({ leaves }) => {
    const [only, ...others] = leaves.filter(isBelow)
    return only !== undefined && others.length === 0 && (nodes.get(only)?.counts[YEAR] ?? 0) >= 2
  })
}

/** Withholds the next smallest counts of a month until their sum is not below the threshold, because the line above tells the sum. */
function protectMonthSum({ parent, children }: Family, month: number, state: Withholding): void {
  if (parent === null) return
  for (;;) {
    const withheld = children.filter(({ id }) => state.has(id, month))
    if (withheld.length === 0 || sumOf(withheld, month) >= state.threshold) return
    const next = smallest(children, month, state)
    state.add(next ?? parent, month)
    if (!next) return
  }
}

/** Withholds what a withheld month of a line needs beside it, where the line shows its year. */
function protectMonth({ parent, children }: Family, line: GridNode, month: number, state: Withholding): void {
  if (!state.has(line.id, month) || state.has(line.id, YEAR)) return
  if (parent === null) protectMonthOfSection(line, month, state)
  else if (!state.has(parent.id, month)) {
    const squares = squaresOf(children, line, month, state.grid)
    const cheapest = squares.sort((a, b) => costOf(a, state) - costOf(b, state))[0]
    for (const { node, period } of cheapest ?? [{ node: parent, period: month }]) state.add(node, period)
  }
}

/** Withholds another month of a section; the year if no other month has a case. */
function protectMonthOfSection(section: GridNode, month: number, state: Withholding): void {
  const others = monthsWithCases(section).filter((other) => other !== month)
  if (others.some((other) => state.has(section.id, other))) return
  const cheapest = others.sort((a, b) => countOf(section, a) - countOf(section, b))[0]
  state.add(section, cheapest ?? YEAR)
}

type Square = readonly { readonly node: GridNode; readonly period: number }[]

/** Lists the squares of two lines and two months that protect a line's month: in each month each line has a case that the other has not. */
function squaresOf(children: readonly GridNode[], line: GridNode, month: number, { signatures }: YearGrid): Square[] {
  const differ = (other: GridNode, period: number): boolean =>
    hasCaseOfOne(signatures[period] ?? [], line, other) && hasCaseOfOne(signatures[period] ?? [], other, line)
  const partners = children.filter((other) => other !== line && countOf(other, month) > 0 && differ(other, month))
  return partners.flatMap((other) =>
    monthsWithCases(line)
      .filter((period) => period !== month && countOf(other, period) > 0 && differ(other, period))
      .map((period) => [line, other].flatMap((node) => [month, period].map((each) => ({ node, period: each })))),
  )
}

function hasCaseOfOne(signatures: readonly Signature[], one: GridNode, other: GridNode): boolean {
  return signatures.some(({ nodes }) => nodes.has(one.id) && !nodes.has(other.id))
}

/** How many cases a square withholds that are not withheld yet. */
function costOf(square: Square, state: Withholding): number {
  return square.reduce((sum, { node, period }) => sum + (state.has(node.id, period) ? 0 : countOf(node, period)), 0)
}

/** Withholds further months of a line until the sum of those that are withheld is not below the threshold, because the year tells the sum. */
function protectMonthsTogether(node: GridNode, state: Withholding): void {
  if (state.has(node.id, YEAR)) return
  for (;;) {
    const months = monthsWithCases(node)
    const withheld = months.filter((month) => state.has(node.id, month))
    if (withheld.length === 0 || withheld.reduce((sum, month) => sum + countOf(node, month), 0) >= state.threshold)
      return
    const next = months
      .filter((month) => !state.has(node.id, month))
      .sort((a, b) => countOf(node, a) - countOf(node, b))[0]
    if (next === undefined) return
    state.add(node, next)
  }
}

function isShown(node: GridNode, period: number, state: Withholding): boolean {
  return countOf(node, period) > 0 && !state.has(node.id, period)
}

/** Returns the line with the smallest count that a period shows; the first of several. Undefined if it shows none. */
function smallest(lines: readonly GridNode[], period: number, state: Withholding): GridNode | undefined {
  return lines.filter((line) => isShown(line, period, state)).sort((a, b) => countOf(a, period) - countOf(b, period))[0]
}

function monthsWithCases(node: GridNode): number[] {
  return Array.from({ length: YEAR }, (_, month) => month).filter((month) => countOf(node, month) > 0)
}

function countOf(node: GridNode, period: number): number {
  return node.counts[period] ?? 0
}

function sumOf(lines: readonly GridNode[], period: number): number {
  return lines.reduce((sum, line) => sum + countOf(line, period), 0)
}
