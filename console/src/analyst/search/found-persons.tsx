import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAskApart } from '../../apart/use-ask-apart.ts'
import { Handling } from '../../components/handling.tsx'
import { RecordLink } from '../../components/links.tsx'
import { PagedRows } from '../../components/paged-rows.tsx'
import { ShownCode, ShownText } from '../../components/shown-text.tsx'
import { type Column, Table } from '../../components/table.tsx'
import { SEARCH_PERSONS } from '../../documents/documents.ts'
import type { PersonSearch } from '../../documents/operation-types.ts'
import type { PersonRow } from '../../documents/types.ts'
import { ExportButtons } from '../../export/export-buttons.tsx'
import type { SessionAnswer } from '../../session/session.ts'
import { useAskedPurpose } from '../../session/use-session.ts'
import { useFormats } from '../../shell/formats.ts'
import { useTellLine } from '../../shell/line-context.tsx'
import { isHiddenField } from '../../shell/summarize-countries.ts'
import { nameOf } from '../person/name-of.ts'

const PAGE_ROWS = 20

/** The persons of each country whose record fits a search, the best match first. */
export function FoundPersons({ search }: { readonly search: PersonSearch }) {
  const purpose = useAskedPurpose(search)
  return <Found key={JSON.stringify([purpose, search])} search={search} />
}

function Found({ search }: { readonly search: PersonSearch }) {
  const { t } = useTranslation()
  const variables = { search, first: PAGE_ROWS, countries: null }
  const asked = useAskApart(SEARCH_PERSONS, variables, ({ persons }) => persons)
  const { rows, answers, awaited, isAsking } = asked
  useTellLine(
    answers,
    isAsking,
    { document: SEARCH_PERSONS, variables: { ...variables, after: null } },
    awaited,
    asked.askMissing,
  )
  const columns = usePersonColumns(answers)
  const [chosenId, setChosen] = useState<string | null>(null)
  const chosen = rows.find(({ node }) => node.id === chosenId) ?? rows[0]
  return (
    <>
      {search.name !== undefined && isTooWide(answers) && <p className="notice">{t('search.tooWide')}</p>}
      <PagedRows asked={asked}>
        <div className="split">
          <Table
            look="found"
            caption={t('search.title')}
            columns={columns}
            rows={rows}
            keyOf={({ node }) => node.id}
            chosen={chosen}
            onChoose={({ node }) => setChosen(node.id)}
          />
          {chosen !== undefined && <ChosenPerson row={chosen} answers={answers} />}
        </div>
        <ExportButtons
          name={t('search.title')}
          answers={answers}
          isComplete={!asked.hasMore && !isAsking && asked.held === 0 && asked.unanswered.length === 0}
          columns={[
            { title: t('common.id'), value: ({ node }: PersonRow) => node.id },
            { title: t('common.country'), value: ({ node }) => node.country },
            { title: t('common.name'), value: ({ node }) => node.names?.map(({ full }) => full).join('; ') ?? null },
            { title: t('common.birthDate'), value: ({ node }) => node.birthDate },
            { title: t('common.band'), value: ({ band }) => band },
            { title: t('common.matched'), value: ({ matchedName }) => matchedName },
            { title: t('common.handling'), value: ({ node }) => node.provenance?.handling.join(' ') ?? null },
          ]}
          rows={rows}
          provenances={rows.map(({ node }) => node.provenance)}
        />
      </PagedRows>
    </>
  )
}

/** What the answer says of one person, beside the list. Nothing more is asked: a question is an entry in the countries' logs. */
function ChosenPerson({
  row: { node, matchedName },
  answers,
}: {
  readonly row: PersonRow
  readonly answers: readonly SessionAnswer<unknown>[]
}) {
  const { t } = useTranslation()
  const { day, country, moment } = useFormats()
  const { id, names, birthDate, nationalities, provenance } = node
  const isHidden = (field: string): boolean => isHiddenField(answers, `Person.${field}`, id.slice(0, 2))
  const facts = [
    [t('common.country'), 'country', country(node.country ?? id.slice(0, 2))],
    [t('common.name'), 'names', names?.map(({ full }) => full).join(' · ')],
    [t('common.matched'), 'names', matchedName],
    [t('common.birthDate'), 'birthDate', day(birthDate)],
    [t('person.nationalities'), 'nationalities', nationalities?.map(country).join(', ')],
    [t('person.agency'), 'provenance', provenance && `${provenance.agency}, ${moment(provenance.recordedAt)}`],
  ] as const
  return (
    <aside className="chosen sheet" aria-label={t('search.chosen')}>
      <h2>
        <ShownText text={nameOf(names) ?? t('person.nameUnknown')} />
      </h2>
      <div className="actions">
        <RecordLink to="/person/$id" id={id} button="filled">
          {t('search.toDossier')}
        </RecordLink>
        <RecordLink to="/network/$id" id={id} button="default">
          {t('person.network')}
        </RecordLink>
      </div>
      <dl className="facts">
        {facts.map(([term, field, text]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>
              {!text && isHidden(field) ? <em>{t('common.hidden')}</em> : <ShownText text={text || t('common.none')} />}
            </dd>
          </div>
        ))}
        <div>
          <dt>{t('common.handling')}</dt>
          <dd>
            <Handling provenance={provenance} isWorded />
          </dd>
        </div>
      </dl>
    </aside>
  )
}

/** Whether a country did not look for a name, because it would find too many persons (docs/querying.md, Names and hits). */
function isTooWide(answers: readonly SessionAnswer<unknown>[]): boolean {
  return answers.some(({ countries }) => countries.some(({ code }) => code === 'COVERAGE_PARTIAL'))
}

function usePersonColumns(answers: readonly SessionAnswer<unknown>[]): readonly Column<PersonRow>[] {
  const { t } = useTranslation()
  const { day, country } = useFormats()
  return [
    {
      title: t('common.name'),
      isHeader: true,
      show: ({ node }) => (
        <RecordLink to="/person/$id" id={node.id}>
          <ShownText text={nameOf(node.names) ?? t('person.nameUnknown')} />
        </RecordLink>
      ),
    },
    { title: t('common.country'), show: ({ node }) => country(node.country ?? node.id.slice(0, 2)) },
    {
      title: t('common.birthDate'),
      show: ({ node }) =>
        day(node.birthDate) ||
        t(isHiddenField(answers, 'Person.birthDate', node.id.slice(0, 2)) ? 'common.hidden' : 'common.none'),
    },
    {
      title: t('common.band'),
      show: ({ band }) => t(`band.${band}`, { defaultValue: band ?? t('common.none') }),
    },
    { title: t('common.matched'), show: ({ matchedName }) => <ShownText text={matchedName ?? t('common.none')} /> },
    { title: t('common.handling'), show: ({ node }) => <Handling provenance={node.provenance} /> },
    { title: t('common.id'), show: ({ node }) => <ShownCode text={node.id} /> },
  ]
}
