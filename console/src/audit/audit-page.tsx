import '../styles/audit.css'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../shell/use-formats.ts'
import { Failure } from './failure.tsx'
import { LogProblems } from './log-problems.tsx'
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
