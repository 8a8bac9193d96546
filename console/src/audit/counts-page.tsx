import { NativeSelect } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { EntryCount } from '../../../contract/audit-log/public-report/withhold-small.ts'
import { cleanText } from '../components/clean-text.ts'
import { Skeleton } from '../components/paged-rows.tsx'
import { ShownText } from '../components/shown-text.tsx'
import { useFormats } from '../shell/formats.ts'
import { AuditPage } from './audit-page.tsx'
import { chooseUnit, DIMENSIONS, fillTime, MAX_KEYS, SEVERAL_KEYS, spanOf } from './counted.ts'
import { type FilterForm, readFilterForm, toEntryFilter } from './entry-filter.ts'
import { Failure } from './failure.tsx'
import { FilterChips } from './filter-chips.tsx'
import { nameKind } from './name-kind.ts'
import { useLanguage, useOversight } from './use-oversight.ts'

const DAY_MS = 86_400_000
/** The dimensions that stand beside each other. Any other is chosen below them. */
const FIRST = ['agency', 'purpose', 'outcome'] as const

/** How many entries there are: by day, and by what they say. Each count leads to its entries. */
export function CountsPage() {
  const navigate = useNavigate()
  const { t } = useTranslation()
  const search = useSearch({ strict: false }) as Readonly<Record<string, unknown>>
  const asked = readFilterForm(search)
  const form = asked.from === undefined && asked.until === undefined ? { ...asked, ...lastMonth() } : asked
  const others = DIMENSIONS.filter((each) => !FIRST.some((first) => first === each))
  const by = others.find((each) => each === search.by) ?? 'kind'
  const go = (next: FilterForm, nextBy: string): void =>
    void navigate({ to: '/audit/counts', search: { ...next, by: nextBy } })
  return (
    <AuditPage name="counts">
      <FilterChips form={form} onSearch={(next) => go(next, by)} />
      <div className="panels four">
        <div className="wide">
          <OverTime form={form} />
        </div>
        {FIRST.map((each) => (
          <CountPanel key={each} form={form} by={each} />
        ))}
        <div>
          <CountPanel form={form} by={by}>
            <NativeSelect
              label={t('auditor.counts.by')}
              value={by}
              onChange={({ target }) => go(asked, target.value)}
              data={others.map((each) => ({ value: each, label: t(`auditor.counts.dimensions.${each}`) }))}
            />
          </CountPanel>
        </div>
      </div>
    </AuditPage>
  )
}

/** The days of a month up to now. */
function lastMonth(): FilterForm {
  const day = (back: number): string => new Date(Date.now() - back * DAY_MS).toISOString().slice(0, 10)
  return { from: day(29), until: day(0) }
}

type CountData = { readonly counts: readonly EntryCount[] }

/** A bar for each day, hour or month of the span. */
function OverTime({ form }: { readonly form: FilterForm }) {
  const { t } = useTranslation()
  const { filter } = toEntryFilter(form)
  const fromMs = filter?.from === undefined ? null : Date.parse(filter.from)
  const untilMs = filter?.until === undefined ? null : Date.parse(filter.until)
  const unit = chooseUnit(fromMs, untilMs ?? Date.now())
  const variables = filter === null ? null : { by: unit, filter, first: MAX_KEYS }
  const { data, error, refetch } = useOversight<CountData>('counts', variables)
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <Skeleton />
  return (
    <section className="sheet">
      <h2>{t(`auditor.counts.units.${unit}`)}</h2>
      <TimeBars rows={fillTime(data.data.counts, unit, { fromMs, untilMs })} form={form} />
    </section>
  )
}

/** Bars over time. Each says its count to whoever does not see it, and leads to its entries. */
export function TimeBars({ rows, form }: { readonly rows: readonly EntryCount[]; readonly form: FilterForm }) {
  const { t } = useTranslation()
  const { number } = useFormats()
  const most = Math.max(1, ...rows.map(({ count }) => count))
  if (rows.length === 0) return <p className="empty">{t('auditor.nothing')}</p>
  return (
    <figure className="chart">
      <ul className="day-bars" aria-label={t('auditor.counts.bars')}>
        {rows.map(({ key, count }) => {
          const height = (count / most) * 100
          const text = cleanText(`${key}: ${number(count)}`)
          return (
            <li key={key}>
              <Link to="/audit" search={{ ...form, ...spanOf(key ?? '') } as never} aria-label={text} title={text}>
                <svg viewBox="0 0 10 100" preserveAspectRatio="none" aria-hidden="true">
                  <rect x="0" y={100 - height} width="10" height={height} />
                </svg>
              </Link>
            </li>
          )
        })}
      </ul>
      <figcaption>
        <ShownText text={rows[0]?.key} />
        <span>{t('auditor.counts.most', { count: most })}</span>
        <ShownText text={rows.at(-1)?.key} />
      </figcaption>
    </figure>
  )
}

/** Counts by what entries say, the most first. */
function CountPanel({
  form,
  by,
  children,
}: {
  readonly form: FilterForm
  readonly by: (typeof DIMENSIONS)[number]
  readonly children?: React.ReactNode
}) {
  const { t } = useTranslation()
  const { number } = useFormats()
  const nameKey = useKeyNames(by)
  const { filter } = toEntryFilter(form)
  const variables = filter === null ? null : { by, filter, first: MAX_KEYS }
  const { data, error, refetch } = useOversight<CountData>('counts', variables)
  const rows = data?.data.counts ?? []
  const most = Math.max(1, ...rows.map(({ count }) => count))
  return (
    <section className="sheet">
      {children ?? <h2>{t(`auditor.counts.dimensions.${by}`)}</h2>}
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Skeleton />}
      {data !== undefined && rows.length === 0 && <p>{t('auditor.nothing')}</p>}
      <ul className="bars">
        {rows.map(({ key, count }) => (
          <li key={key ?? ''}>
            <Link to="/audit" search={{ ...form, ...(key !== null && { [by]: key }) } as never}>
              <ShownText text={nameKey(key)} />
              <span className="number">{number(count)}</span>
            </Link>
            <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
              <rect width={(count / most) * 100} height="1" />
            </svg>
          </li>
        ))}
      </ul>
      {rows.length >= MAX_KEYS && <p className="notice">{t('auditor.counts.cut')}</p>}
      {SEVERAL_KEYS.has(by) && <p className="quiet-text meta">{t('auditor.counts.severalKeys')}</p>}
    </section>
  )
}

/** Returns the function that names a key of a dimension for people. */
export function useKeyNames(by: string): (key: string | null) => string {
  const { t } = useTranslation()
  const language = useLanguage()
  const { country } = useFormats()
  return (key) => {
    if (key === null) return t('auditor.counts.withoutKey')
    if (by === 'purpose') return t(`purpose.${key}`, { defaultValue: key })
    if (by === 'outcome') return t(`auditor.outcomes.${key}`, { defaultValue: key })
    if (by === 'role') return t(`officerRole.${key}`, { defaultValue: key })
    if (by === 'kind') return nameKind(key, language)
    return by === 'country' || by === 'actorCountry' ? country(key) : key
  }
}
