import { useTranslation } from 'react-i18next'
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import { useFormats } from '../../shell/formats.ts'
import { chooseColor } from '../colors.ts'
import { type CountTable, listPartlyShown } from './tabulate-counts.ts'
import { useClassName } from './use-cell-words.ts'

/** Stands at each period in which the bars show less than there is. */
const MARK = '▨'

/** The counts as bars: one on the other by country, or by class. What is withheld has no bar, and its period has a mark. */
export function CountsChart({ table }: { readonly table: CountTable }) {
  const { t } = useTranslation()
  const { country, number } = useFormats()
  const nameClass = useClassName()
  const parts = listPartlyShown(table)
  const { names, bars } = table.isByClass ? stackClasses(table) : stackCountries(table)
  const nameBar = table.isByClass ? nameClass : country
  return (
    <>
      <div className="chart" aria-hidden="true">
        <ResponsiveContainer width="100%" height={320}>
          <BarChart data={[...bars]} accessibilityLayer={false}>
            <CartesianGrid strokeDasharray="3 3" vertical={false} />
            <XAxis
              dataKey="period"
              stroke="currentColor"
              tickFormatter={(period: string) => (parts.has(period) ? `${period} ${MARK}` : period)}
            />
            <YAxis allowDecimals={false} stroke="currentColor" tickFormatter={number} />
            <Tooltip
              formatter={(value) => number(Number(value))}
              labelFormatter={(period) => (parts.has(String(period)) ? `${period} ${MARK}` : period)}
              contentStyle={{ background: 'var(--surface)', color: 'var(--ink)' }}
            />
            {names.map((name, index) => (
              <Bar
                key={name}
                dataKey={name}
                name={nameBar(name)}
                stackId="all"
                fill={chooseColor(index)}
                isAnimationActive={false}
                maxBarSize={48}
              />
            ))}
          </BarChart>
        </ResponsiveContainer>
      </div>
      <ul className="legend" aria-hidden="true">
        {names.map((name, index) => (
          <li key={name}>
            <svg width="12" height="12" aria-hidden="true">
              <rect width="12" height="12" fill={chooseColor(index)} />
            </svg>{' '}
            {nameBar(name)}
          </li>
        ))}
      </ul>
      {parts.size > 0 && <p className="quiet-text">{t('counts.mark')}</p>}
    </>
  )
}

/** What is stacked, and the bars: each has its period, and a number for each name; null where there is none. */
interface Stacks {
  readonly names: readonly string[]
  readonly bars: readonly Readonly<Record<string, string | number | null>>[]
}

function stackCountries({ countries, rows }: CountTable): Stacks {
  const bars = rows.map(({ period, cells }) => {
    const numbers = countries.map((code, index) => {
      const cell = cells[index]
      return [code, cell?.kind === 'count' ? cell.cases : null]
    })
    return { period, ...Object.fromEntries(numbers) }
  })
  return { names: countries, bars }
}

function stackClasses({ rows }: CountTable): Stacks {
  const names = [...new Set(rows.flatMap(({ iccs }) => iccs ?? []))].sort()
  const periods = [...new Set(rows.map(({ period }) => period))]
  const bars = periods.map((period) => {
    const numbers = rows.flatMap((row) => (row.period === period && row.iccs !== null ? [[row.iccs, row.known]] : []))
    return { period, ...Object.fromEntries(numbers) }
  })
  return { names, bars }
}
