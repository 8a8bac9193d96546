import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { iccsLevel } from '../../../contract/iccs.ts'
import { Failed } from '../components/failed.tsx'
import { Skeleton } from '../components/paged-rows.tsx'
import { ShownCode } from '../components/shown-text.tsx'
import { keepState, recallState } from '../components/use-kept-state.ts'
import { ICCS_TITLES } from '../documents/documents.ts'
import type { IccsTitlesQuery } from '../documents/operation-types.ts'
import { type Asked, useAsk } from '../session/use-session.ts'
import { wordEmpty } from '../shell/summarize-countries.ts'
import { findOtherWord } from './search/other-words.ts'

/** A class of the classification, as a country names it. */
type OffenceClass = NonNullable<IccsTitlesQuery['iccsClasses']>['classes'][number]

/** Asks for the classes of offences by words of their titles. `words`: null as long as nothing is to be asked. */
export function useClasses(words: string | null): Asked<IccsTitlesQuery> {
  return useAsk(ICCS_TITLES, words === null ? null : { search: words })
}

/** The classes of an answer, each once. */
export function listClasses({ data }: Pick<Asked<IccsTitlesQuery>, 'data'>): readonly OffenceClass[] {
  return [...new Map((data?.data?.iccsClasses?.classes ?? []).map((each) => [each.code, each])).values()]
}

/** Remembers what a class is called, for as long as somebody is signed in. */
export function rememberClass(named: OffenceClass): void {
  keepState(`iccs ${named.code}`, named)
}

/** What a class is called, and the section that it stands in, as far as that is known without a question. */
interface OffenceName {
  readonly title: string | null
  /** Null for a section itself. */
  readonly section: string | null
}

/** Returns the names of classes: those that were found before, and the sections of the classification. */
export function useOffenceNames(): (code: string, found?: OffenceClass) => OffenceName {
  const { t, i18n } = useTranslation()
  return (code, found = recallState(`iccs ${code}`) as OffenceClass | undefined) => {
    const section = t(`section.${code.slice(0, 2)}`, { defaultValue: '' }) || null
    const title = i18n.language === 'en' ? found?.titleEn : found?.titleEs
    if (code.length === 2) return { title: title ?? section, section: null }
    return { title: title ?? null, section }
  }
}

/**
 * The classes that were found, each as `show` makes it out of its code and its title in the language, with the section that it stands in.
 * @param onSearch searches for the word that the classification has instead.
 */
export function OffenceClasses({
  words,
  asked,
  show,
  onSearch,
}: {
  readonly words: string
  readonly asked: Asked<IccsTitlesQuery>
  readonly show: (code: string, title: string) => ReactNode
  readonly onSearch: (words: string) => void
}) {
  const { t } = useTranslation()
  const nameOffence = useOffenceNames()
  const { data, isFetching, error } = asked
  const classes = listClasses(asked)
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
        {classes.map((each) => {
          const { title, section } = nameOffence(each.code, each)
          return (
            <li key={each.code}>
              <ShownCode text={each.code} /> {show(each.code, title ?? each.code)}
              {section !== null && <span className="quiet-text"> › {section}</span>}
            </li>
          )
        })}
      </ul>
    </>
  )
}

/** Whether a text is the code of a class, or a few of them. */
export function isCodes(text: string): boolean {
  const codes = text.trim().split(/[\s,;]+/)
  return codes.every((code) => /^\d+$/.test(code) && iccsLevel(code) !== null)
}
