import { useTranslation } from 'react-i18next'
import { ShownText } from '../components/shown-text.tsx'
import type { AnsweredLog } from './ask-oversight.ts'

/** Names each log on whose end nobody may rely, and says why. */
export function LogProblems({ logs }: { readonly logs: readonly Pick<AnsweredLog, 'origin' | 'problem'>[] }) {
  const { t } = useTranslation()
  const found = logs.filter(({ problem }) => problem !== null)
  if (found.length === 0) return null
  return (
    <div role="alert" className="notice">
      <ul className="faults">
        {found.map(({ origin, problem }) => (
          <li key={origin}>
            <strong>
              <ShownText text={origin} />
            </strong>
            {': '}
            {t(`auditor.logs.problems.${problem ?? ''}`, { defaultValue: t('auditor.logs.problems.FAILED') })}
          </li>
        ))}
      </ul>
    </div>
  )
}
