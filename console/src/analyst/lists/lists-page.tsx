import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Field } from '../../components/field.tsx'
import { Skeleton } from '../../components/paged-rows.tsx'
import { ShownText } from '../../components/shown-text.tsx'
import { Table } from '../../components/table.tsx'
import { useKeptState } from '../../components/use-kept-state.ts'
import { PERSON_LIST_HITS } from '../../documents/documents.ts'
import type { HitSearch } from '../../documents/types.ts'
import { ExportButtons } from '../../export/export-buttons.tsx'
import { useAsk } from '../../session/use-ask.ts'
import { useTellLine } from '../../shell/line-context.tsx'
import { useFormats } from '../../shell/use-formats.ts'
import { MOST_PERSONS, type ReadList, readList } from './read-list.ts'

/** The largest file that is read, in bytes. */
const MOST_BYTES = 1_000_000

/** Lists of names: which countries know which persons, and whom to ask there. */
export function ListsPage() {
  const { t } = useTranslation()
  const [asked, setAsked] = useKeptState<readonly HitSearch[] | null>('lists', null)
  const [read, setRead] = useState<ReadList | null>(null)
  const take = async (file: File | undefined): Promise<void> => {
    const isReadable = file !== undefined && file.size <= MOST_BYTES
    setRead(isReadable ? readList(await file.text()) : { persons: [], problems: [], hasTitles: false })
  }
  return (
    <>
      <h1>{t('lists.title')}</h1>
      <p>{t('lists.about')}</p>
      <div className="form">
        <Field label={t('lists.file')} help={t('lists.template')}>
          {(attributes) => (
            <input
              {...attributes}
              type="file"
              accept=".csv,.txt,.tsv,text/csv"
              onChange={({ target }) => void take(target.files?.[0])}
            />
          )}
        </Field>
        {read !== null && <ReadReport read={read} onAsk={setAsked} />}
      </div>
      {asked === null && read === null && <p className="empty">{t('lists.teach')}</p>}
      {asked !== null && <Hits persons={asked} />}
    </>
  )
}

function ReadReport({
  read: { persons, problems, hasTitles },
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
        <button type="button" className="main" onClick={() => onAsk(persons)}>
          {t('lists.ask', { count: persons.length })}
        </button>
      )}
    </div>
  )
}

function Hits({ persons }: { readonly persons: readonly HitSearch[] }) {
  const { t } = useTranslation()
  const { country, day } = useFormats()
  const variables = { searches: persons, countries: null }
  const { data, isFetching, error, refetch } = useAsk(PERSON_LIST_HITS, variables)
  useTellLine([data], isFetching, { document: PERSON_LIST_HITS, variables })
  if (isFetching) return <Skeleton />
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
  const hits = (data?.data?.personListHits?.hits ?? []).flatMap((hit) => {
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
      <p role="status">{t('lists.hits', { count: hits.length })}</p>
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
      {data !== undefined && (
        <ExportButtons name={t('lists.title')} answers={[data]} isComplete columns={exported} rows={hits} />
      )}
    </>
  )
}
