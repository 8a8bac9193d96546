import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CountryMark } from '../../components/country-mark.tsx'
import { ShownText } from '../../components/shown-text.tsx'
import { countryColor } from '../../look/country-colors.ts'
import { useFormats } from '../../shell/formats.ts'
import { type CountGrid, type CountLine, chooseStep, joinCells, type KnownSum } from './lay-out-counts.ts'
import type { CountCell } from './tabulate-counts.ts'
import { useCellWords, useClassName } from './use-cell-words.ts'

/**
 * The counts as a chart and as a table below it, in one grid: each period is a column in both, so that what is missing is missing twice.
 * @param isOwnScale whether the bars of each line have a scale of their own.
 * @param noteOf says more of a country, below its name.
 */
export function CountsGrid({
  grid,
  isOwnScale,
  noteOf,
}: {
  readonly grid: CountGrid
  readonly isOwnScale: boolean
  readonly noteOf: (country: string) => string
}) {
  const [at, setAt] = useState<number | null>(null)
  const most = Math.max(...grid.drawn.map(mostOf))
  const { length } = grid.periods
  const size = length <= 12 ? 'year' : length <= 24 ? 'years' : 'many'
  const point = ({ target }: { readonly target: EventTarget }): void => {
    const column = (target as Element).closest<HTMLElement>('[data-at]')?.dataset.at
    setAt(column === undefined ? null : Number(column))
  }
  return (
    <div className="count-sheets" onPointerOver={point} onPointerLeave={() => setAt(null)}>
      <table className="count-grid drawn" data-size={size} aria-hidden="true">
        <Columns grid={grid} />
        <tbody>
          <tr className="tips">
            <th />
            {grid.periods.map((period, column) => (
              <td key={period} className={column * 2 < grid.periods.length ? '' : 'late'}>
                {column === at && <Tip grid={grid} at={column} />}
              </td>
            ))}
            <td />
          </tr>
          {grid.drawn.map((line) => (
            <DrawnLine
              key={`${line.country} ${line.iccs}`}
              line={line}
              step={chooseStep(isOwnScale ? mostOf(line) : most)}
              at={at}
              noteOf={noteOf}
            />
          ))}
        </tbody>
      </table>
      <CountsTable {...{ grid, at, size }} />
    </div>
  )
}

function mostOf({ cells }: CountLine): number {
  return Math.max(0, ...cells.map((cell) => (cell.kind === 'count' ? cell.cases : 0)))
}

/** The widths of the columns, the same in both. */
function Columns({ grid: { periods } }: { readonly grid: CountGrid }) {
  return (
    <colgroup>
      <col className="of-names" />
      {periods.map((period) => (
        <col key={period} className="of-periods" />
      ))}
      <col className="of-sums" />
    </colgroup>
  )
}

function LineName({ line: { country, iccs } }: { readonly line: CountLine }) {
  const { country: nameCountry } = useFormats()
  const nameClass = useClassName()
  if (country === null) return <ShownText text={nameClass(iccs ?? '')} />
  return (
    <>
      <CountryMark code={country} />{' '}
      <span className="line-name" aria-hidden="true">
        <ShownText text={nameCountry(country)} />
      </span>
    </>
  )
}

/** The classes of a column: whether it is pointed at, and whether a year begins. */
function classOf(period: string | undefined, column: number, at: number | null): string {
  return `${column === at ? 'pointed' : ''} ${column > 0 && period?.endsWith('-01') ? 'year-begins' : ''}`
}

function DrawnLine({
  line,
  step,
  at,
  noteOf,
}: {
  readonly line: CountLine
  readonly step: number
  readonly at: number | null
  readonly noteOf: (country: string) => string
}) {
  const { number } = useFormats()
  const wordCell = useCellWords()
  const runs = joinCells(line.cells)
  const isSilent = runs.length === 1 && runs[0]?.cell.kind !== 'count' && runs[0]?.cell.kind !== 'withheld'
  const color = line.country === null ? 'var(--accent)' : countryColor(line.country)
  return (
    <tr className={isSilent ? 'flat' : line.country === null ? 'low' : ''}>
      <th>
        <LineName line={line} />
        {line.country !== null && (
          <span className="line-note">
            <ShownText text={noteOf(line.country)} />
          </span>
        )}
      </th>
      {runs.map(({ cell, at: column, span }) =>
        cell.kind === 'count' || cell.kind === 'withheld' ? (
          <td key={column} data-at={column} className={`bar-cell ${classOf(undefined, column, at)}`}>
            <CountBar cell={cell} color={color} top={step * 2.5} />
          </td>
        ) : (
          <td key={column} colSpan={span} className="bar-cell">
            <div className="run">{span > 2 && wordCell(cell)}</div>
          </td>
        ),
      )}
      <td className="ticks">
        {!isSilent && (
          <>
            <span className="tick two">{number(step * 2)}</span>
            <span className="tick one">{number(step)}</span>
          </>
        )}
      </td>
    </tr>
  )
}

/** A bar. What is withheld is a hatched one, whose height says nothing; what is a part has a hatched end. */
function CountBar({ cell, color, top }: { readonly cell: CountCell; readonly color: string; readonly top: number }) {
  if (cell.kind !== 'count') return <div className="bar-hatch" />
  const height = (cell.cases / top) * 100
  return (
    <svg viewBox="0 0 10 100" preserveAspectRatio="none" aria-hidden="true">
      <rect x="1.5" width="7" y={100 - height} height={height} fill={color} />
      {cell.isPart && <rect className="part" x="1.5" width="7" y={100 - height} height={Math.min(height, 6)} />}
    </svg>
  )
}

