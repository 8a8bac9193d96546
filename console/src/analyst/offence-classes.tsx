import { Button, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Failed } from '../components/failed.tsx'
import { Skeleton } from '../components/paged-rows.tsx'
import { ShownCode, ShownText } from '../components/shown-text.tsx'
import { ICCS_TITLES } from '../documents/documents.ts'
import type { IccsTitlesQuery } from '../documents/operation-types.ts'
import { type Asked, useAsk } from '../session/use-session.ts'
import { wordEmpty } from '../shell/summarize-countries.ts'
import { findOtherWord } from './search/other-words.ts'

/** Asks for the classes of offences by words of their titles. `words`: null as long as nothing is to be asked. */
export function useClasses(words: string | null): Asked<IccsTitlesQuery> {
  return useAsk(ICCS_TITLES, words === null ? null : { search: words })
}

/**
 * The classes that were found, each as `show` makes it out of its code and its title in the language.
 * @param onSearch searches for the word that the classification has instead.
 */
export function OffenceClasses({
  words,
  asked: { data, isFetching, error },
  show,
  onSearch,
}: {
  readonly words: string
  readonly asked: Asked<IccsTitlesQuery>
  readonly show: (code: string, title: string) => ReactNode
  readonly onSearch: (words: string) => void
}) {
  const { t, i18n } = useTranslation()
  const classes = [...new Map((data?.data?.iccsClasses?.classes ?? []).map((each) => [each.code, each])).values()]
  const other = findOtherWord(words)
  return (
    <>
      {isFetching && <Skeleton />}
      <Failed error={error} />
      {data !== undefined && classes.length === 0 && (
        <p className="empty">
          {t(wordEmpty([data]))}{' '}
          {other !== null && <Button onClick={() => onSearch(other)}>{t('search.otherWord', { words: other })}</Button>}
        </p>
      )}
      <ul className="plain">
        {classes.map(({ code, titleEn, titleEs }) => (
          <li key={code}>
            <ShownCode text={code} /> {show(code, i18n.language === 'en' ? titleEn : titleEs)}
          </li>
        ))}
      </ul>
    </>
  )
}

/** Whether a text is the code of a class, or a few of them. */
export function isCodes(text: string): boolean {
  return /^\d{2,6}(?:[\s,;]+\d{2,6})*$/.test(text.trim())
}

/**
 * A field for an offence by its name or its code. Words are looked up when they are sent, and the officer chooses among what was found.
 * @param onChoose is told the code that was chosen.
 */
export function OffenceField({
  text,
  isRequired = false,
  sent,
  onText,
  onChoose,
}: {
  readonly text: string
  readonly isRequired?: boolean
  /** The words that were sent instead of a code; null if there are none. */
  readonly sent: string | null
  readonly onText: (text: string) => void
  readonly onChoose: (code: string) => void
}) {
  const { t } = useTranslation()
  const [other, setOther] = useState<readonly [sent: string | null, other: string]>([null, ''])
  // Another word stands for what was sent, until something else is sent.
  const words = sent !== null && other[0] === sent ? other[1] : sent
  const asked = useClasses(words)
  return (
    <>
      <TextInput
        label={t('cases.iccs')}
        description={t('cases.iccsHelp')}
        required={isRequired}
        maxLength={100}
        value={text}
        onChange={({ target }) => onText(target.value)}
      />
      {words !== null && (
        <div className="classes">
          <OffenceClasses
            words={words}
            asked={asked}
            show={(code, title) => (
              <Button variant="subtle" onClick={() => onChoose(code)}>
                <ShownText text={title} />
              </Button>
            )}
            onSearch={(next) => setOther([sent, next])}
          />
        </div>
      )}
    </>
  )
}
