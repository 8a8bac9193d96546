import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ShownText } from '../../components/shown-text.tsx'
import { ICCS_TITLES } from '../../documents/documents.ts'
import { useTellLine } from '../../shell/line-context.tsx'
import { isCodes, OffenceClasses, useClasses } from '../offence-classes.tsx'

/** The classes of offences with these words in their titles, each with the way to its cases. A code leads to its cases at once. */
export function FoundOffences({
  words,
  onSearch,
}: {
  readonly words: string
  readonly onSearch: (words: string) => void
}) {
  const { t } = useTranslation()
  const asked = useClasses(isCodes(words) ? null : words)
  useTellLine([asked.data], asked.isFetching, { document: ICCS_TITLES, variables: { search: words } })
  const toCases = (code: string, title: string) => (
    <Link to="/cases" search={{ iccs: code }}>
      <ShownText text={t('search.toCases', { title })} />
    </Link>
  )
  if (isCodes(words)) return <p>{toCases(words, words)}</p>
  return <OffenceClasses words={words} asked={asked} show={toCases} onSearch={onSearch} />
}
