import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Failed } from '../../components/failed.tsx'
import { Skeleton } from '../../components/paged-rows.tsx'
import { ShownCode, ShownText } from '../../components/shown-text.tsx'
import { ICCS_TITLES } from '../../documents/documents.ts'
import { useAsk } from '../../session/use-session.ts'
import { useTellLine } from '../../shell/line-context.tsx'
import { wordEmpty } from '../../shell/summarize-countries.ts'
import { findOtherWord } from './other-words.ts'

/**
 * The classes of offences with these words in their titles, each with the way to its cases. A code leads to its cases at once.
 * @param onSearch searches for the word that the classification has instead.
 */
export function FoundOffences({
  words,
  onSearch,
}: {
  readonly words: string
  readonly onSearch: (words: string) => void
}) {
  const { t, i18n } = useTranslation()
  const isCode = /^\d{2,6}$/.test(words)
  const variables = isCode ? null : { search: words }
  const { data, isFetching, error } = useAsk(ICCS_TITLES, variables)
  useTellLine([data], isFetching, variables === null ? null : { document: ICCS_TITLES, variables })
  const found = new Map((data?.data?.iccsClasses?.classes ?? []).map((each) => [each.code, each]))
  const classes = isCode ? [{ code: words, titleEn: words, titleEs: words }] : [...found.values()]
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
            <ShownCode text={code} />{' '}
            <Link to="/cases" search={{ iccs: code }}>
              <ShownText text={t('search.toCases', { title: i18n.language === 'en' ? titleEn : titleEs })} />
            </Link>
          </li>
        ))}
      </ul>
    </>
  )
}
