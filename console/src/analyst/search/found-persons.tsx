import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ApartList, useAskApart } from '../../apart/use-ask-apart.ts'
import { PagedRows } from '../../components/paged-rows.tsx'
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
import { wordMatch } from '../word-match.ts'
import { ChosenPerson } from './chosen-person.tsx'
import { countPersons, groupPersons } from './group-persons.ts'
import { HitsOfOne } from './hits-of-one.tsx'
import { mayBeBorn, type PartialDate, toExactDate } from './partial-date.ts'
import { PersonList } from './person-list.tsx'

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
        {others > 0 && fitting.length === 0 && (
          <p className="notice" role="status">
            {t('search.noneOfDate', { count: others })}{' '}
            <Button onClick={() => setEveryDate(true)}>{t('search.everyDate')}</Button>
          </p>
        )}
        {fitting.length > 0 && (
          <FoundRows
            asked={asked}
            rows={fitting}
            search={search}
            others={others}
            onEveryDate={() => setEveryDate(true)}
          />
        )}
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

function FoundRows({
  asked,
  rows,
  search,
  others,
  onEveryDate,
}: {
  readonly asked: ApartList<PersonRow>
  readonly rows: readonly PersonRow[]
  readonly search: PersonSearch
  /** How many rows the date hides. */
  readonly others: number
  readonly onEveryDate: () => void
}) {
  const { t } = useTranslation()
  const { hour } = useFormats()
  const { answers } = asked
  const [chosenId, setChosen] = useState<string | null>(null)
  const [isOpen, setOpen] = useState(false)
  const groups = groupPersons(rows)
  const group = groups.find((each) => each.rows.some(({ node }) => node.id === chosenId)) ?? groups[0]
  const chosen = group?.rows.find(({ node }) => node.id === chosenId) ?? group?.rows[0]
  const [least, most] = countPersons(groups)
  const at = Math.max(0, ...answers.map((answer) => answer.at))
  return (
    <div className="split" data-open={isOpen || undefined}>
      <div className="list">
        <div className="list-head">
          <strong>
            {t('search.records', { count: rows.length })} ·{' '}
            {least === most ? t('search.persons', { count: most }) : t('search.personsBetween', { least, most })}
          </strong>
          <span className="meta">{t('search.askedAt', { time: hour(at) })}</span>
          <span className="list-actions">
            {others > 0 && (
              <Button variant="subtle" onClick={onEveryDate}>
                {t('search.someOfDate', { count: others })}
              </Button>
            )}
            <ExportRows asked={asked} rows={groups.flatMap((each) => each.rows)} search={search} />
          </span>
        </div>
        <PersonList
          groups={groups}
          search={search}
          answers={answers}
          chosen={chosen}
          onChoose={({ node }) => setChosen(node.id)}
          onOpen={() => setOpen(true)}
        />
      </div>
      {chosen !== undefined && group !== undefined && (
        <ChosenPerson row={chosen} group={group} search={search} answers={answers} onClose={() => setOpen(false)} />
      )}
    </div>
  )
}

function ExportRows({
  asked,
  rows,
  search,
}: {
  readonly asked: ApartList<PersonRow>
  readonly rows: readonly PersonRow[]
  readonly search: PersonSearch
}) {
  const { t } = useTranslation()
  const { answers } = asked
  const wordReason = ({ node, band, matchedName }: PersonRow): string => {
    const isHidden = node.birthDate === null && isHiddenField(answers, 'Person.birthDate', node.id.slice(0, 2))
    const { reason, settle } = wordMatch(t, { band, matchedName }, search, isHidden)
    return [t(`band.${band}`, { defaultValue: band ?? '' }), reason, settle].filter(Boolean).join('; ')
  }
  return (
    <ExportButtons
      name={t('search.title')}
      answers={answers}
      isComplete={!asked.hasMore && !asked.isAsking && asked.held === 0 && asked.unanswered.length === 0}
      columns={[
        { title: t('common.id'), value: ({ node }: PersonRow) => node.id },
        { title: t('common.country'), value: ({ node }) => node.country },
        { title: t('common.name'), value: ({ node }) => node.names?.map(({ full }) => full).join('; ') ?? null },
        { title: t('common.birthDate'), value: ({ node }) => node.birthDate },
        { title: t('common.band'), value: wordReason },
        { title: t('common.matched'), value: ({ matchedName }) => matchedName },
        { title: t('common.handling'), value: ({ node }) => node.provenance?.handling.join(' ') ?? null },
      ]}
      rows={rows}
      provenances={rows.map(({ node }) => node.provenance)}
    />
  )
}

/** Whether a country did not look for a name, because it would find too many persons (docs/querying.md, Names and hits). */
function isTooWide(answers: readonly SessionAnswer<unknown>[]): boolean {
  return answers.some(({ countries }) => countries.some(({ code }) => code === 'COVERAGE_PARTIAL'))
}
