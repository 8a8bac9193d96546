import '../styles/audit.css'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useNationalWords } from './use-national-words.ts'

/** The frame of each of the national team's pages: its title, and what it is for. */
export function NationalPage({ name, children }: { readonly name: 'node' | 'suspend'; readonly children: ReactNode }) {
  const { t } = useTranslation()
  const words = useNationalWords()
  return (
    <>
      <h1>{t(`national.${name}`)}</h1>
      <p>{words.lead[name]}</p>
      {children}
    </>
  )
}
