import { Button, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed } from '../../components/failed.tsx'
import { Skeleton } from '../../components/paged-rows.tsx'
import { ShownCode, ShownText } from '../../components/shown-text.tsx'
import { useKeptState } from '../../components/use-kept-state.ts'
import { ICCS_TITLES } from '../../documents/documents.ts'
import type { IccsClass } from '../../documents/types.ts'
import type { SessionAnswer } from '../../session/session.ts'
import { useAsk } from '../../session/use-session.ts'
import { CountriesLine } from '../../shell/countries-line.tsx'
import { useTellLine } from '../../shell/line-context.tsx'
import { wordEmpty } from '../../shell/summarize-countries.ts'
import { findOtherWord } from './other-words.ts'

/** Finds classes of offences by words of their titles, and leads to their cases. */
export function OffenceSearch({ way }: { readonly way: ReactNode }) {
  const { t } = useTranslation()
  const [asked, setAsked] = useKeptState<string | null>('search.offence', null)
  const [words, setWords] = useState(asked ?? '')
  const [isEmpty, setEmpty] = useState(false)
  const variables = asked === null ? null : { search: asked }
  const { data, isFetching, error } = useAsk(ICCS_TITLES, variables)
  useTellLine([data], isFetching, variables === null ? null : { document: ICCS_TITLES, variables })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const search = words.trim()
    setEmpty(search === '')
    // The classes of an earlier search would look like those of this one.
    setAsked(search === '' ? null : search)
  }
  const classes = [...new Map((data?.data?.iccsClasses?.classes ?? []).map((each) => [each.code, each])).values()]
  return (
    <>
      <form onSubmit={submit} className="form">
        {way}
        <TextInput
          label={t('search.offence')}
          description={t('search.offenceHelp')}
          error={isEmpty ? t('search.nothing') : null}
          type="search"
          required
          maxLength={100}
          value={words}
          onChange={({ target }) => setWords(target.value)}
        />
        <Button type="submit" variant="filled">
          {t('common.search')}
        </Button>
      </form>
      <CountriesLine />
      {isFetching && <Skeleton />}
      <Failed error={error} />
      {data !== undefined && classes.length === 0 && (
        <NoClass
          answer={data}
          asked={asked ?? ''}
          onSearch={(other) => {
            setWords(other)
            setAsked(other)
          }}
        />
      )}
      <Classes classes={classes} />
    </>
  )
}

/** The classes that were found, each with the way to its cases. */
function Classes({ classes }: { readonly classes: readonly IccsClass[] }) {
  const { t, i18n } = useTranslation()
  return (
    <ul className="plain">
      {classes.map(({ code, titleEn, titleEs }) => (
        <li key={code}>
          <ShownCode text={code} />{' '}
          <Link to="/cases" search={{ iccs: code }}>
            <ShownText text={t('search.toCases', { title: i18n.language === 'en' ? titleEn : titleEs })} />
          </Link>
        </li>
      ))}
    </ul>
  )
}

/** Says that no class has these words, and offers the word that the classification has for them. */
function NoClass({
  answer,
  asked,
  onSearch,
}: {
  readonly answer: SessionAnswer<unknown>
  readonly asked: string
  readonly onSearch: (words: string) => void
}) {
  const { t } = useTranslation()
  const other = findOtherWord(asked)
  return (
    <p className="empty">
      {t(wordEmpty([answer]))}{' '}
      {other !== null && <Button onClick={() => onSearch(other)}>{t('search.otherWord', { words: other })}</Button>}
    </p>
  )
}
