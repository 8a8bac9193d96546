import '../../styles/search.css'
import { Button, NativeSelect } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isRecordId } from '../../../../contract/record-id.ts'
import { useForgetAsked } from '../../apart/use-ask-apart.ts'
import { useKeptState } from '../../components/use-kept-state.ts'
import { ICCS_TITLES, PERSON_LIST_HITS, SEARCH_PERSONS } from '../../documents/documents.ts'
import { useSignedIn, useWorld } from '../../session/use-session.ts'
import { CountriesLine } from '../../shell/countries-line.tsx'
import { useFormats } from '../../shell/formats.ts'
import { CATEGORIES, isCategory } from '../identifier-categories.ts'
import { DateFields } from './date-fields.tsx'
import { FoundOffences } from './found-offences.tsx'
import { FoundPersons } from './found-persons.tsx'
import { isPossible, NO_DATE, type PartialDate } from './partial-date.ts'
import { SoughtBox } from './sought-box.tsx'
import { type Sought, tellForm, toRecordId } from './tell-form.ts'

/** What is in the fields, and what of it was asked. */
interface SearchFields {
  readonly text: string
  /** What the officer says that it is; null if its form tells. */
  readonly chosen: Sought | null
  readonly country: string
  readonly date: PartialDate
}

/** A search that was asked. Each press of the button is one of its own. */
interface AskedSearch extends SearchFields {
  readonly round: number
}

const SOUGHT: readonly Sought[] = ['name', 'case', 'offence', ...CATEGORIES]

/** The page on which an analyst begins: one box for whatever one knows. Its form tells what it is, and the officer can say otherwise. */
export function SearchPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { officer } = useSignedIn()
  const [asked, setAsked] = useKeptState<AskedSearch | null>('search', null)
  const [round, setRound] = useKeptState('search.round', 0)
  // What another page says of the person one looks for.
  const [begin, setBegin] = useKeptState<Partial<SearchFields>>('searchBegin', {})
  const [fields, setFields] = useState<SearchFields>({
    ...(asked ?? { text: '', chosen: null, country: officer.country, date: NO_DATE }),
    ...begin,
  })
  const [wrong, setWrong] = useState<string | null>(null)
  const forget = useForgetAsked([SEARCH_PERSONS, PERSON_LIST_HITS, ICCS_TITLES], isNoList)
  const ask = (next: SearchFields): void => {
    const text = next.text.trim()
    const problem = findProblem({ ...next, text })
    setFields(next)
    setBegin({})
    setWrong(problem)
    // The rows of an earlier search would look like those of this one.
    if (problem !== null) setAsked(null)
    else if ((next.chosen ?? tellForm(text)) === 'case') {
      void navigate({ to: '/case/$id', params: { id: toRecordId(text) } })
    } else {
      forget()
      setRound(round + 1)
      setAsked({ ...next, text, round: round + 1 })
    }
  }
  return (
    <>
      <h1 className="unseen">{t('search.title')}</h1>
      <SearchForm fields={fields} wrong={wrong} onChange={setFields} onAsk={ask} />
      <CountriesLine />
      {asked === null ? (
        <Beginning onPick={(text) => ask({ ...fields, text, chosen: null, date: NO_DATE })} />
      ) : (
        <FoundOf key={asked.round} asked={asked} onSearch={(text) => ask({ ...asked, text })} />
      )}
    </>
  )
}

/** What leads to a story of the demo: a name that is misspelt, a telephone of two persons, and an offence. */
const EXAMPLES = ['Erik Ramires Gusman', '+502 1555-0107', 'extorsión']

/** What one can write, before anything was asked; in a demo, examples to press. */
function Beginning({ onPick }: { readonly onPick: (text: string) => void }) {
  const { t } = useTranslation()
  const { config } = useWorld()
  return (
    <div className="empty beginning">
      <p>{t('search.teach')}</p>
      <p className="quiet-text">{t('search.teachMore')}</p>
      {config.development && (
        <p className="actions">
          {t('search.examples')}
          {EXAMPLES.map((example) => (
            <Button key={example} onClick={() => onPick(example)}>
              {example}
            </Button>
          ))}
        </p>
      )}
    </div>
  )
}

