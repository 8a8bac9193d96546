import { NativeSelect } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { EntryCount } from '../../../contract/audit-log/public-report/withhold-small.ts'
import { useKeyNames } from '../audit/counts-page.tsx'
import { EntryList } from '../audit/entry-list.tsx'
import { Failure } from '../audit/failure.tsx'
import { useEntryPages, useOversight, useViewer } from '../audit/use-oversight.ts'
import { Skeleton } from '../components/paged-rows.tsx'
import { ShownText } from '../components/shown-text.tsx'
import { Table } from '../components/table.tsx'
import { useKeptState } from '../components/use-kept-state.ts'
import { useWorld } from '../session/use-session.ts'
import { useFormats } from '../shell/formats.ts'
import { NationalPage } from './national-page.tsx'

const DAYS = [1, 7, 30, 90] as const
const DAY_MS = 86_400_000

/** What the own country was asked lately, by its own audit log. */
export function NodePage() {
  const { t } = useTranslation()
  const { config } = useWorld()
  const [days, setDays] = useKeptState<number>('national.days', 7)
  const { data, error, refetch } = useViewer()
  return (
    <NationalPage name="node">
      <NativeSelect label={t('team.node.days')} value={days} onChange={({ target }) => setDays(Number(target.value))}>
        {DAYS.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </NativeSelect>
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Skeleton />}
      {data !== undefined && <Lately key={days} days={days} country={config.country} />}
    </NationalPage>
  )
}

function Lately({ days, country }: { readonly days: number; readonly country: string }) {
  const { t } = useTranslation()
  // The hour stays the same while the page is shown, so that the same question is not asked again.
  const from = useMemo(
    () => new Date(Math.floor((Date.now() - days * DAY_MS) / 3_600_000) * 3_600_000).toISOString(),
    [days],
  )
  const filter = { kind: 'leg', country, from }
  const failed = useEntryPages('entries', { filter: { ...filter, outcome: 'FAILED' } })
  return (
    <>
      <Counted by="outcome" title={t('team.node.outcomes')} filter={filter} />
      <Counted by="code" title={t('team.node.codes')} filter={filter} />
      <h2>{t('team.node.failed')}</h2>
      <EntryList asked={failed} empty={t('team.node.nothingFailed')} />
    </>
  )
}

function Counted({
  by,
  title,
  filter,
}: {
  readonly by: 'outcome' | 'code'
  readonly title: string
  readonly filter: Readonly<Record<string, string>>
}) {
  const { t } = useTranslation()
  const { number } = useFormats()
  const nameKey = useKeyNames(by)
  const { data, error, refetch } = useOversight<{ readonly counts: readonly EntryCount[] }>('counts', {
    by,
    filter,
    first: 100,
  })
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <Skeleton />
  if (data.data.counts.length === 0) return null
  return (
    <>
      <h2>{title}</h2>
      <Table
        caption={title}
        columns={[
          { title, isHeader: true, show: ({ key }: EntryCount) => <ShownText text={nameKey(key)} /> },
          { title: t('team.node.count'), isNumber: true, show: ({ count }) => number(count) },
        ]}
        rows={data.data.counts}
        keyOf={({ key }) => key ?? ''}
      />
    </>
  )
}
