import { Button } from '@mantine/core'
import { type Query, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { cleanText } from '../components/clean-text.ts'
import type { SessionAnswer } from '../session/session.ts'
import { useFormats } from './formats.ts'
import { useLine } from './line-context.tsx'
import { isSilent } from './summarize-countries.ts'

/**
 * Asks again the questions of this page that a country did not answer. What is shown stays until the new answer is there.
 * @param onAsked called after the click: the button goes away, and must not take the focus with it.
 */
export function AskAgain({ onAsked }: { readonly onAsked: () => void }) {
  const { t } = useTranslation()
  const { country } = useFormats()
  const { answers, isAsking, askAgain } = useLine()
  const queries = useQueryClient()
  const silent = answers.flatMap(({ countries }) => countries.filter(isSilent)).map((report) => report.country)
  if (silent.length === 0 || isAsking) return null
  const ask = (): void => {
    onAsked()
    if (askAgain !== null) askAgain()
    else void queries.refetchQueries({ type: 'active', predicate: lacksAnswer })
  }
  const names = [...new Set(silent)].sort().map(country).join(', ')
  return (
    <Button variant="filled" radius="xl" aria-label={cleanText(t('line.again', { countries: names }))} onClick={ask}>
      {t('common.again')}
    </Button>
  )
}

/** Whether a question was answered without one of its countries. Some questions are asked page by page, and have several answers. */
function lacksAnswer({ state }: Query): boolean {
  const data = state.data as
    | SessionAnswer<unknown>
    | { readonly answers: readonly SessionAnswer<unknown>[] }
    | undefined
  if (data === undefined) return false
  const answers = 'answers' in data ? data.answers : [data]
  return answers.some(({ countries }) => countries.some(isSilent))
}
