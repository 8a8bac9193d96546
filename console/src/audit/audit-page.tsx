import '../styles/audit.css'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ShownText } from '../components/shown-text.tsx'
import { useFormats } from '../shell/formats.ts'
import type { AnsweredLog } from './ask-oversight.ts'
import { Failure } from './failure.tsx'
import { useViewer } from './use-oversight.ts'

/** The frame of each of the auditor's pages: its title, what it is for, and how much the auditor sees. */
export function AuditPage({
  name,
  children,
}: {
  readonly name: 'search' | 'counts' | 'patterns' | 'record' | 'logs' | 'report'
  readonly children: ReactNode
}) {
  const { t } = useTranslation()
  return (
    <>
      <h1>{t(`audit.${name}`)}</h1>
      <p>{t(`auditor.lead.${name}`)}</p>
      <ViewerNote />
      {children}
    </>
  )
}

/** Says how much the auditor sees, that reading is an entry too, and whether the answers may be old. */
function ViewerNote() {
  const { t } = useTranslation()
  const { country: nameCountry } = useFormats()
  const { data, error, refetch } = useViewer()
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />
  if (data === undefined) return null
  const { country } = data.data.viewer
  return (
    <>
      <p className="quiet-text">
        {country === null ? t('auditor.viewer.regional') : t('auditor.viewer.country', { name: nameCountry(country) })}{' '}
        {t('auditor.reading')}
      </p>
      <LogProblems logs={data.logs} />
    </>
  )
}

/** Names each log on whose end nobody may rely, and says why. */
function LogProblems({ logs }: { readonly logs: readonly Pick<AnsweredLog, 'origin' | 'problem'>[] }) {
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
