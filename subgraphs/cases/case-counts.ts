import { iccsLevel } from '../../contract/iccs.ts'
import type { NodeContext } from '../kit/types.ts'
import { readTally, type TallyRow } from './counts/tally.ts'
import { withhold } from './counts/withhold.ts'
import { type GridNode, makeYearGrid, YEAR } from './counts/year-grid.ts'

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
}

/**
 * Counts the cases that the leg may see, for each code of a level and each year or month. A case counts once under each of its codes. A
 * code that is coarser than the level counts at its own. With `iccs`, the counts are those of that code and of the codes below it.
 *
 * Counts below the country's threshold are left out, and others so that nobody can compute them (counts/withhold.ts).
 */
export async function countCases({ db, countThreshold }: NodeContext, args: CaseCountArguments): Promise<CaseCounts> {
  const tally = await readTally(db, { from: args.fromYear ?? null, to: args.toYear ?? null })
  return selectCounts(tally, countThreshold, args)
}

/** Makes the answer to a question from the tally of the years that it asks for. Reads nothing and changes nothing. */
export function selectCounts(tally: readonly TallyRow[], threshold: number, args: CaseCountArguments): CaseCounts {
  const { fromYear, toYear } = args
  const isAsked = (year: number): boolean => year >= (fromYear ?? year) && year <= (toYear ?? year)
  const years = Map.groupBy(tally, ({ year }) => year)
  const parts = [...years.keys()].filter(isAsked).map((year) => countYear(year, years.get(year) ?? [], threshold, args))
  return {
    counts: parts.flatMap(({ counts }) => counts).sort(inOrder),
    withheld: parts.some(({ withheld }) => withheld),
  }
}

function countYear(
  year: number,
  rows: readonly TallyRow[],
  threshold: number,
  { iccs, level, by }: CaseCountArguments,
): CaseCounts {
  const grid = makeYearGrid(rows)
  const isWithheld = withhold(grid, threshold)
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
