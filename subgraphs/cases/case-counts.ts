import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { compareBytes } from '../../contract/cursor.ts'
import { getOrAdd } from '../../contract/get-or-add.ts'
import { iccsLevel, iccsParent } from '../../contract/iccs.ts'
import { isIccsCode } from '../../contract/scalars.ts'
import type { NodeContext, Reader } from '../kit/types.ts'

/**
 * Cases of one month that have the same codes. Each case is in exactly one row, so each count that the country publishes is a sum of
 * rows, and a case never counts twice under one code.
 */
export interface TallyRow {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  /** The codes of the charges, each once, in the order of bytes, as the records have them. */
  readonly codes: readonly string[]
  readonly cases: number
}

/**
 * Reads the tally of the cases that the leg may see. A case belongs to the month in which it was filed, or else to that of its earliest
 * `committedFrom`. A case without either, or without a charge, is not counted.
 *
 * The statement reads each charge once, by the primary key of its case. That plan is good with and without statistics of the tables.
 */
export function readTally(db: Reader): Promise<readonly TallyRow[]> {
  return db.query<TallyRow>(`
    select extract(year from day)::int as year, extract(month from day)::int as month, codes, count(*)::int as cases
    from (
      select coalesce(c.filed_on, min(o.committed_from)) as day, array_agg(distinct o.iccs order by o.iccs) as codes
      from cases.offence o join cases.case_file c on c.id = o.case_id
      group by c.id, c.filed_on
    ) counted
    where day is not null
    group by 1, 2, 3`)
}

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
type IsWithheld = (id: string, period: number) => boolean

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
function withhold(grid: YearGrid, threshold: number): IsWithheld {
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

/** The periods of a grid: index 0 to 11 are the months, and {@link YEAR} is the whole year. */
const PERIODS = 13
/** The index of the whole year among the periods. */
const YEAR = 12
/** The id of the root, which stands above all sections. No question asks for its counts. */
const ROOT = ''

/** Codes of 6 digits: there are no codes below them. */
const FINEST_LEVEL = 4

/**
 * One line of the table of counts: a code with all codes below it, or, for a code that is not of the finest level, the cases that have
 * the code itself (`isOwn`). The second is a child of the first, beside the codes below.
 */
interface GridNode {
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
interface Signature {
  readonly leaves: readonly string[]
  readonly nodes: ReadonlySet<string>
}

/** All counts of one year, at each level and in each period. */
interface YearGrid {
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
function makeYearGrid(rows: readonly TallyRow[]): YearGrid {
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
function leafOf(code: string): string {
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

/** Which counts a question asks for: `caseCounts` of the schema. Null means the schema's default. Years are inclusive. */
export interface CaseCountArguments {
  readonly iccs?: string | null
  readonly level?: number | null
  readonly by?: 'YEAR' | 'MONTH' | null
  readonly fromYear?: number | null
  readonly toYear?: number | null
}

/** The number of cases of one code in a period. */
export interface CaseCountRow {
  readonly iccs: string
  readonly year: number
  /** 1 to 12; null for a whole year. */
  readonly month: number | null
  readonly cases: number
}

/** What a country answers: counts in the order of (iccs, year, month), and whether it left out a count that the question asks for. */
export interface CaseCounts {
  readonly counts: readonly CaseCountRow[]
  readonly withheld: boolean
  /**
   * Whether the question names a year before or after the country's data: before the first or after the last year with a case that counts.
   * Each question without a code tells already whether a year has such a case, by a count or by `withheld`.
   */
  readonly reachesBeyond: boolean
  /** From the first to the last of these years the country has data; null if it has none. */
  readonly years: { readonly first: number; readonly last: number } | null
}

/**
 * Counts the cases that the leg may see, for each code of a level and each year or month. A case counts once under each of its codes. A
 * code that is coarser than the level counts at its own. With `iccs`, the counts are those of that code and of the codes below it.
 *
 * Counts below the country's threshold are left out, and others so that nobody can compute them (withhold). A leg reads the
 * cases once, and decides each year once, however many counts it asks for. Other legs run between two years.
 */
export async function countCases(context: NodeContext, args: CaseCountArguments): Promise<CaseCounts> {
  const { db, countThreshold } = context
  const read = async (keys: readonly string[]): Promise<readonly Counting[]> => {
    const counting = openCounting(await readTally(db), countThreshold)
    return keys.map(() => counting)
  }
  const counting = await context.loader<string, Counting>('cases.counts', () => read).load('all')
  for (const year of counting.years) {
    if (!isAsked(year, args)) continue
    counting.decide(year)
    await db.pause?.()
  }
  return counting.select(args)
}

/** Makes the answer to a question from a tally. Reads nothing and changes nothing. */
export function selectCounts(tally: readonly TallyRow[], threshold: number, args: CaseCountArguments): CaseCounts {
  return openCounting(tally, threshold).select(args)
}

/** All questions about one tally. Each year is decided once. */
interface Counting {
  readonly years: readonly number[]
  readonly decide: (year: number) => DecidedYear
  readonly select: (args: CaseCountArguments) => CaseCounts
}

interface DecidedYear {
  readonly grid: YearGrid
  readonly isWithheld: IsWithheld
}

function openCounting(tally: readonly TallyRow[], threshold: number): Counting {
  const rows = Map.groupBy(
    tally.filter(({ codes }) => codes.some(isIccsCode)),
    ({ year }) => year,
  )
  const years = [...rows.keys()].sort((a, b) => a - b)
  const decided = new Map<number, DecidedYear>()
  const decide = (year: number): DecidedYear =>
    getOrAdd(decided, year, () => decideYear(rows.get(year) ?? [], threshold))
  return {
    years,
    decide,
    select(args) {
      const parts = years.filter((year) => isAsked(year, args)).map((year) => countYear(year, decide(year), args))
      const range = rangeOf(years)
      return {
        counts: parts.flatMap(({ counts }) => counts).sort(inOrder),
        withheld: parts.some(({ withheld }) => withheld),
        reachesBeyond: reachesBeyond(range, args),
        years: range,
      }
    },
  }
}

/** Years that were decided, by their rows: other callers see the same rows, and a decision takes longer than to read them. */
const decisions = new LRUCache<string, DecidedYear>({ max: 128 })

function decideYear(rows: readonly TallyRow[], threshold: number): DecidedYear {
  const key = hash('sha256', JSON.stringify([threshold, rows]), 'base64')
  const known = decisions.get(key)
  if (known !== undefined) return known
  const grid = makeYearGrid(rows)
  const decided = { grid, isWithheld: withhold(grid, threshold) }
  decisions.set(key, decided)
  return decided
}

function isAsked(year: number, { fromYear, toYear }: CaseCountArguments): boolean {
  return year >= (fromYear ?? year) && year <= (toYear ?? year)
}

/** Whole years, because each question tells already which years have a case, and a day could tell of a case that is withheld. */
function rangeOf(years: readonly number[]): CaseCounts['years'] {
  const [first, last] = [years[0], years.at(-1)]
  return first === undefined || last === undefined ? null : { first, last }
}

/** Reads when the country's cases came from their source for the last time: RFC 3339; null if nobody knows. */
export async function readSourceTime(db: Reader): Promise<string | null> {
  const [found] = await db.query<{ at: string | null }>(`select istmo.source_time('cases') as at`)
  return found?.at ?? null
}

function reachesBeyond(range: CaseCounts['years'], { fromYear, toYear }: CaseCountArguments): boolean {
  return [fromYear, toYear].some(
    (year) => typeof year === 'number' && (range === null || year < range.first || year > range.last),
  )
}

function countYear(
  year: number,
  { grid, isWithheld }: DecidedYear,
  { iccs, level, by }: CaseCountArguments,
): Pick<CaseCounts, 'counts' | 'withheld'> {
  const asked = Math.max(level ?? 1, iccsLevel(iccs ?? '') ?? 1)
  const lines = [...grid.nodes.values()].filter((node) => isLineOf(node, asked) && node.code.startsWith(iccs ?? ''))
  const periods = by === 'MONTH' ? Array.from({ length: YEAR }, (_, month) => month) : [YEAR]
  const cells = lines.flatMap((line) =>
    periods.map((period) => ({ line, period, cases: line.counts[period] ?? 0 })).filter(({ cases }) => cases > 0),
  )
  const shown = cells.filter(({ line, period }) => !isWithheld(line.id, period))
  return {
    counts: shown.map(({ line, period, cases }) => {
      return { iccs: line.code, year, month: period === YEAR ? null : period + 1, cases }
    }),
    withheld: shown.length < cells.length,
  }
}

/** Whether a line belongs to a level: all cases of a code of the level, or a coarser code's own cases. */
function isLineOf({ isOwn, level }: GridNode, asked: number): boolean {
  return isOwn ? level < asked : level === asked
}

function inOrder(a: CaseCountRow, b: CaseCountRow): number {
  if (a.iccs !== b.iccs) return a.iccs < b.iccs ? -1 : 1
  return a.year - b.year || (a.month ?? 0) - (b.month ?? 0)
}