/** Whether a question is not that of the page of lists, whose answer stays. */
function isNoList({ searches }: Readonly<Record<string, unknown>>): boolean {
  return !Array.isArray(searches) || searches.length === 1
}

/** Returns the key of what is wrong with the fields; null if they can be asked. */
function findProblem({ text, chosen, date }: SearchFields): string | null {
  if (text === '') return 'search.nothing'
  const sought = chosen ?? tellForm(text)
  if (sought === 'case' && !isRecordId(toRecordId(text))) return 'search.caseWrong'
  return sought === 'name' && !isPossible(date) ? 'search.dateWrong' : null
}

function FoundOf({ asked, onSearch }: { readonly asked: AskedSearch; readonly onSearch: (text: string) => void }) {
  const { text, country, date, chosen, round } = asked
  const sought = chosen ?? tellForm(text)
  if (sought === 'offence') return <FoundOffences words={text} onSearch={onSearch} />
  if (isCategory(sought)) {
    const identifier = { category: sought, jurisdiction: country, value: text }
    return <FoundPersons search={{ identifier }} date={NO_DATE} round={round} />
  }
  return <FoundPersons search={{ name: text }} date={date} round={round} />
}

function SearchForm({
  fields,
  wrong,
  onChange,
  onAsk,
}: {
  readonly fields: SearchFields
  readonly wrong: string | null
  readonly onChange: (fields: SearchFields) => void
  readonly onAsk: (fields: SearchFields) => void
}) {
  const { t } = useTranslation()
  const { text, chosen, country, date } = fields
  const sought = chosen ?? tellForm(text)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onAsk(fields)
  }
  const [hasDate, setHasDate] = useState(date !== NO_DATE)
  return (
    <form onSubmit={submit} className="query" data-date={hasDate || undefined} noValidate>
      <SoughtBox
        label={t('search.name')}
        text={text}
        isWrong={wrong !== null}
        onText={(next) => onChange({ ...fields, text: next })}
      >
        <SoughtChoice fields={fields} onChoose={(next) => onChange({ ...fields, chosen: next })} />
      </SoughtBox>
      {isCategory(sought) && (
        <IssuerChoice country={country} onChoose={(next) => onChange({ ...fields, country: next })} />
      )}
      {sought === 'name' && (
        <>
          <Button className="with-date" aria-expanded={hasDate} onClick={() => setHasDate(!hasDate)}>
            {t('search.date')}
          </Button>
          <DateFields date={date} onChange={(next) => onChange({ ...fields, date: next })} />
        </>
      )}
      <Button type="submit" variant="filled">
        {t('common.search')}
      </Button>
      {wrong !== null && (
        <p role="alert" className="wrong">
          {t(wrong)}
        </p>
      )}
    </form>
  )
}

/** Which country issued a number. */
function IssuerChoice({
  country,
  onChoose,
}: {
  readonly country: string
  readonly onChoose: (country: string) => void
}) {
  const { t } = useTranslation()
  const { country: nameCountry } = useFormats()
  const { mandate, officer } = useSignedIn()
  const countries = [...new Set([officer.country, ...mandate.countries])].sort()
  return (
    <NativeSelect
      className="issuer"
      aria-label={t('search.jurisdiction')}
      title={t('search.jurisdiction')}
      value={country}
      data={countries.map((each) => ({ value: each, label: nameCountry(each) }))}
      onChange={({ target }) => onChoose(target.value)}
    />
  )
}

/** What the text is: what its form tells, or what the officer says. */
function SoughtChoice({
  fields: { text, chosen },
  onChoose,
}: {
  readonly fields: SearchFields
  readonly onChoose: (chosen: Sought | null) => void
}) {
  const { t } = useTranslation()
  const wordSought = (each: Sought): string => t(isCategory(each) ? `category.${each}` : `search.sought.${each}`)
  return (
    <NativeSelect
      className="what"
      aria-label={t('search.what')}
      value={chosen ?? ''}
      data={[
        { value: '', label: t('search.told', { what: wordSought(tellForm(text)) }) },
        ...SOUGHT.map((each) => ({ value: each, label: wordSought(each) })),
      ]}
      onChange={({ target }) => onChoose(SOUGHT.find((each) => each === target.value) ?? null)}
    />
  )
}
