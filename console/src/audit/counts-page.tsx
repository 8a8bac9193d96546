import { NativeSelect } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { EntryCount } from '../../../contract/audit-log/public-report/withhold-small.ts'
import { Skeleton } from '../components/paged-rows.tsx'
import { ShownText } from '../components/shown-text.tsx'
import { Table } from '../components/table.tsx'
import { useFormats } from '../shell/formats.ts'
import { AuditPage } from './audit-page.tsx'
import { BarChart } from './bar-chart.tsx'
import { chooseUnit, DIMENSIONS, fillTime, MAX_KEYS, SEVERAL_KEYS, type TimeUnit } from './counted.ts'
import { type FilterForm, readFilterForm, toEntryFilter } from './entry-filter.ts'
import { Failure } from './failure.tsx'
import { FilterChips } from './filter-chips.tsx'
import { nameKind } from './name-kind.ts'
import { useLanguage, useOversight } from './use-oversight.ts'

/** How many entries there are: over time, or by what they say. */
export function CountsPage() {
  const navigate = useNavigate()
  const { t } = useTranslation()
  const search = useSearch({ strict: false }) as Readonly<Record<string, unknown>>
  const form = readFilterForm(search)
  const by = DIMENSIONS.find((each) => each === search.by) ?? 'time'
  const go = (next: FilterForm, nextBy: string): void =>
    void navigate({ to: '/audit/counts', search: { ...next, by: nextBy } })
  return (
    <AuditPage name="counts">
      <FilterChips form={form} onSearch={(next) => go(next, by)} />
      <NativeSelect label={t('auditor.counts.by')} value={by} onChange={({ target }) => go(form, target.value)}>
        <option value="time">{t('auditor.counts.overTime')}</option>
        {DIMENSIONS.map((each) => (
          <option key={each} value={each}>
            {t(`auditor.counts.dimensions.${each}`)}
          </option>
        ))}
      </NativeSelect>
      <Counts form={form} by={by} />
    </AuditPage>
  )
}

function Counts({ form, by }: { readonly form: FilterForm; readonly by: (typeof DIMENSIONS)[number] | 'time' }) {
  const { t } = useTranslation()
  const { filter } = toEntryFilter(form)
  const fromMs = filter?.from === undefined ? null : Date.parse(filter.from)
  const untilMs = filter?.until === undefined ? null : Date.parse(filter.until)
  const unit: TimeUnit = chooseUnit(fromMs, untilMs ?? Date.now())
  const asked = by === 'time' ? unit : by
  const { data, error, refetch } = useOversight<{ readonly counts: readonly EntryCount[] }>(
    'counts',
    filter === null ? null : { by: asked, filter, first: MAX_KEYS },
  )
  if (filter === null) return null
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <Skeleton />
  const given = data.data.counts
  const rows = by === 'time' ? fillTime(given, unit, { fromMs, untilMs }) : given
  if (rows.length === 0) return <p className="empty">{t('auditor.nothing')}</p>
  const title = by === 'time' ? t(`auditor.counts.units.${unit}`) : t(`auditor.counts.dimensions.${by}`)
  return (
    <>
      <BarChart
        title={t('auditor.counts.chart', { name: title })}
        bars={rows.map(({ key, count }) => ({ label: key ?? t('auditor.counts.withoutKey'), value: count }))}
      />
      {given.length >= MAX_KEYS && <p className="notice">{t('auditor.counts.cut')}</p>}
      {SEVERAL_KEYS.has(by) && <p className="quiet-text">{t('auditor.counts.severalKeys')}</p>}
      <CountTable rows={rows} title={title} by={by} />
    </>
  )
}

/** The table of counts. */
function CountTable({
  rows,
  title,
  by,
}: {
  readonly rows: readonly EntryCount[]
  readonly title: string
  readonly by: string
}) {
  const { t } = useTranslation()
  const { number } = useFormats()
  const nameKey = useKeyNames(by)
  return (
    <Table
      caption={title}
      columns={[
        { title, isHeader: true, show: ({ key }: EntryCount) => <ShownText text={nameKey(key)} /> },
        { title: t('auditor.counts.count'), isNumber: true, show: ({ count }) => number(count) },
      ]}
      rows={rows}
      keyOf={({ key }) => key ?? ''}
    />
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
    if (by === 'kind') return nameKind(key, language)
    return by === 'country' || by === 'actorCountry' ? country(key) : key
  }
}
