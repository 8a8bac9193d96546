import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAskInParts } from '../../apart/use-ask-in-parts.ts'
import { FileField } from '../../components/file-field.tsx'
import { AwaitedCountries, UnansweredNotices } from '../../components/paged-rows.tsx'
import { ShownText } from '../../components/shown-text.tsx'
import { type Column, Table } from '../../components/table.tsx'
import { Undo } from '../../components/undo.tsx'
import { keepState, useKeptState } from '../../components/use-kept-state.ts'
import { PERSON_LIST_HITS } from '../../documents/documents.ts'
import { ExportButtons } from '../../export/export-buttons.tsx'
import type { ExportColumn } from '../../export/table-export.ts'
import { useAskedPurpose } from '../../session/use-session.ts'
import { CountriesLine } from '../../shell/countries-line.tsx'
import { useFormats } from '../../shell/formats.ts'
import { useTellLine } from '../../shell/line-context.tsx'
import { listSilent } from '../../shell/summarize-countries.ts'
import { ContactPoint } from '../search/hits-of-one.tsx'
import { type ListedHit, listHits } from './list-hits.ts'
import { MOST_PERSONS, type ReadList, readListFile } from './read-list.ts'

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
      <h1>{t('lists.title')}</h1>
      <p>{t('lists.about')}</p>
      <div className="form">
        <FileField
          label={t('lists.file')}
          description={t('lists.template')}
          accept=".xlsx,.csv,.txt,.tsv,text/csv"
          onChoose={([file]) => void take(file)}
        />
        {read === 'TOO_LARGE' && <p role="alert">{t('lists.tooLarge')}</p>}
        {read !== null && read !== 'TOO_LARGE' && <ReadReport read={read} onAsk={setAsked} />}
      </div>
      <CountriesLine />
      {asked === null && read === null && <p className="empty">{t('lists.teach')}</p>}
      {asked !== null && <Hits key={JSON.stringify([purpose, asked])} list={asked} />}
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
      {persons.length > 0 && (
        <Button variant="filled" onClick={() => onAsk({ persons, problems })}>
          {t('lists.ask', { count: persons.length })}
        </Button>
      )}
    </div>
  )
}

function Hits({ list }: { readonly list: AskedList }) {
  const { t } = useTranslation()
  const variables = { searches: list.persons.map(({ name, birthDate }) => ({ name, birthDate })), countries: null }
  const asked = useAskInParts(PERSON_LIST_HITS, variables)
  const { answers, awaited, isAsking, unanswered } = asked
  useTellLine(answers, isAsking, { document: PERSON_LIST_HITS, variables }, awaited)
  const columns = useHitColumns()
  const silent = [...listSilent(answers), ...unanswered.flatMap(({ countries }) => countries)]
  const rows = listHits(list, answers, [...new Set(silent)].sort())
  const count = rows.filter(({ result }) => result === 'HIT').length
  return (
    <>
      <UnansweredNotices unanswered={unanswered} />
      {answers.length > 0 && (
        <>
          <p role="status">{t('lists.hits', { count })}</p>
          <Table
            caption={t('lists.title')}
            rows={rows}
            keyOf={({ line, country }) => `${line} ${country}`}
            columns={columns}
          />
        </>
      )}
      <AwaitedCountries asked={asked} hasRows={answers.length > 0} />
      {answers.length > 0 && (
        <ExportButtons
          name={t('lists.title')}
          answers={answers}
          isComplete={!isAsking && unanswered.length === 0}
          columns={[{ title: t('lists.line.title'), value: ({ line }: ListedHit) => line }, ...columns]}
          rows={rows}
        />
      )}
    </>
  )
}

/** The columns of what came of a list, for the page and for a file. */
function useHitColumns(): readonly (Column<ListedHit> & ExportColumn<ListedHit>)[] {
  const { t } = useTranslation()
  const { country, day } = useFormats()
  const orNone = (text: string | null): string => text || t('common.none')
  const wordResult = ({ result, silent }: ListedHit): string =>
    t(`lists.result.${result}`, { countries: silent.map(country).join(', ') })
  return [
    { title: t('lists.item'), isHeader: true, show: (row) => <ListedName row={row} />, value: ({ name }) => name },
    {
      title: t('common.birthDate'),
      show: ({ birthDate }) => orNone(day(birthDate)),
      value: ({ birthDate }) => birthDate,
    },
    { title: t('lists.found'), show: wordResult, value: wordResult },
    {
      title: t('common.country'),
      show: (row) => orNone(row.country && country(row.country)),
      value: (row) => row.country,
    },
    {
      title: t('common.band'),
      show: ({ band }) => orNone(band && t(`band.${band}`, { defaultValue: band })),
      value: ({ band }) => band,
    },
    {
      title: t('lists.contact'),
      show: ({ contactPoint }) => <ContactPoint text={contactPoint} />,
      value: ({ contactPoint }) => contactPoint,
    },
  ]
}

/** The name of a line. That of a hit begins a search with what the list says of the person, which leads to the dossier. */
function ListedName({ row: { name, birthDate, result } }: { readonly row: ListedHit }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const search = (): void => {
    const [year = null, month = null, day = null] = (birthDate ?? '').split('-').filter(Boolean).map(Number)
    keepState('search', null)
    keepState('searchBegin', { text: name, chosen: 'name', date: { year, month, day, within: 0 } })
    void navigate({ to: '/' })
  }
  if (result !== 'HIT') return <ShownText text={name || t('common.none')} />
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
