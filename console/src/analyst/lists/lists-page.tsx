import '../../styles/lists.css'
import { Button, Textarea } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type AskedParts, useAskInParts } from '../../apart/use-ask-in-parts.ts'
import { CountryMark } from '../../components/country-mark.tsx'
import { Failed } from '../../components/failed.tsx'
import { FileField } from '../../components/file-field.tsx'
import { RecordLink } from '../../components/links.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { AwaitedCountries, UnansweredNotices } from '../../components/paged-rows.tsx'
import { ShownText } from '../../components/shown-text.tsx'
import { type Column, Table } from '../../components/table.tsx'
import { Undo } from '../../components/undo.tsx'
import { keepState, useKeptState } from '../../components/use-kept-state.ts'
import { PERSON_LIST_HITS } from '../../documents/documents.ts'
import type { PersonListHitsQuery } from '../../documents/operation-types.ts'
import { ExportButtons } from '../../export/export-buttons.tsx'
import type { ExportColumn } from '../../export/table-export.ts'
import type { SessionAnswer } from '../../session/session.ts'
import { useAskedPurpose } from '../../session/use-session.ts'
import { CountriesLine } from '../../shell/countries-line.tsx'
import { useFormats } from '../../shell/formats.ts'
import { useTellLine } from '../../shell/line-context.tsx'
import { listSilent } from '../../shell/summarize-countries.ts'
import { ContactPoint } from '../search/hits-of-one.tsx'
import { groupLines, type ListedHit, type ListedLine, listHits } from './list-hits.ts'
import { type LineProblem, MOST_PERSONS, type ReadList, readListFile, readPasted } from './read-list.ts'
import { type AskedByName, useFoundByName } from './use-found-by-name.ts'

/** The largest file that is read, in bytes. */
const MOST_BYTES = 1_000_000

/** A list that is asked: those of its lines that can be, and the others. */
type AskedList = Pick<ReadList, 'persons' | 'problems'>

/** Lists of names: which countries know which persons, and whom to ask there. */
export function ListsPage() {
  const { t } = useTranslation()
  const [asked, setAsked] = useKeptState<AskedList | null>('lists', null)
  const [read, setRead] = useState<ReadList | 'TOO_LARGE' | null>(null)
  const purpose = useAskedPurpose(asked)
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return setRead(null)
    setRead(file.size <= MOST_BYTES ? await readListFile(file) : 'TOO_LARGE')
  }
  return (
    <>
      {asked === null && <PageHead title={t('lists.title')} note={t('lists.about')} />}
      {asked === null && (
        <div className="form list-form">
          <Textarea
            label={t('lists.paste')}
            description={t('lists.pasteHelp')}
            rows={5}
            spellCheck={false}
            maxLength={MOST_BYTES}
            onChange={({ target }) => setRead(target.value.trim() === '' ? null : readPasted(target.value))}
          />
          <FileField
            label={t('lists.file')}
            description={t('lists.template')}
            accept=".xlsx,.csv,.txt,.tsv,text/csv"
            onChoose={([file]) => void take(file)}
          />
          {read === 'TOO_LARGE' && <p role="alert">{t('lists.tooLarge')}</p>}
          {read !== null && read !== 'TOO_LARGE' && <ReadReport read={read} onAsk={setAsked} />}
        </div>
      )}
      {asked === null && read === null && <p className="empty">{t('lists.teach')}</p>}
      {asked !== null && <AskedLines key={JSON.stringify([purpose, asked])} list={asked} />}
      <RemoveList asked={asked} onChange={setAsked} />
    </>
  )
}

function ReadReport({
  read: { persons, problems, hasTitles, slashed },
  onAsk,
}: {
  readonly read: ReadList
  readonly onAsk: (list: AskedList) => void
}) {
  const { t } = useTranslation()
  const undated = problems.filter(isUndated).length
  if (!hasTitles) return <p role="alert">{t('lists.noHeader')}</p>
  if (persons.length > MOST_PERSONS) return <p role="alert">{t('lists.tooMany', { count: persons.length })}</p>
  return (
    <div>
      {slashed > 0 && <p>{t('lists.slashed', { count: slashed })}</p>}
      {problems.length > 0 && (
        <details>
          <summary>{t('lists.problems', { count: problems.length })}</summary>
          <ul>
            {problems.map(({ line, problem }) => (
              <li key={line}>{t('lists.line.text', { line, problem: t(`lists.problem.${problem}`) })}</li>
            ))}
          </ul>
        </details>
      )}
      {undated > 0 && <p>{t('lists.undated', { count: undated })}</p>}
      {persons.length + undated > 0 && (
        <Button variant="filled" onClick={() => onAsk({ persons, problems })}>
          {t('lists.ask', { count: persons.length + undated })}
        </Button>
      )}
    </div>
  )
}

