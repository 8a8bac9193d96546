import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { REPORT_TABLES, type ReportTable } from '../../../contract/audit-log/public-report/tables.ts'
import {
  LEAST_THRESHOLD,
  type PublishedCount,
  type PublishedCounts,
} from '../../../contract/audit-log/public-report/withhold-small.ts'
import { DateField } from '../components/date-field.tsx'
import { Skeleton } from '../components/paged-rows.tsx'
import { ShownText } from '../components/shown-text.tsx'
import { Table } from '../components/table.tsx'
import { saveFile } from '../export/save-file.ts'
import { Icon } from '../look/icon.tsx'
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
import { Failure } from './failure.tsx'
import { showTime } from './local-time.tsx'
import { useAskOversight } from './use-oversight.ts'

/** The report for a parliament. It opens on the last month that is over. */
export function ReportPage() {
  const { t } = useTranslation()
  const ask = useAskOversight()
  const [request, setRequest] = useState<ReportRequest>(requestLastMonth)
  const { data, error, refetch } = useQuery({
    queryKey: ['oversight', 'report', request],
    queryFn: () => collectReport(ask, request, Date.now()),
    retry: false,
  })
  return (
    <AuditPage name="report" actions={data !== undefined && <SaveReport report={data} />}>
      <div className="no-print">
        <ReportForm made={request} onMake={setRequest} />
      </div>
      {data === undefined && error === null && <Skeleton />}
      {error instanceof TooManyKeysError && <p className="notice">{t('auditor.report.cut')}</p>}
      {error !== null && !(error instanceof TooManyKeysError) && (
        <Failure error={error} onRetry={() => void refetch()} />
      )}
      {data !== undefined && <Report report={data} />}
    </AuditPage>
  )
}

/** The first and the last day of the month before this one, in UTC. */
function requestLastMonth(): ReportRequest {
  const now = new Date()
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
  const from = day(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1))
  const until = day(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 0))
  return { from, until, threshold: 5, filter: toEntryFilter({ from, until }).filter ?? {} }
}

function ReportForm({
  made,
  onMake,
}: {
  readonly made: ReportRequest
  readonly onMake: (request: ReportRequest) => void
}) {
  const { t } = useTranslation()
  const [days, setDays] = useState({ from: made.from, until: made.until })
  const [threshold, setThreshold] = useState(String(made.threshold))
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
    <form onSubmit={submit} className="form" noValidate>
      {(['from', 'until'] as const).map((name) => (
        <DateField
          key={name}
          label={t(`auditor.report.${name}`)}
          error={wrongDay(name)}
          value={days[name]}
          onChange={(day) => setDays({ ...days, [name]: day })}
        />
      ))}
      <TextInput
        label={t('auditor.report.threshold')}
        description={t('auditor.report.threshHint')}
        error={isTried && least < LEAST_THRESHOLD ? t('auditor.report.threshHint') : null}
        inputMode="numeric"
        value={threshold}
        onChange={({ target }) => setThreshold(target.value)}
      />
      <Button type="submit" variant="filled">
        {t('auditor.report.make')}
      </Button>
    </form>
  )
}

/** Saves the report that is shown: as a page, on paper, and for programs. */
function SaveReport({ report }: { readonly report: ParliamentReport }) {
  const { t, i18n } = useTranslation()
  const name = `istmo-${report.from}-${report.until}`
  const saveHtml = (): void => {
    const shown = document.querySelector('.report')?.outerHTML ?? ''
    const head = `<meta charset="utf-8"><title>${t('auditor.report.title')}</title><style>${PAGE_STYLE}</style>`
    saveFile(
      `${name}.html`,
      'text/html;charset=utf-8',
      `<!doctype html><html lang="${i18n.language}">${head}${shown}</html>\n`,
    )
  }
  return (
    <>
      <Button leftSection={<Icon name="export" />} onClick={saveHtml}>
        HTML
      </Button>
      <Button onClick={() => print()}>PDF</Button>
      <Button onClick={() => saveFile(`${name}.json`, 'application/json', toReportFile(report))}>
        {t('auditor.report.save')}
      </Button>
    </>
  )
}

const PAGE_STYLE =
  'body{font:16px/1.5 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;border-bottom:1px solid #ccc;padding:4px}svg{width:100%;height:9rem}pre{white-space:pre-wrap}.unseen{display:none}'

function Report({ report }: { readonly report: ParliamentReport }) {
  const { t } = useTranslation()
  const { country, day } = useFormats()
  const { from, until, threshold, tables, madeAt } = report
  const name = `istmo-${from}-${until}.json`
  const isEmpty = REPORT_TABLES.every((table) => tables[table].rows.length + tables[table].withheld === 0)
  return (
    <article className="report sheet">
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
      {isEmpty && <p className="empty">{t('auditor.report.nothing')}</p>}
      {!isEmpty && REPORT_TABLES.map((table) => <ReportedTable key={table} name={table} counts={tables[table]} />)}
      <p>{t('auditor.report.withheldWhy', { most: threshold - 1 })}</p>
      <h3>{t('auditor.report.verify')}</h3>
      <p>{t('auditor.report.verifyHow')}</p>
      <pre className="raw">{`istmo audit check-report ${name} --policy ${t('auditor.report.policyFile')} --log ${t('auditor.report.logFolder')}`}</pre>
      <p className="quiet-text">{t('auditor.report.made', { time: showTime(madeAt) })}</p>
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
        <p>{withheld === 0 ? t('auditor.report.nothing') : t('auditor.report.allWithheld')}</p>
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
