import { cleanText } from '../components/clean-text.ts'
import { ShownText } from '../components/shown-text.tsx'

/** A bar of a chart. `value` null: it is withheld. */
export interface Bar {
  readonly label: string
  readonly value: number | null
}

const WIDTH = 800
const HEIGHT = 180
/** The widest bar with its gap. Two bars that fill a page would look like a flag. */
const MAX_STEP = 40

/** A chart of bars. A table beside it says the same, so that nobody needs the picture. */
export function BarChart({ bars, title }: { readonly bars: readonly Bar[]; readonly title: string }) {
  const most = Math.max(1, ...bars.map(({ value }) => value ?? 0))
  const step = Math.min(MAX_STEP, WIDTH / Math.max(1, bars.length))
  const [first, last] = [bars[0], bars.at(-1)]
  if (first === undefined || last === undefined) return null
  return (
    <figure className="chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title} preserveAspectRatio="none">
        {bars.map(({ label, value }, at) => {
          const height = value === null ? HEIGHT : (value / most) * HEIGHT
          return (
            <rect
              key={label}
              x={at * step + step * 0.1}
              y={HEIGHT - height}
              width={step * 0.8}
              height={height}
              className={value === null ? 'withheld' : undefined}
            >
              <title>{`${cleanText(label)}: ${value ?? '—'}`}</title>
            </rect>
          )
        })}
      </svg>
      <figcaption>
        <ShownText text={first.label} />
        <span>{most}</span>
        <ShownText text={last.label} />
      </figcaption>
    </figure>
  )
}
