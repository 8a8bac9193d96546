import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { getOrAdd } from '../../contract/get-or-add.ts'
import { iccsLevel } from '../../contract/iccs.ts'
import { isIccsCode } from '../../contract/scalars.ts'
import type { NodeContext } from '../kit/types.ts'
import { readTally, type TallyRow } from './counts/tally.ts'
import { type IsWithheld, withhold } from './counts/withhold.ts'
import { type GridNode, makeYearGrid, YEAR, type YearGrid } from './counts/year-grid.ts'

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
}

/**
 * Counts the cases that the leg may see, for each code of a level and each year or month. A case counts once under each of its codes. A
 * code that is coarser than the level counts at its own. With `iccs`, the counts are those of that code and of the codes below it.
 *
 * Counts below the country's threshold are left out, and others so that nobody can compute them (counts/withhold.ts). A leg reads the
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
      return {
        counts: parts.flatMap(({ counts }) => counts).sort(inOrder),
        withheld: parts.some(({ withheld }) => withheld),
        reachesBeyond: reachesBeyond(years, args),
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

function reachesBeyond(years: readonly number[], { fromYear, toYear }: CaseCountArguments): boolean {
  const [first = Number.POSITIVE_INFINITY, last = Number.NEGATIVE_INFINITY] = [years[0], years.at(-1)]
  return [fromYear, toYear].some((year) => typeof year === 'number' && (year < first || year > last))
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
