import '../styles/audit.css'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

/** The frame of each of the national team's pages: its title, and what it is for. */
export function NationalPage({ name, children }: { readonly name: 'node' | 'suspend'; readonly children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <>
      <h1>{t(`national.${name}`)}</h1>
      <p>{t(`team.lead.${name}`)}</p>
      {children}
    </>
  )
}
