import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { type AskedParts, useAskInParts } from '../../apart/use-ask-in-parts.ts'
import { AwaitedCountries, Skeleton, UnansweredNotices } from '../../components/paged-rows.tsx'
import { useKeptState } from '../../components/use-kept-state.ts'
import { CASE_COUNTS } from '../../documents/documents.ts'
import type { CaseCountsData, CaseCountsVariables } from '../../documents/types.ts'
import { ExportButtons } from '../../export/export-buttons.tsx'
import { useSignedIn } from '../../session/use-session.ts'
import { useTellLine } from '../../shell/line-context.tsx'
import { isIncomplete, summarizeCountries } from '../../shell/summarize-countries.ts'
import { useFormats } from '../../shell/use-formats.ts'
import { CountsForm } from './counts-form.tsx'
import { CountsTable, useCellWords } from './counts-table.tsx'
import { type CountRow, type CountTable, tabulateCounts } from './tabulate-counts.ts'

const CountsChart = lazy(async () => ({ default: (await import('./counts-chart.tsx')).CountsChart }))

/** How many cases each country has, as a chart and as a table. */
export function CountsPage() {
  const { t } = useTranslation()
  const [asked, setAsked] = useKeptState<CaseCountsVariables | null>('counts', null)
  const purpose = useSignedIn().grounds?.purpose ?? null
  return (
    <>
      <h1>{t('counts.title')}</h1>
      <CountsForm before={asked} onAsk={setAsked} />
      {asked === null ? (
        <p className="empty">{t('counts.teach')}</p>
      ) : (
        <Counts key={JSON.stringify([purpose, asked])} variables={asked} />
      )}
    </>
  )
}

function Counts({ variables }: { readonly variables: CaseCountsVariables }) {
  const { t } = useTranslation()
  const { country } = useFormats()
  const asked = useAskInParts(CASE_COUNTS, variables)
  const { answers, awaited, isAsking, unanswered } = asked
  useTellLine(answers, isAsking, { document: CASE_COUNTS, variables }, awaited)
  const waiting = (
    <>
      <UnansweredNotices unanswered={unanswered} />
      <AwaitedCountries asked={asked} hasRows={answers.length > 0} />
    </>
  )
  if (answers.length === 0) return waiting
  const summary = summarizeCountries(answers)
  const { countries } = summary
  const given = answers.flatMap(({ data }) => data?.caseCounts ?? [])
  const withheldBy = given.flatMap((part) => part.withheldBy)
  const withoutAnswer = [...awaited, ...unanswered.flatMap((part) => part.countries)]
  const table = tabulateCounts(
    given.flatMap(({ counts }) => counts),
    {
      withheldBy,
      answered: countries.filter(({ standing }) => standing === 'answered').map((each) => each.country),
      asked: [
        ...countries.filter(({ standing }) => standing !== 'not-published').map((each) => each.country),
        ...withoutAnswer,
      ],
    },
  )
  if (table.rows.length === 0) {
    const isMissing = withoutAnswer.length > 0 || isIncomplete(summary)
    return (
      <>
        {waiting}
        {awaited.length === 0 && <p className="empty">{t(isMissing ? 'common.emptyButMissing' : 'common.empty')}</p>}
      </>
    )
  }
  return (
    <>
      {waiting}
      {withheldBy.length > 0 && (
        <p className="notice">{t('counts.withheldAbout', { countries: withheldBy.map(country).join(', ') })}</p>
      )}
      <CountsSheets table={table} />
      <CountsExport table={table} answers={answers} isComplete={withoutAnswer.length === 0} />
    </>
  )
}

/** The chart, and the table that says the same. */
function CountsSheets({ table }: { readonly table: CountTable }) {
  const { t } = useTranslation()
  return (
    <>
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
    </>
  )
}

function CountsExport({
  table: { countries, rows },
  answers,
  isComplete,
}: {
  readonly table: CountTable
  readonly answers: AskedParts<CaseCountsData>['answers']
  readonly isComplete: boolean
}) {
  const { t } = useTranslation()
  const { country } = useFormats()
  const wordCell = useCellWords()
  const columns = countries.map((code, index) => ({
    title: country(code),
    value: ({ cells }: CountRow) => wordCell(cells[index]),
  }))
  return (
    <ExportButtons
      name={t('counts.title')}
      answers={answers}
      isComplete={isComplete}
      rows={rows}
      columns={[{ title: t('counts.period'), value: ({ period }) => period }, ...columns]}
    />
  )
}
