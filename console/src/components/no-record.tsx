import { useTranslation } from 'react-i18next'
import type { SessionAnswer } from '../session/session.ts'
import { useFormats } from '../shell/formats.ts'
import { summarizeCountries, wordEmpty } from '../shell/summarize-countries.ts'

/**
 * Says why a record is not there. If its country did not answer, nobody knows whether the record exists, and the page must not say that it does not.
 * @param absent what is said if the country answered: there is no such record, or the country keeps it back.
 */
export function NoRecord({
  id,
  answers,
  absent,
}: {
  readonly id: string
  readonly answers: readonly SessionAnswer<unknown>[]
  readonly absent: string
}) {
  const { t } = useTranslation()
  const { country } = useFormats()
  const owner = id.slice(0, 2)
  if (wordEmpty(answers) === 'common.notAllowed') return <p className="empty">{t('common.notAllowed')}</p>
  const standing = summarizeCountries(answers).countries.find((each) => each.country === owner)?.standing
  const isAnswered = standing === undefined || standing === 'answered' || standing === 'partly'
  return <p className="empty">{isAnswered ? absent : t('common.unanswered', { country: country(owner) })}</p>
}