const isUndated = ({ problem }: LineProblem): boolean => problem === 'DATE_MISSING'

function AskedLines({ list }: { readonly list: AskedList }) {
  return list.persons.length > 0 ? <DatedLines list={list} /> : <Lines list={list} asked={null} />
}

const variablesOf = ({ persons }: AskedList) => ({
  searches: persons.map(({ name, birthDate }) => ({ name, birthDate })),
  countries: null,
})

function DatedLines({ list }: { readonly list: AskedList }) {
  return <Lines list={list} asked={useAskInParts(PERSON_LIST_HITS, variablesOf(list))} />
}

/** What came of each line: the countries that know the person, and whom to call there. `asked`: null if no line has a date. */
function Lines({ list, asked }: { readonly list: AskedList; readonly asked: AskedParts<PersonListHitsQuery> | null }) {
  const { t } = useTranslation()
  const byName = useFoundByName(list.problems.filter(isUndated))
  const answers = asked?.answers ?? []
  const all = [...answers, ...byName.answers]
  const isAsking = asked?.isAsking === true || byName.isAsking
  const question = asked === null ? null : { document: PERSON_LIST_HITS, variables: variablesOf(list) }
  useTellLine(all, isAsking, question, asked?.awaited)
  const columns = useLineColumns()
  const unanswered = asked?.unanswered ?? []
  const silent = [...listSilent(answers), ...unanswered.flatMap(({ countries }) => countries)]
  const rows = listHits(list, answers, [...new Set(silent)].sort(), byName.found)
  const lines = groupLines(rows)
  const count = lines.filter(({ first }) => first.country !== null).length
  const isThere = all.length > 0
  return (
    <>
      <PageHead
        title={t('lists.title')}
        note={isThere && <span role="status">{t('lists.known', { count, all: lines.length })}</span>}
        actions={isThere && <ListExport rows={rows} answers={all} isComplete={!isAsking && unanswered.length === 0} />}
      />
      <CountriesLine />
      {isAsking && <Progress asked={asked} byName={byName} />}
      <UnansweredNotices unanswered={unanswered} />
      {byName.errors.slice(0, 1).map((error) => (
        <Failed key={error.message} error={error} />
      ))}
      {isThere && (
        <Table
          look="listed"
          caption={t('lists.title')}
          rows={lines}
          keyOf={({ line }) => String(line)}
          columns={columns}
        />
      )}
      {asked !== null && <AwaitedCountries asked={asked} hasRows={isThere} />}
    </>
  )
}

/** How many of the questions have their answer. */
function Progress({
  asked,
  byName,
}: {
  readonly asked: AskedParts<PersonListHitsQuery> | null
  readonly byName: AskedByName
}) {
  const { t } = useTranslation()
  const done = (asked?.answers.length ?? 0) + byName.answers.length
  const all = Math.max(done, (asked?.answers.length ?? 0) + (asked?.isAsking === true ? 1 : 0) + byName.count)
  return (
    <p className="progress">
      <progress aria-label={t('lists.progress')} max={all} value={done} />{' '}
      <span className="quiet-text">{t('lists.answered', { done, all })}</span>
    </p>
  )
}

