import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ApartList, useAskApart } from '../../apart/use-ask-apart.ts'
import { Handling } from '../../components/handling.tsx'
import { RecordLink } from '../../components/links.tsx'
import { PagedRows } from '../../components/paged-rows.tsx'
import { ShownCode, ShownText } from '../../components/shown-text.tsx'
import { type Column, Table } from '../../components/table.tsx'
import { useKeptState } from '../../components/use-kept-state.ts'
import { SEARCH_PERSONS } from '../../documents/documents.ts'
import type { PersonSearch } from '../../documents/operation-types.ts'
import type { PersonRow } from '../../documents/types.ts'
import { ExportButtons } from '../../export/export-buttons.tsx'
import type { SessionAnswer } from '../../session/session.ts'
import { useAskedPurpose } from '../../session/use-session.ts'
import { useFormats } from '../../shell/formats.ts'
import { useTellLine } from '../../shell/line-context.tsx'
import { isHiddenField, listSilent, summarizeCountries, wordEmpty } from '../../shell/summarize-countries.ts'
import { nameOf } from '../person/name-of.ts'
import { type GroupedRow, groupPersons } from './group-persons.ts'
import { HitsOfOne } from './hits-of-one.tsx'
import { mayBeBorn, type PartialDate, toExactDate } from './partial-date.ts'

const PAGE_ROWS = 20

/** What is asked: everything with the whole date, the name with any date, or only who knows the person. */
type Mode = 'dated' | 'undated' | 'hits'

/**
 * The persons of each country whose record fits a search, the best match first. A date that is not whole is compared here. Where nobody was born on a whole date,
 * the name is asked without it, because the officer may have it wrong.
 * @param round which press of the button it is: each asks anew.
 */
export function FoundPersons({
  search,
  date,
  round,
}: {
  readonly search: PersonSearch
  readonly date: PartialDate
  readonly round: number
}) {
  const birthDate = toExactDate(date)
  const dated = birthDate === null ? search : { ...search, birthDate }
  const [mode, setMode] = useKeptState<Mode>(`search.mode.${round}`, birthDate === null ? 'undated' : 'dated')
  const purpose = useAskedPurpose([search, round])
  if (mode === 'hits') return <HitsOfOne search={dated} />
  const asked = mode === 'dated' ? dated : search
  return <Found key={JSON.stringify([purpose, asked])} search={asked} date={date} mode={mode} onMode={setMode} />
}

function Found({
  search,
  date,
  mode,
  onMode,
}: {
  readonly search: PersonSearch
  readonly date: PartialDate
  readonly mode: Mode
  readonly onMode: (mode: Mode) => void
}) {
  const { t } = useTranslation()
  const variables = { search, first: PAGE_ROWS, countries: null }
  const asked = useAskApart(SEARCH_PERSONS, variables, ({ persons }) => persons)
  const { answers, awaited, isAsking } = asked
  useTellLine(
    answers,
    isAsking,
    { document: SEARCH_PERSONS, variables: { ...variables, after: null } },
    awaited,
    asked.askMissing,
  )
  const next = isAsking ? null : chooseMode(mode, asked)
  useEffect(() => {
    if (next !== null) onMode(next)
  }, [next, onMode])
  const [isEveryDate, setEveryDate] = useState(false)
  const fitting = isEveryDate ? asked.rows : asked.rows.filter(({ node }) => mayBeBorn(date, node.birthDate))
  const others = asked.rows.length - fitting.length
  return (
    <>
      {search.name !== undefined && isTooWide(answers) && <p className="notice">{t('search.tooWide')}</p>}
      {search.identifier !== undefined && !isAsking && listSilent(answers).length > 0 && (
        <p className="notice">
          {t('search.mayKnow')} <Button onClick={() => onMode('hits')}>{t('search.whoKnows')}</Button>
        </p>
      )}
      <PagedRows asked={asked}>
        {others > 0 && (
          <p className="notice" role="status">
            {t(fitting.length === 0 ? 'search.noneOfDate' : 'search.someOfDate', { count: others })}{' '}
            <Button onClick={() => setEveryDate(true)}>{t('search.everyDate')}</Button>
          </p>
        )}
        {fitting.length > 0 && <FoundRows asked={asked} rows={fitting} />}
      </PagedRows>
    </>
  )
}

