import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useForgetAsked } from '../apart/use-ask-apart.ts'
import { PageHead } from '../components/page-head.tsx'
import { useKeptState } from '../components/use-kept-state.ts'
import { PERSON_LIST_HITS } from '../documents/documents.ts'
import type { PersonSearch } from '../documents/operation-types.ts'
import { Icon } from '../look/icon.tsx'
import { useSignedIn } from '../session/use-session.ts'
import { CountriesLine } from '../shell/countries-line.tsx'
import { isCategory } from './identifier-categories.ts'
import { DateFields } from './search/date-fields.tsx'
import { HitsOfOne } from './search/hits-of-one.tsx'
import { isPossible, NO_DATE, toExactDate } from './search/partial-date.ts'
import { SoughtBox } from './search/sought-box.tsx'
import { tellForm } from './search/tell-form.ts'

/** Which countries know one person, for an officer who may ask nothing else: a name and a date of birth, or a number. It shows no records. */
export function WhoKnowsPage() {
  const { t } = useTranslation()
  const { officer } = useSignedIn()
  const [text, setText] = useKeptState('whoKnows.text', '')
  const [date, setDate] = useKeptState('whoKnows.date', NO_DATE)
  const [asked, setAsked] = useKeptState<PersonSearch | null>('whoKnows.asked', null)
  const [wrong, setWrong] = useState<string | null>(null)
  const forget = useForgetAsked([PERSON_LIST_HITS], ({ searches }) => !Array.isArray(searches) || searches.length === 1)
  const form = tellForm(text.trim())
  const category = isCategory(form) ? form : null
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const value = text.trim()
    const birthDate = toExactDate(date)
    const problem = value === '' ? 'search.nothing' : category === null && !isPossible(date) ? 'search.dateWrong' : null
    setWrong(problem)
    forget()
    if (problem !== null) setAsked(null)
    else if (category !== null) setAsked({ identifier: { category, jurisdiction: officer.country, value } })
    else setAsked({ name: value, ...(birthDate !== null && { birthDate }) })
  }
  return (
    <>
      <PageHead
        title={t('whoKnows.title')}
        note={t('whoKnows.note')}
        actions={
          <Button leftSection={<Icon name="list" />} renderRoot={(props: object) => <Link {...props} to="/lists" />}>
            {t('whoKnows.list')}
          </Button>
        }
      />
      <form onSubmit={submit} className="query" data-date noValidate>
        <SoughtBox label={t('whoKnows.who')} text={text} isWrong={wrong !== null} onText={setText} />
        {category === null && <DateFields date={date} onChange={setDate} />}
        <Button type="submit" variant="filled">
          {t('whoKnows.ask')}
        </Button>
        {wrong !== null && (
          <p role="alert" className="wrong">
            {t(wrong)}
          </p>
        )}
      </form>
      <CountriesLine />
      {asked === null ? (
        <p className="empty">{t('whoKnows.teach')}</p>
      ) : (
        <HitsOfOne key={JSON.stringify(asked)} search={asked} />
      )}
    </>
  )
}
