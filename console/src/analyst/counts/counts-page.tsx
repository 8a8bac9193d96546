import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Skeleton } from '../../components/paged-rows.tsx'
import { ShownText } from '../../components/shown-text.tsx'
import { useKeptState } from '../../components/use-kept-state.ts'
import { CASE_COUNTS } from '../../documents/documents.ts'
import type { CaseCountsVariables } from '../../documents/types.ts'
import { ExportButtons } from '../../export/export-buttons.tsx'
import { useAsk } from '../../session/use-ask.ts'
import { useTellLine } from '../../shell/line-context.tsx'
import { summarizeCountries } from '../../shell/summarize-countries.ts'
import { useFormats } from '../../shell/use-formats.ts'
import { CountsForm } from './counts-form.tsx'
import { CountsTable, useCellWords } from './counts-table.tsx'
import { tabulateCounts } from './tabulate-counts.ts'

const CountsChart = lazy(async () => ({ default: (await import('./counts-chart.tsx')).CountsChart }))

/** How many cases each country has, as a chart and as a table. */
export function CountsPage() {
  const { t } = useTranslation()
  const [asked, setAsked] = useKeptState<CaseCountsVariables | null>('counts', null)
  return (
    <>
      <h1>{t('counts.title')}</h1>
      <CountsForm before={asked} onAsk={setAsked} />
      {asked === null ? <p className="empty">{t('counts.teach')}</p> : <Counts variables={asked} />}
    </>
  )
}

function Counts({ variables }: { readonly variables: CaseCountsVariables }) {
  const { t } = useTranslation()
  const { country } = useFormats()
  const wordCell = useCellWords()
  const { data, isFetching, error, refetch } = useAsk(CASE_COUNTS, variables)
  useTellLine([data], isFetching, { document: CASE_COUNTS, variables })
  if (error !== null) {
    return (
      <p role="alert" className="notice">
        <ShownText text={t('common.failed', { message: error.message })} />{' '}
        <button type="button" onClick={() => void refetch()}>
          {t('common.again')}
        </button>
      </p>
    )
  }
  if (data === undefined) return <Skeleton />
  const { countries } = summarizeCountries([data])
  const withheldBy = data.data?.caseCounts?.withheldBy ?? []
  const table = tabulateCounts(data.data?.caseCounts?.counts ?? [], {
    withheldBy,
    answered: countries.filter(({ standing }) => standing === 'answered').map((each) => each.country),
    asked: countries.filter(({ standing }) => standing !== 'not-published').map((each) => each.country),
  })
  if (table.rows.length === 0) return <p className="empty">{t('common.empty')}</p>
  return (
    <>
      {withheldBy.length > 0 && (
        <p className="notice">{t('counts.withheldAbout', { countries: withheldBy.map(country).join(', ') })}</p>
      )}
      <section aria-labelledby="chart" className="sheet">
        <h2 id="chart">{t('counts.chart')}</h2>
        <Suspense fallback={<Skeleton />}>
          <CountsChart table={table} />
        </Suspense>
      </section>
      <section aria-labelledby="table">
        <h2 id="table">{t('counts.table')}</h2>
        <CountsTable table={table} />
      </section>
      <ExportButtons
        name={t('counts.title')}
        answers={[data]}
        isComplete
        rows={table.rows}
        columns={[
          { title: t('counts.period'), value: ({ period }) => period },
          ...table.countries.map((code, index) => ({
            title: country(code),
            value: ({ cells }: (typeof table.rows)[number]) => wordCell(cells[index]),
          })),
        ]}
      />
    </>
  )
}
