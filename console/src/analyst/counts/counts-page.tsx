import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useAskInParts } from '../../apart/use-ask-in-parts.ts'
import { AwaitedCountries, Skeleton, UnansweredNotices } from '../../components/paged-rows.tsx'
import { ShownText } from '../../components/shown-text.tsx'
import { Table } from '../../components/table.tsx'
import { useKeptState } from '../../components/use-kept-state.ts'
import { CASE_COUNTS } from '../../documents/documents.ts'
import type { CountRange } from '../../documents/types.ts'
import { ExportButtons } from '../../export/export-buttons.tsx'
import type { SessionAnswer } from '../../session/session.ts'
import { useAskedPurpose } from '../../session/use-session.ts'
import { CountriesLine } from '../../shell/countries-line.tsx'
import { useFormats } from '../../shell/formats.ts'
import { useTellLine } from '../../shell/line-context.tsx'
import { summarizeCountries, wordEmpty } from '../../shell/summarize-countries.ts'
import { type AskedCounts, CountsForm } from './counts-form.tsx'
import { type CountCell, type CountTable, tabulateCounts } from './tabulate-counts.ts'
import { useCellWords, useClassName } from './use-cell-words.ts'

const CountsChart = lazy(async () => ({ default: (await import('./counts-chart.tsx')).CountsChart }))

/** How many cases each country has, as a chart and as a table. */
export function CountsPage() {
  const { t } = useTranslation()
  const [asked, setAsked] = useKeptState<AskedCounts | null>('counts', null)
  const purpose = useAskedPurpose(asked)
  return (
    <>
      <h1>{t('counts.title')}</h1>
      <CountsForm before={asked} onAsk={setAsked} />
      <CountriesLine />
      {asked === null ? (
        <p className="empty">{t('counts.teach')}</p>
      ) : (
        <Counts key={JSON.stringify([purpose, asked])} counts={asked} />
      )}
    </>
  )
}

function Counts({ counts: { variables, isByClass } }: { readonly counts: AskedCounts }) {
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
  const { countries } = summarizeCountries(answers)
  const given = answers.flatMap(({ data }) => data?.caseCounts ?? [])
  const withheldBy = given.flatMap((part) => part.withheldBy)
  const ranges = given.flatMap((part) => part.ranges ?? [])
  const withoutAnswer = [...awaited, ...unanswered.flatMap((part) => part.countries)]
  const table = tabulateCounts(
    given.flatMap(({ counts }) => counts),
    {
      withheldBy,
      answered: countries.filter(({ standing }) => standing === 'answered').map((each) => each.country),
      asked: [...countries.map((each) => each.country), ...withoutAnswer],
      notPublished: countries.filter(({ standing }) => standing === 'not-published').map((each) => each.country),
      ranges,
      isMonthly: variables.by === 'MONTH',
      years: [variables.fromYear, variables.toYear],
      isByClass,
      isOneClass: variables.iccs !== null,
    },
  )
  if (table.rows.length === 0) {
    return (
      <>
        {waiting}
        {awaited.length === 0 && (
          <p className="empty">{t(unanswered.length > 0 ? 'common.emptyButMissing' : wordEmpty(answers))}</p>
        )}
      </>
    )
  }
  return (
    <>
      {waiting}
      {withheldBy.length > 0 && (
        <p className="notice">{t('counts.withheldAbout', { countries: withheldBy.map(country).join(', ') })}</p>
      )}
      <Ranges ranges={ranges} />
      <CountsSheets table={table} />
      <CountsExport
        table={table}
        answers={answers}
        withheldBy={withheldBy}
        offence={variables.iccs}
        isComplete={withoutAnswer.length === 0}
      />
    </>
  )
}

/** Between which days each country has records, and as of when they are known. */
function Ranges({ ranges }: { readonly ranges: readonly CountRange[] }) {
  const { t } = useTranslation()
  const { country, day, moment } = useFormats()
  const texts = ranges.flatMap(({ country: code, from, until, asOf }) => {
    if (from === null || until === null) return []
    const span = t('counts.range', { country: country(code), from: day(from), until: day(until) })
    return [asOf === null ? span : `${span} ${t('counts.asOf', { time: moment(asOf) })}`]
  })
  if (texts.length === 0) return null
  return (
    <p className="quiet-text">
      <ShownText text={texts.join(' · ')} />
    </p>
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
  table,
  answers,
  withheldBy,
  offence,
  isComplete,
}: {
  readonly table: CountTable
  readonly answers: readonly SessionAnswer<unknown>[]
  readonly withheldBy: readonly string[]
  /** The class that was asked for; null for all. */
  readonly offence: string | null
  readonly isComplete: boolean
}) {
  const { t } = useTranslation()
  const { country } = useFormats()
  const wordCell = useCellWords()
  const nameClass = useClassName()
  type Row = (typeof table.rows)[number]
  const ofClass = { title: t('counts.class'), value: ({ iccs }: Row) => nameClass(iccs ?? '') }
  // A spreadsheet adds up what is a number.
  const numberOrWord = (cell: CountCell | undefined): string | number =>
    cell?.kind === 'count' && !cell.isPart ? cell.cases : wordCell(cell)
  return (
    <ExportButtons
      name={t('counts.title')}
      answers={answers}
      isComplete={isComplete && table.rows.every(({ isTotal }) => isTotal)}
      withheld={withheldBy}
      rows={table.rows}
      columns={[
        ...(table.isByClass ? [] : [{ title: t('counts.class'), value: () => nameClass(offence ?? '') }]),
        { title: t('counts.period'), value: ({ period }) => period },
        ...(table.isByClass ? [ofClass] : []),
        ...table.countries.map((code, index) => ({
          title: country(code),
          value: ({ cells }: Row) => numberOrWord(cells[index]),
        })),
        { title: t('counts.total'), value: ({ known, isTotal }) => (isTotal ? known : `≥ ${known}`) },
      ]}
    />
  )
}

/** The table of counts. A withheld cell says that it is withheld, and a number that may be a part has a sign. */
export function CountsTable({ table: { countries, rows, isByClass } }: { readonly table: CountTable }) {
  const { t } = useTranslation()
  const { country, number } = useFormats()
  const wordCell = useCellWords()
  const nameClass = useClassName()
  type Row = (typeof rows)[number]
  const ofClass = { title: t('counts.class'), show: ({ iccs }: Row) => nameClass(iccs ?? '') }
  return (
    <Table
      caption={t('counts.title')}
      rows={rows}
      keyOf={({ period, iccs }) => `${period} ${iccs}`}
      columns={[
        { title: t('counts.period'), isHeader: true, show: ({ period }) => period },
        ...(isByClass ? [ofClass] : []),
        ...countries.map((code, index) => ({
          title: country(code),
          isNumber: true,
          show: ({ cells }: Row) => wordCell(cells[index]),
        })),
        {
          title: t('counts.total'),
          isNumber: true,
          show: ({ known, isTotal }) => `${isTotal ? '' : '≥ '}${number(known)}`,
        },
      ]}
    />
  )
}
