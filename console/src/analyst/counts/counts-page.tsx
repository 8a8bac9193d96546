import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAskInParts } from '../../apart/use-ask-in-parts.ts'
import { PageHead } from '../../components/page-head.tsx'
import { AwaitedCountries, UnansweredNotices } from '../../components/paged-rows.tsx'
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
import { useOffenceNames } from '../offence-classes.tsx'
import { type AskedCounts, askLastMonths, CountsForm } from './counts-form.tsx'
import { CountsGrid } from './counts-grid.tsx'
import { layOutCounts } from './lay-out-counts.ts'
import { type CountCell, type CountTable, tabulateCounts } from './tabulate-counts.ts'
import { useCellWords, useClassName } from './use-cell-words.ts'

/** How many cases each country has: a chart and a table that are one grid. */
export function CountsPage() {
  const { t } = useTranslation()
  const [asked, setAsked] = useKeptState<AskedCounts | null>('counts', null)
  const purpose = useAskedPurpose(asked)
  return (
    <>
      <CountsForm key={JSON.stringify(asked)} before={asked} onAsk={setAsked} />
      <CountriesLine />
      {asked === null ? (
        <>
          <PageHead title={t('counts.title')} />
          <div className="empty">
            <p>{t('counts.teach')}</p>
            <Button variant="filled" onClick={() => setAsked(askLastMonths(new Date()))}>
              {t('counts.lastMonths')}
            </Button>
          </div>
        </>
      ) : (
        <Counts key={JSON.stringify([purpose, asked])} counts={asked} />
      )}
    </>
  )
}

function Counts({ counts: { variables, isByClass, months } }: { readonly counts: AskedCounts }) {
  const { t } = useTranslation()
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
  const whole = tabulateCounts(
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
  const table = months === null ? whole : cutToLast(whole, months)
  if (table.rows.length === 0) {
    return (
      <>
        <PageHead title={t('counts.title')} />
        {waiting}
        {awaited.length === 0 && (
          <p className="empty">{t(unanswered.length > 0 ? 'common.emptyButMissing' : wordEmpty(answers))}</p>
        )}
      </>
    )
  }
  return (
    <CountsSheet
      table={table}
      {...{ ranges, withheldBy, waiting }}
      offence={variables.iccs}
      actions={
        <CountsExport
          table={table}
          answers={answers}
          withheldBy={withheldBy}
          offence={variables.iccs}
          isComplete={withoutAnswer.length === 0}
        />
      }
    />
  )
}

/** Leaves the last periods until now. */
function cutToLast(table: CountTable, months: number): CountTable {
  const now = new Date().toISOString().slice(0, 7)
  return { ...table, rows: table.rows.filter(({ period }) => period <= now).slice(-months) }
}

/** What was counted, as a title; the grid below it, and what its signs mean. */
function CountsSheet({
  table,
  ranges,
  withheldBy,
  offence,
  waiting,
  actions,
}: {
  readonly table: CountTable
  readonly ranges: readonly CountRange[]
  readonly withheldBy: readonly string[]
  readonly offence: string | null
  readonly waiting: ReactNode
  readonly actions: ReactNode
}) {
  const { t } = useTranslation()
  const { number } = useFormats()
  const nameOffence = useOffenceNames()
  const noteOf = useRangeNotes(ranges, withheldBy)
  const [isOwnScale, setOwnScale] = useState(false)
  const grid = layOutCounts(table)
  const ends = [grid.periods[0], grid.periods.at(-1)].map((period) => period?.slice(0, 4))
  const title = offence === null ? t('counts.allTitle') : (nameOffence(offence).title ?? offence)
  const by = (grid.periods[0] ?? '').length > 4 ? 'MONTH' : 'YEAR'
  return (
    <>
      <PageHead
        title={t(`counts.head.${by}`, { offence: title, years: [...new Set(ends)].join('–') })}
        note={t(grid.isTotal ? 'counts.sum' : 'counts.least', {
          countries: t('counts.countries', { count: table.countries.length }),
          cases: t('counts.cases', { count: grid.known, number: number(grid.known) }),
        })}
        actions={
          <>
            <ScaleChoice isOwn={isOwnScale} onChoose={setOwnScale} />
            {actions}
          </>
        }
      />
      {waiting}
      <CountsGrid grid={grid} isOwnScale={isOwnScale} noteOf={noteOf} />
      <ul className="legend count-legend">
        {withheldBy.length > 0 && (
          <li>
            <span className="hatch" aria-hidden="true">
              {t('counts.short')}
            </span>{' '}
            {t('counts.withheldAbout')}
          </li>
        )}
        {grid.lines.some(({ cells }) => cells.some(({ kind }) => kind === 'outside')) && (
          <li>
            <span className="run-key" aria-hidden="true" /> {t('counts.outsideAbout')}
          </li>
        )}
        {!grid.isTotal && <li>{t('counts.partAbout')}</li>}
      </ul>
    </>
  )
}

/** Whether the bars of all lines have one scale. */
function ScaleChoice({ isOwn, onChoose }: { readonly isOwn: boolean; readonly onChoose: (isOwn: boolean) => void }) {
  const { t } = useTranslation()
  return (
    <Button.Group>
      {([false, true] as const).map((each) => (
        <Button
          key={String(each)}
          variant={each === isOwn ? 'light' : 'default'}
          aria-pressed={each === isOwn}
          onClick={() => onChoose(each)}
        >
          {t(each ? 'counts.ownScale' : 'counts.sameScale')}
        </Button>
      ))}
    </Button.Group>
  )
}

/** Returns what stands below a country's name: between which months it has records, or that it withholds. */
function useRangeNotes(ranges: readonly CountRange[], withheldBy: readonly string[]): (code: string) => string {
  const { t } = useTranslation()
  const { monthShort } = useFormats()
  return (code) => {
    const range = ranges.find((each) => each.country === code)
    if (range?.from != null && range.until != null) return `${monthShort(range.from)} – ${monthShort(range.until)}`
    return withheldBy.includes(code) ? t('counts.withholds') : ''
  }
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