/** How to go on after an answer: null if it stands as it is. */
function chooseMode(mode: Mode, { rows, answers }: ApartList<PersonRow>): Mode | null {
  if (answers.length === 0) return null
  if (wordEmpty(answers) === 'common.notAllowed' || isDeniedByAll(answers)) return 'hits'
  return mode === 'dated' && rows.length === 0 ? 'undated' : null
}

/** Whether each country that publishes persons denied its part: an analyst may not search by what only others may read. */
function isDeniedByAll(answers: readonly SessionAnswer<unknown>[]): boolean {
  const asked = summarizeCountries(answers).countries.filter(({ standing }) => standing !== 'not-published')
  return asked.length > 0 && asked.every(({ standing }) => standing === 'denied')
}

function FoundRows({ asked, rows }: { readonly asked: ApartList<PersonRow>; readonly rows: readonly PersonRow[] }) {
  const { t } = useTranslation()
  const { answers } = asked
  const columns = usePersonColumns(answers)
  const [chosenId, setChosen] = useState<string | null>(null)
  const grouped = groupPersons(rows)
  const chosen = grouped.find(({ row }) => row.node.id === chosenId) ?? grouped[0]
  return (
    <>
      <div className="split">
        <Table
          look="found"
          caption={t('search.title')}
          columns={columns}
          rows={grouped}
          keyOf={({ row }) => row.node.id}
          chosen={chosen}
          onChoose={({ row }) => setChosen(row.node.id)}
        />
        {chosen !== undefined && <ChosenPerson row={chosen.row} answers={answers} />}
      </div>
      <ExportButtons
        name={t('search.title')}
        answers={answers}
        isComplete={!asked.hasMore && !asked.isAsking && asked.held === 0 && asked.unanswered.length === 0}
        columns={[
          { title: t('common.id'), value: ({ node }: PersonRow) => node.id },
          { title: t('common.country'), value: ({ node }) => node.country },
          { title: t('common.name'), value: ({ node }) => node.names?.map(({ full }) => full).join('; ') ?? null },
          { title: t('common.birthDate'), value: ({ node }) => node.birthDate },
          { title: t('common.band'), value: ({ band }) => band },
          { title: t('common.matched'), value: ({ matchedName }) => matchedName },
          { title: t('common.handling'), value: ({ node }) => node.provenance?.handling.join(' ') ?? null },
        ]}
        rows={grouped.map(({ row }) => row)}
        provenances={rows.map(({ node }) => node.provenance)}
      />
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

function usePersonColumns(answers: readonly SessionAnswer<unknown>[]): readonly Column<GroupedRow>[] {
  const { t } = useTranslation()
  const { day, country } = useFormats()
  return [
    {
      title: t('common.name'),
      isHeader: true,
      show: ({ row: { node }, isMember }) => (
        <span className={isMember ? 'member' : undefined}>
          <RecordLink to="/person/$id" id={node.id}>
            <ShownText text={nameOf(node.names) ?? t('person.nameUnknown')} />
          </RecordLink>
        </span>
      ),
    },
    {
      title: t('common.country'),
      show: ({ row: { node }, sayers }) => (
        <>
          {country(node.country ?? node.id.slice(0, 2))}
          {sayers.length > 0 && (
            <span className="quiet-text" title={sayers.map(country).join(', ')}>
              {' '}
              {t('search.sameBy', { countries: sayers.join(', ') })}
            </span>
          )}
        </>
      ),
    },
    {
      title: t('common.birthDate'),
      show: ({ row: { node } }) =>
        day(node.birthDate) ||
        t(isHiddenField(answers, 'Person.birthDate', node.id.slice(0, 2)) ? 'common.hidden' : 'common.none'),
    },
    {
      title: t('common.band'),
      show: ({ row: { band } }) => t(`band.${band}`, { defaultValue: band ?? t('common.none') }),
    },
    {
      title: t('common.matched'),
      show: ({ row: { matchedName } }) => <ShownText text={matchedName ?? t('common.none')} />,
    },
    { title: t('common.handling'), show: ({ row: { node } }) => <Handling provenance={node.provenance} /> },
    { title: t('common.id'), show: ({ row: { node } }) => <ShownCode text={node.id} /> },
  ]
}
