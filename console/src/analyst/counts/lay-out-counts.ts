import type { CountCell, CountRow, CountTable } from './tabulate-counts.ts'

/** What is known of a sum: of a line, of a period, or of all. */
export interface KnownSum {
  readonly known: number
  /** Whether that is all there is. */
  readonly isTotal: boolean
}

/** A line of the grid: the cells of a country, or of all countries together, in the order of the periods. */
export interface CountLine extends KnownSum {
  /** Null for all countries together. */
  readonly country: string | null
  readonly iccs: string | null
  readonly cells: readonly CountCell[]
}

/** The counts as chart and table show them: each period is a column in both. */
export interface CountGrid extends KnownSum {
  readonly periods: readonly string[]
  /** The lines of the chart: countries, or classes. */
  readonly drawn: readonly CountLine[]
  /** The lines of the table: countries, for each class if there are classes. */
  readonly lines: readonly CountLine[]
  /** By period. */
  readonly sums: readonly KnownSum[]
}

/** Lays a table of counts out in columns of periods. */
export function layOutCounts({ countries, rows, isByClass }: CountTable): CountGrid {
  const periods = [...new Set(rows.map(({ period }) => period))]
  const classes = [...new Set(rows.map(({ iccs }) => iccs))]
  const lines = classes.flatMap((iccs) => {
    const own = rows.filter((row) => row.iccs === iccs)
    return countries.map((country, index) =>
      toLine(
        country,
        iccs,
        own.flatMap(({ cells }) => cells[index] ?? []),
      ),
    )
  })
  const drawn = classes.map((iccs) => toLine(null, iccs, rows.filter((row) => row.iccs === iccs).map(sumCells)))
  const sums = periods.map((period) => addUp(rows.filter((row) => row.period === period)))
  return { periods, lines, drawn: isByClass ? drawn : lines, sums, ...addUp(rows) }
}

function toLine(country: string | null, iccs: string | null, cells: readonly CountCell[]): CountLine {
  const known = cells.reduce((sum, cell) => sum + (cell.kind === 'count' ? cell.cases : 0), 0)
  const isTotal = cells.every((cell) => cell.kind === 'outside' || (cell.kind === 'count' && !cell.isPart))
  return { country, iccs, cells, known, isTotal }
}

/** The cell of all countries together. Where none counts anything and not all is known, it says why as the first of them does. */
function sumCells({ cells, known, isTotal }: CountRow): CountCell {
  const silent = cells.find(({ kind }) => kind !== 'count')
  if (known === 0 && silent !== undefined) return cells.find(({ kind }) => kind === 'withheld') ?? silent
  return { kind: 'count', cases: known, isPart: !isTotal }
}

function addUp(parts: readonly KnownSum[]): KnownSum {
  return { known: parts.reduce((sum, { known }) => sum + known, 0), isTotal: parts.every(({ isTotal }) => isTotal) }
}

/** A cell, or cells beside each other that say the same and are drawn as one. */
export interface CellRun {
  readonly cell: CountCell
  /** The column of the first. */
  readonly at: number
  readonly span: number
}

/** Joins cells beside each other in which a country has nothing to say. */
export function joinCells(cells: readonly CountCell[]): readonly CellRun[] {
  const runs: CellRun[] = []
  for (const [at, cell] of cells.entries()) {
    const last = runs.at(-1)
    const isJoined = cell.kind !== 'count' && cell.kind !== 'withheld' && last?.cell.kind === cell.kind
    if (isJoined && last !== undefined) runs[runs.length - 1] = { ...last, span: last.span + 1 }
    else runs.push({ cell, at, span: 1 })
  }
  return runs
}

/** The distance of two lines of a chart where two stand below the top: 1, 2 or 5, or these with zeros. */
export function chooseStep(most: number): number {
  const least = Math.max(1, most / 2.3)
  const power = 10 ** Math.floor(Math.log10(least))
  return power * ([1, 2, 5].find((each) => each * power >= least) ?? 10)
}