/** The export of a list: a row for each country that knows a person, as asked. */
function ListExport({
  rows,
  answers,
  isComplete,
}: {
  readonly rows: readonly ListedHit[]
  readonly answers: readonly SessionAnswer<unknown>[]
  readonly isComplete: boolean
}) {
  const { t } = useTranslation()
  const wordResult = useResultWords()
  const columns: readonly ExportColumn<ListedHit>[] = [
    { title: t('lists.line.title'), value: ({ line }) => line },
    { title: t('lists.item'), value: ({ name }) => name },
    { title: t('common.birthDate'), value: ({ birthDate }) => birthDate },
    { title: t('lists.found'), value: wordResult },
    { title: t('common.country'), value: ({ country }) => country },
    { title: t('common.band'), value: ({ band }) => band },
    { title: t('lists.contact'), value: ({ contactPoint }) => contactPoint },
    { title: t('common.id'), value: ({ record }) => record },
  ]
  return <ExportButtons name={t('lists.title')} {...{ answers, isComplete, columns, rows }} />
}

function useResultWords(): (row: ListedHit) => string {
  const { t } = useTranslation()
  const { country } = useFormats()
  return ({ result, silent }) => t(`lists.result.${result}`, { countries: silent.map(country).join(', ') })
}

/** The columns of what came of a list: a row for each line. */
function useLineColumns(): readonly Column<ListedLine>[] {
  const { t } = useTranslation()
  const { day } = useFormats()
  const wordResult = useResultWords()
  const wordBand = (band: string | null): string => (band === null ? '' : t(`band.${band}`, { defaultValue: band }))
  const known = (hits: readonly ListedHit[]) => hits.filter(({ country }) => country !== null)
  const none = t('common.none')
  return [
    { title: t('lists.line.title'), isNumber: true, show: ({ line }) => line },
    { title: t('lists.item'), isHeader: true, show: ({ first }) => <ListedName row={first} /> },
    {
      title: t('common.birthDate'),
      show: ({ first }) => (first.result === 'RECORD' ? none : day(first.birthDate) || none),
    },
    { title: t('lists.found'), show: ({ first }) => wordResult(first) },
    {
      title: t('common.band'),
      show: ({ hits }) =>
        known(hits).length === 0
          ? none
          : known(hits).map(({ country, band, record, birthDate }) => (
              <div key={`${country} ${record}`} className="hit">
                <CountryMark code={country ?? ''} /> <ShownText text={wordBand(band)} />
                {record !== null && (
                  <RecordLink to="/person/$id" id={record}>
                    {day(birthDate) || record}
                  </RecordLink>
                )}
              </div>
            )),
    },
    {
      title: t('lists.contact'),
      show: ({ hits }) => {
        const called = hits.filter(({ contactPoint }) => contactPoint !== null)
        return called.length === 0
          ? none
          : called.map(({ country, contactPoint }) => (
              <div key={country} className="hit">
                <CountryMark code={country ?? ''} /> <ContactPoint text={contactPoint} />
              </div>
            ))
      },
    },
  ]
}

const NO_DATE = { year: null, month: null, day: null, within: 0 }

/** The name of a line. That of a hit begins a search with what the list says of the person, which leads to the dossier. */
function ListedName({ row: { name, birthDate, result } }: { readonly row: ListedHit }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const search = (): void => {
    const [year = null, month = null, day = null] = (birthDate ?? '').split('-').filter(Boolean).map(Number)
    keepState('search', null)
    keepState('searchBegin', {
      text: name,
      chosen: 'name',
      date: result === 'RECORD' ? NO_DATE : { year, month, day, within: 0 },
    })
    void navigate({ to: '/' })
  }
  if (result !== 'HIT' && result !== 'RECORD') return <ShownText text={name || t('common.none')} />
  return (
    <Button variant="subtle" onClick={search}>
      <ShownText text={name} />
    </Button>
  )
}

/** Takes the list that was asked away from the page, and brings it back. Nothing is asked again for that: the answers are still there. */
function RemoveList({
  asked,
  onChange,
}: {
  readonly asked: AskedList | null
  readonly onChange: (asked: AskedList | null) => void
}) {
  const { t } = useTranslation()
  const [removed, setRemoved] = useState<AskedList | null>(null)
  const isRemoved = asked === null && removed !== null
  return (
    <div className="no-print">
      {asked !== null && (
        <Button
          variant="subtle"
          onClick={() => {
            setRemoved(asked)
            onChange(null)
          }}
        >
          {t('lists.remove')}
        </Button>
      )}
      <Undo text={isRemoved ? t('lists.removed') : null} onUndo={() => onChange(removed)} />
    </div>
  )
}
