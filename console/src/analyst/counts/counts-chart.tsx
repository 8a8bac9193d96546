import { Bar, BarChart, CartesianGrid, Legend, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import { useFormats } from '../../shell/use-formats.ts'
import type { CountTable } from './tabulate-counts.ts'

/** Colors that differ in lightness too (Okabe and Ito), in the order of the countries. */
const COLORS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#f0e442', '#7a7a7a']

/** The counts as bars, one on the other by country. What is withheld has no bar: the table says so. */
export function CountsChart({ table: { countries, rows } }: { readonly table: CountTable }) {
  const { country, number } = useFormats()
  const bars = rows.map(({ period, cells }) => ({
    period,
    ...Object.fromEntries(
      countries.map((code, index) => {
        const cell = cells[index]
        return [code, cell?.kind === 'count' ? cell.cases : null]
      }),
    ),
  }))
  return (
    <div className="chart" aria-hidden="true">
      <ResponsiveContainer width="100%" height={320}>
        <BarChart data={bars} accessibilityLayer={false}>
          <CartesianGrid strokeDasharray="3 3" vertical={false} />
          <XAxis dataKey="period" stroke="currentColor" />
          <YAxis allowDecimals={false} stroke="currentColor" tickFormatter={number} />
          <Tooltip
            formatter={(value) => number(Number(value))}
            contentStyle={{ background: 'var(--sheet)', color: 'var(--ink)' }}
          />
          {/* The names in the colors of the bars would be too pale to read. */}
          <Legend formatter={(name) => <span className="legend-name">{name}</span>} />
          {countries.map((code, index) => (
            <Bar
              key={code}
              dataKey={code}
              name={country(code)}
              stackId="all"
              fill={COLORS[index % COLORS.length] ?? '#7a7a7a'}
              isAnimationActive={false}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  )
}
