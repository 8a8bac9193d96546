import '../styles/audit.css'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../shell/use-formats.ts'
import { fill } from '../words/fill.ts'
import { Failure } from './failure.tsx'
import { LogProblems } from './log-problems.tsx'
import { useAuditWords, useViewer } from './use-oversight.ts'

/** The frame of each of the auditor's pages: its title, what it is for, and how much the auditor sees. */
export function AuditPage({
  name,
  children,
}: {
  readonly name: 'search' | 'counts' | 'patterns' | 'record' | 'logs' | 'report'
  readonly children: ReactNode
}) {
  const { t } = useTranslation()
  const words = useAuditWords()
  return (
    <>
      <h1>{t(`audit.${name}`)}</h1>
      <p>{words.lead[name]}</p>
      <ViewerNote />
      {children}
    </>
  )
}

/** Says how much the auditor sees, that reading is an entry too, and whether the answers may be old. */
function ViewerNote() {
  const words = useAuditWords()
  const { country: nameCountry } = useFormats()
  const { data, error, refetch } = useViewer()
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />
  if (data === undefined) return null
  const { country } = data.data.viewer
  return (
    <>
      <p className="quiet-text">
        {country === null ? words.viewer.regional : fill(words.viewer.country, { name: nameCountry(country) })}{' '}
        {words.reading}
      </p>
      <LogProblems logs={data.logs} />
    </>
  )
}
