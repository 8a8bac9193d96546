import '../styles/audit.css'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { PageHead } from '../components/page-head.tsx'

/** The frame of each of the national team's pages: its title, what it is for, and what one can choose. */
export function NationalPage({
  name,
  actions,
  children,
}: {
  readonly name: 'node' | 'suspend'
  readonly actions?: ReactNode
  readonly children: ReactNode
}) {
  const { t } = useTranslation()
  return (
    <>
      <PageHead title={t(`national.${name}`)} note={t(`team.lead.${name}`)} actions={actions} />
      {children}
    </>
  )
}
