import '../../styles/map.css'
import { useTranslation } from 'react-i18next'
import { CountryMark } from '../../components/country-mark.tsx'
import { Table } from '../../components/table.tsx'
import type { CaseRow } from '../../documents/types.ts'
import { lookOfCountry } from '../../look/country-colors.ts'
import type { SessionAnswer } from '../../session/session.ts'
import { useFormats } from '../../shell/formats.ts'
import { summarizeCountries } from '../../shell/summarize-countries.ts'
import { SUBDIVISIONS, writePlace } from '../subdivisions.ts'
import { countPlaces, STEPS, stepOf } from './count-places.ts'
import shapes from './shapes.json' with { type: 'json' }

/** What has no shape, because it is younger than the map: Panamá Oeste of 2014, and Naso Tjër Di of 2020. */
const UNDRAWN = Object.keys(SUBDIVISIONS).filter((code) => shapes.every((shape) => shape.code !== code))

/** What a place of the map says: its number of cases, or why there is none. */
type PlaceState = 'zero' | 'hidden' | 'missing' | 'not-asked'

/** The cases of a list, with the answers that gave them. */
export interface CaseMapParts {
  readonly rows: readonly CaseRow[]
  readonly answers: readonly SessionAnswer<unknown>[]
  /** Whether the list has more cases than those that were fetched. */
  readonly hasMore: boolean
}

/** A map of where the cases of a list happened, and the same as a table. What is hidden or missing is not shown as zero. */
export function CaseMap({ rows, answers, hasMore }: CaseMapParts) {
  const { t } = useTranslation()
  const { number } = useFormats()
  const { places, placeless } = countPlaces(rows, answers)
  const { countries } = summarizeCountries(answers)
  const counts = new Map(places.map(({ code, cases }) => [code, cases]))
  const most = Math.max(0, ...counts.values())
  const stateOf = (code: string): PlaceState => {
    const standing = countries.find((each) => each.country === code)?.standing
    if (placeless.some((each) => each.country === code && each.isHidden)) return 'hidden'
    if (standing === undefined || standing === 'not-published') return 'not-asked'
    return standing === 'answered' || standing === 'partly' ? 'zero' : 'missing'
  }
  const unknown = places.filter(({ code }) => shapes.every((shape) => shape.code !== code)).map(({ code }) => code)
  const notDrawn = [...new Set([...UNDRAWN, ...unknown])].map(writePlace)
  return (
    <>
      <p>{t(hasMore ? 'map.more' : 'map.all', { count: number(rows.length) })}</p>
      <div className="map">
        <Picture counts={counts} most={most} stateOf={stateOf} />
        <Legend counts={[...counts.values()]} most={most} />
      </div>
      <p className="quiet-text">{t('map.notDrawn', { places: notDrawn.join(', ') })}</p>
      <Table
        caption={t('map.title')}
        rows={[
          ...places.map(({ code, country: owner, cases }) => ({
            key: code,
            owner,
            place: writePlace(code),
            cases,
          })),
          ...placeless.map(({ country: owner, cases, isHidden }) => ({
            key: owner,
            owner,
            cases,
            place: t(isHidden ? 'map.hidden' : 'map.unknown'),
          })),
        ]}
        keyOf={({ key }) => key}
        columns={[
          { title: t('common.country'), show: ({ owner }) => <CountryMark code={owner} /> },
          { title: t('map.place'), isHeader: true, show: ({ place }) => place },
          { title: t('map.cases'), isNumber: true, show: ({ cases }) => number(cases) },
        ]}
      />
    </>
  )
}

function Picture({
  counts,
  most,
  stateOf,
}: {
  readonly counts: ReadonlyMap<string, number>
  readonly most: number
  readonly stateOf: (country: string) => PlaceState
}) {
  const { t } = useTranslation()
  const { number } = useFormats()
  return (
    <svg viewBox="0 0 1500 1180" aria-hidden="true" className="map-picture">
      <pattern id="map-hatch" width="12" height="12" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="12" height="12" className="map-ground" />
        <rect width="5" height="12" className="map-hatch" />
      </pattern>
      <pattern id="map-dots" width="12" height="12" patternUnits="userSpaceOnUse">
        <rect width="12" height="12" className="map-ground" />
        <circle cx="6" cy="6" r="3" className="map-hatch" />
      </pattern>
      <pattern id="map-grid" width="14" height="14" patternUnits="userSpaceOnUse">
        <rect width="14" height="14" className="map-ground" />
        <path d="M0 7h14M7 0v14" className="map-line" />
      </pattern>
      {shapes.map(({ code, name, path }) => {
        const cases = counts.get(code)
        const state = stateOf(code.slice(0, 2))
        const look = cases === undefined ? state : `step-${stepOf(cases, most)}`
        const says = cases === undefined ? t(`map.state.${state}`) : number(cases)
        return (
          <path key={code} d={path} className={`map-${look}`} data-hue={lookOfCountry(code.slice(0, 2)).hue}>
            <title>{`${name}: ${says}`}</title>
          </path>
        )
      })}
    </svg>
  )
}

/** What the colors stand for: the numbers that are on the map, by step, and the looks without a number. */
function Legend({ counts, most }: { readonly counts: readonly number[]; readonly most: number }) {
  const { t } = useTranslation()
  const { number } = useFormats()
  const steps = Array.from({ length: STEPS }, (_, step) => counts.filter((cases) => stepOf(cases, most) === step))
  const range = (of: readonly number[]): string => {
    const [least, largest] = [Math.min(...of), Math.max(...of)]
    return least === largest ? number(least) : `${number(least)}–${number(largest)}`
  }
  return (
    <ul className="map-legend" aria-hidden="true">
      {steps.map((of, step) =>
        of.length === 0 ? null : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the index is the step
          <li key={step}>
            <Swatch look={`step-${step}`} /> {range(of)}
          </li>
        ),
      )}
      {(['zero', 'hidden', 'missing', 'not-asked'] as const).map((state) => (
        <li key={state}>
          <Swatch look={state} /> {t(`map.state.${state}`)}
        </li>
      ))}
    </ul>
  )
}

function Swatch({ look }: { readonly look: string }) {
  return (
    <svg viewBox="0 0 24 16" width="24" height="16" aria-hidden="true">
      <rect width="24" height="16" className={`map-${look}`} />
    </svg>
  )
}