/** What is known of a period, beside its bars. */
function Tip({ grid: { periods, drawn }, at }: { readonly grid: CountGrid; readonly at: number }) {
  const wordCell = useCellWords()
  const wordPeriod = usePeriodWords()
  return (
    <div className="count-tip">
      <strong>{wordPeriod(periods[at] ?? '').long}</strong>
      <ul className="plain">
        {drawn.map((line) => (
          <li key={`${line.country} ${line.iccs}`}>
            {line.country === null ? <ShownText text={line.iccs} /> : <CountryMark code={line.country} />}{' '}
            {wordCell(line.cells[at])}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Words a period, `2024` or `2024-03`: short for the head of a column, and long. */
function usePeriodWords(): (period: string) => { readonly short: string; readonly long: string } {
  const { i18n } = useTranslation()
  const { month } = useFormats()
  const months = new Intl.DateTimeFormat(i18n.language, { month: 'short', timeZone: 'UTC' })
  return (period) => {
    if (period.length === 4) return { short: period, long: period }
    return { short: months.format(Date.parse(`${period}-15`)), long: month(`${period}-15`) }
  }
}

function CountsTable({
  grid,
  at,
  size,
}: {
  readonly grid: CountGrid
  readonly at: number | null
  readonly size: string
}) {
  const { t } = useTranslation()
  const { lines, periods, sums } = grid
  const nameClass = useClassName()
  const firsts = new Map(lines.map((line) => [line.iccs, lines.find(({ iccs }) => iccs === line.iccs)]))
  return (
    <table className="count-grid" data-size={size}>
      <caption className="unseen">{t('counts.title')}</caption>
      <Columns grid={grid} />
      <PeriodHeads periods={periods} at={at} />
      <tbody>
        {lines.map((line) => (
          <LineRows
            key={`${line.country} ${line.iccs}`}
            line={line}
            head={line.iccs !== null && firsts.get(line.iccs) === line ? nameClass(line.iccs) : null}
            {...{ at, periods }}
          />
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{t('counts.total')}</th>
          {sums.map((sum, column) => (
            <td key={periods[column]} data-at={column} className={classOf(periods[column], column, at)}>
              <Sum sum={sum} />
            </td>
          ))}
          <td>
            <Sum sum={grid} />
          </td>
        </tr>
      </tfoot>
    </table>
  )
}

function Sum({ sum: { known, isTotal } }: { readonly sum: KnownSum }) {
  const { number } = useFormats()
  return `${isTotal ? '' : '≥ '}${number(known)}`
}

function PeriodHeads({ periods, at }: { readonly periods: readonly string[]; readonly at: number | null }) {
  const { t } = useTranslation()
  const wordPeriod = usePeriodWords()
  const isMonthly = periods.some((period) => period.length > 4)
  const years = [...new Set(periods.map((period) => period.slice(0, 4)))]
  return (
    <thead>
      {isMonthly && (
        <tr className="years">
          <td />
          {years.map((year) => (
            <td key={year} colSpan={periods.filter((period) => period.startsWith(year)).length}>
              {year}
            </td>
          ))}
          <td />
        </tr>
      )}
      <tr>
        <th scope="col">{t('common.country')}</th>
        {periods.map((period, column) => (
          <th key={period} scope="col" data-at={column} className={classOf(period, column, at)}>
            <span aria-hidden="true">{wordPeriod(period).short}</span>
            <span className="unseen">{wordPeriod(period).long}</span>
          </th>
        ))}
        <th scope="col">{t('counts.total')}</th>
      </tr>
    </thead>
  )
}

/** A line of the table; before the first of a class, its name. */
function LineRows({
  line,
  head,
  at,
  periods,
}: {
  readonly line: CountLine
  readonly head: string | null
  readonly at: number | null
  readonly periods: readonly string[]
}) {
  const wordCell = useCellWords()
  return (
    <>
      {head !== null && (
        <tr className="class-head">
          <th scope="rowgroup" colSpan={periods.length + 2}>
            <ShownText text={head} />
          </th>
        </tr>
      )}
      <tr>
        <th scope="row">
          <LineName line={line} />
        </th>
        {joinCells(line.cells).map(({ cell, at: column, span }) => (
          <td
            key={column}
            {...(span === 1 && { 'data-at': column })}
            colSpan={span}
            className={`${classOf(periods[column], column, at)} ${cell.kind}`}
            title={span < 3 && cell.kind !== 'count' ? wordCell(cell) : undefined}
          >
            <CellText cell={cell} isShort={span < 3} />
          </td>
        ))}
        <td>
          <Sum sum={line} />
        </td>
      </tr>
    </>
  )
}

/** What a cell says; in a narrow one a sign, which the line below the table explains. */
function CellText({ cell, isShort }: { readonly cell: CountCell; readonly isShort: boolean }) {
  const { t } = useTranslation()
  const wordCell = useCellWords()
  if (cell.kind === 'count' || !isShort) return wordCell(cell)
  return (
    <>
      <span aria-hidden="true">{cell.kind === 'withheld' ? t('counts.short') : '·'}</span>
      <span className="unseen">{wordCell(cell)}</span>
    </>
  )
}
