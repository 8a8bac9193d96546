import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { REPORT_TABLES, type ReportTable } from '../../../contract/audit-log/public-report/tables.ts'
import {
  LEAST_THRESHOLD,
  type PublishedCount,
  type PublishedCounts,
} from '../../../contract/audit-log/public-report/withhold-small.ts'
import { Skeleton } from '../components/paged-rows.tsx'
import { ShownText } from '../components/shown-text.tsx'
import { Table } from '../components/table.tsx'
import { saveFile } from '../export/save-file.ts'
import { useFormats } from '../shell/formats.ts'
import { AuditPage } from './audit-page.tsx'
import { BarChart } from './bar-chart.tsx'
import {
  collectReport,
  isPeriodOver,
  type ParliamentReport,
  type ReportRequest,
  TooManyKeysError,
  toReportFile,
} from './collect-report.ts'
import { useKeyNames } from './counts-page.tsx'
import { toEntryFilter } from './entry-filter.ts'
import { showTime } from './local-time.tsx'
import { Failure } from './failure.tsx'
import { useAskOversight } from './use-oversight.ts'

/** The report for a parliament. */
export function ReportPage() {
  const { t } = useTranslation()
  const ask = useAskOversight()
  const made = useMutation({
    mutationFn: (request: ReportRequest) => collectReport(ask, request, Date.now()),
  })
  const { error, data, isPending } = made
  return (
    <AuditPage name="report">
      <div className="no-print">
        <ReportForm isAsking={isPending} onMake={(request) => made.mutate(request)} />
      </div>
      {isPending && <Skeleton />}
      {error instanceof TooManyKeysError && <p className="notice">{t('auditor.report.cut')}</p>}
      {error !== null && !(error instanceof TooManyKeysError) && <Failure error={error} onRetry={() => made.reset()} />}
      {data !== undefined && <Report report={data} />}
    </AuditPage>
  )
}

function ReportForm({
  isAsking,
  onMake,
}: {
  readonly isAsking: boolean
  readonly onMake: (request: ReportRequest) => void
}) {
  const { t } = useTranslation()
  const [days, setDays] = useState({ from: '', until: '' })
  const [threshold, setThreshold] = useState('5')
  const [isTried, setTried] = useState(false)
  const { filter, problems } = toEntryFilter({
    ...(days.from !== '' && { from: days.from }),
    ...(days.until !== '' && { until: days.until }),
  })
  const least = /^\d{1,6}$/.test(threshold) ? Number(threshold) : 0
  const wrongDay = (name: 'from' | 'until'): string | null => {
    const problem = days[name] === '' ? 'DAY_WRONG' : problems?.[name]
    return isTried && problem !== undefined ? t(`auditor.filterProblems.${problem}`) : null
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setTried(true)
    const isWhole = filter !== null && days.from !== '' && days.until !== '' && least >= LEAST_THRESHOLD
    if (isWhole) onMake({ ...days, threshold: least, filter })
  }
  return (
    <form onSubmit={submit} className="form">
      {(['from', 'until'] as const).map((name) => (
        <TextInput
          key={name}
          label={t(`auditor.report.${name}`)}
          error={wrongDay(name)}
          type="date"
          value={days[name]}
          onChange={({ target }) => setDays({ ...days, [name]: target.value })}
        />
      ))}
      <TextInput
        label={t('auditor.report.threshold')}
        description={t('auditor.report.threshHint')}
        type="number"
        min={LEAST_THRESHOLD}
        required
        value={threshold}
        onChange={({ target }) => setThreshold(target.value)}
      />
      <Button type="submit" variant="filled" disabled={isAsking}>
        {t('auditor.report.make')}
      </Button>
    </form>
  )
}

function Report({ report }: { readonly report: ParliamentReport }) {
  const { t } = useTranslation()
  const { country, day } = useFormats()
  const { from, until, threshold, tables, madeAt } = report
  const name = `istmo-${from}-${until}.json`
  return (
    <article className="report">
      <h2>{t('auditor.report.title')}</h2>
      <p>
        {t('auditor.report.period', { from: day(from), until: day(until) })}{' '}
        <ShownText
          text={
            report.country === null
              ? t('auditor.report.whoseAll')
              : t('auditor.report.whose', { country: country(report.country) })
          }
        />{' '}
        {t('auditor.report.only')}
      </p>
      {!isPeriodOver(report) && <p className="notice">{t('auditor.report.notOver')}</p>}
      {REPORT_TABLES.map((table) => (
        <ReportedTable key={table} name={table} counts={tables[table]} />
      ))}
      <p>{t('auditor.report.withheldWhy', { most: threshold - 1 })}</p>
      <h3>{t('auditor.report.verify')}</h3>
      <p>{t('auditor.report.verifyHow')}</p>
      <pre className="raw">{`istmo audit check-report ${name} --policy ${t('auditor.report.policyFile')} --log ${t('auditor.report.logFolder')}`}</pre>
      <p className="quiet-text">{t('auditor.report.made', { time: showTime(madeAt) })}</p>
      <div className="actions no-print">
        <Button onClick={() => saveFile(name, 'application/json', toReportFile(report))}>
          {t('auditor.report.save')}
        </Button>
        <Button onClick={() => print()}>{t('auditor.report.print')}</Button>
      </div>
    </article>
  )
}

function ReportedTable({ name, counts }: { readonly name: ReportTable; readonly counts: PublishedCounts }) {
  const { t } = useTranslation()
  const { number } = useFormats()
  const nameKey = useKeyNames(name)
  const title = t(`auditor.counts.dimensions.${name}`)
  const { rows, total, withheld } = counts
  const shown = (count: number | null): string => (count === null ? t('auditor.report.withheld') : number(count))
  return (
    <section>
      <h3>{title}</h3>
      {rows.length === 0 ? (
        <p>{withheld === 0 ? t('auditor.nothing') : t('auditor.report.allWithheld')}</p>
      ) : (
        <>
          {name === 'month' && (
            <BarChart
              title={t('auditor.counts.chart', { name: title })}
              bars={rows.map(({ key, count }) => ({ label: nameKey(key), value: count }))}
            />
          )}
          <Table
            caption={title}
            columns={[
              { title, isHeader: true, show: ({ key }: PublishedCount) => <ShownText text={nameKey(key)} /> },
              { title: t('auditor.counts.count'), isNumber: true, show: ({ count }) => shown(count) },
            ]}
            rows={rows}
            keyOf={({ key }) => key ?? ''}
          />
          <p>{total === null ? t('auditor.counts.severalKeys') : `${t('auditor.counts.total')}: ${number(total)}`}</p>
        </>
      )}
    </section>
  )
}
