import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAskInParts } from '../../apart/use-ask-in-parts.ts'
import { AwaitedCountries, UnansweredNotices } from '../../components/paged-rows.tsx'
import { ShownText } from '../../components/shown-text.tsx'
import { Table } from '../../components/table.tsx'
import { Undo } from '../../components/undo.tsx'
import { useKeptState } from '../../components/use-kept-state.ts'
import { PERSON_LIST_HITS } from '../../documents/documents.ts'
import type { HitSearch } from '../../documents/types.ts'
import { ExportButtons } from '../../export/export-buttons.tsx'
import { useAskedPurpose } from '../../session/use-session.ts'
import { CountriesLine } from '../../shell/countries-line.tsx'
import { useFormats } from '../../shell/formats.ts'
import { useTellLine } from '../../shell/line-context.tsx'
import { decodeList, MOST_PERSONS, type ReadList, readList } from './read-list.ts'

/** The largest file that is read, in bytes. */
const MOST_BYTES = 1_000_000

/** Lists of names: which countries know which persons, and whom to ask there. */
export function ListsPage() {
  const { t } = useTranslation()
  const [asked, setAsked] = useKeptState<readonly HitSearch[] | null>('lists', null)
  const [read, setRead] = useState<ReadList | 'TOO_LARGE' | null>(null)
  const purpose = useAskedPurpose(asked)
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return setRead(null)
    const isReadable = file.size <= MOST_BYTES
    setRead(isReadable ? readList(decodeList(new Uint8Array(await file.arrayBuffer()))) : 'TOO_LARGE')
  }
  return (
    <>
      <h1>{t('lists.title')}</h1>
      <p>{t('lists.about')}</p>
      <div className="form">
        <TextInput
          label={t('lists.file')}
          description={t('lists.template')}
          type="file"
          accept=".csv,.txt,.tsv,text/csv"
          onChange={({ target }) => void take(target.files?.[0])}
        />
        {read === 'TOO_LARGE' && <p role="alert">{t('lists.tooLarge')}</p>}
        {read !== null && read !== 'TOO_LARGE' && <ReadReport read={read} onAsk={setAsked} />}
      </div>
      <CountriesLine />
      {asked === null && read === null && <p className="empty">{t('lists.teach')}</p>}
      {asked !== null && <Hits key={JSON.stringify([purpose, asked])} persons={asked} />}
      <RemoveList asked={asked} onChange={setAsked} />
    </>
  )
}

function ReadReport({
  read: { persons, problems, hasTitles, slashed },
  onAsk,
}: {
  readonly read: ReadList
  readonly onAsk: (persons: readonly HitSearch[]) => void
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
              <li key={line}>{t('lists.line', { line, problem: t(`lists.problem.${problem}`) })}</li>
            ))}
          </ul>
        </details>
      )}
      {persons.length > 0 && (
        <Button variant="filled" onClick={() => onAsk(persons)}>
          {t('lists.ask', { count: persons.length })}
        </Button>
      )}
    </div>
  )
}

function Hits({ persons }: { readonly persons: readonly HitSearch[] }) {
  const { t } = useTranslation()
  const { country, day } = useFormats()
  const variables = { searches: persons, countries: null }
  const asked = useAskInParts(PERSON_LIST_HITS, variables)
  const { answers, awaited, isAsking, unanswered } = asked
  useTellLine(answers, isAsking, { document: PERSON_LIST_HITS, variables }, awaited)
  const hits = answers
    .flatMap(({ data }) => data?.personListHits?.hits ?? [])
    .flatMap((hit) => {
      const person = persons[hit.item]
      return person === undefined ? [] : [{ ...hit, person }]
    })
  hits.sort((left, right) => left.item - right.item || (left.country < right.country ? -1 : 1))
  const exported = [
    { title: t('lists.item'), value: ({ person }: (typeof hits)[number]) => person.name },
    { title: t('common.birthDate'), value: ({ person }: (typeof hits)[number]) => person.birthDate },
    { title: t('common.country'), value: (hit: (typeof hits)[number]) => hit.country },
    { title: t('common.band'), value: ({ band }: (typeof hits)[number]) => band },
    { title: t('lists.contact'), value: ({ contactPoint }: (typeof hits)[number]) => contactPoint },
  ]
  return (
    <>
      <UnansweredNotices unanswered={unanswered} />
      {answers.length > 0 && <p role="status">{t('lists.hits', { count: hits.length })}</p>}
      {hits.length > 0 && (
        <Table
          caption={t('lists.title')}
          rows={hits}
          keyOf={({ item, country: code }) => `${item} ${code}`}
          columns={[
            { title: t('lists.item'), isHeader: true, show: ({ person }) => <ShownText text={person.name} /> },
            { title: t('common.birthDate'), show: ({ person }) => day(person.birthDate) },
            { title: t('common.country'), show: (hit) => country(hit.country) },
            { title: t('common.band'), show: ({ band }) => t(`band.${band}`, { defaultValue: band }) },
            { title: t('lists.contact'), show: ({ contactPoint }) => <ShownText text={contactPoint} /> },
          ]}
        />
      )}
      <AwaitedCountries asked={asked} hasRows={answers.length > 0} />
      {answers.length > 0 && (
        <ExportButtons
          name={t('lists.title')}
          answers={answers}
          isComplete={!isAsking && unanswered.length === 0}
          columns={exported}
          rows={hits}
        />
      )}
    </>
  )
}

/** Takes the list that was asked away from the page, and brings it back. Nothing is asked again for that: the answers are still there. */
function RemoveList({
  asked,
  onChange,
}: {
  readonly asked: readonly HitSearch[] | null
  readonly onChange: (asked: readonly HitSearch[] | null) => void
}) {
  const { t } = useTranslation()
  const [removed, setRemoved] = useState<readonly HitSearch[] | null>(null)
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
