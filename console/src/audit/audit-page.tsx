import '../styles/audit.css'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { PageHead } from '../components/page-head.tsx'
import { ShownText } from '../components/shown-text.tsx'
import { useFormats } from '../shell/formats.ts'
import { Failure } from './failure.tsx'
import { useViewer } from './use-oversight.ts'

/** The frame of each of the auditor's pages: its title, what it is for, and how much the auditor sees. */
export function AuditPage({
  name,
  actions,
  children,
}: {
  readonly name: 'counts' | 'patterns' | 'record' | 'logs' | 'report'
  /** What one can do, at the right of the title. */
  readonly actions?: ReactNode
  readonly children: ReactNode
}) {
  const { t } = useTranslation()
  return (
    <>
      <PageHead title={t(`audit.${name}`)} note={t(`auditor.lead.${name}`)} actions={actions} />
      <LogProblems />
      {children}
      <ViewerNote />
    </>
  )
}

/** Says how much the auditor sees, and that reading is an entry too. */
export function ViewerNote() {
  const { t } = useTranslation()
  const { country: nameCountry } = useFormats()
  const { data, error, refetch } = useViewer()
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />
  if (data === undefined) return null
  const { country } = data.data.viewer
  return (
    <p className="quiet-text meta">
      {country === null ? t('auditor.viewer.regional') : t('auditor.viewer.country', { name: nameCountry(country) })}{' '}
      {t('auditor.reading')}
    </p>
  )
}

/** Names each log on whose end nobody may rely, and says why. It stands before all else. */
export function LogProblems() {
  const { t } = useTranslation()
  const { data } = useViewer()
  const found = (data?.logs ?? []).filter(({ problem }) => problem !== null)
  if (found.length === 0) return null
  return (
    <div role="alert" className="notice alarm">
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
