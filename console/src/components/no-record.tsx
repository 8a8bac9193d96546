import { useTranslation } from 'react-i18next'
import type { SessionAnswer } from '../session/session.ts'
import { useFormats } from '../shell/formats.ts'
import { wordAbsent } from '../shell/summarize-countries.ts'

/**
 * Says why a record is not there.
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
  const why = wordAbsent(id, answers)
  return <p className="empty">{why === null ? absent : t(why, { country: country(id.slice(0, 2)) })}</p>
}
