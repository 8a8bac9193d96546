import { useTranslation } from 'react-i18next'
import { cleanText } from '../components/clean-text.ts'

/** What is shown if the console could not read its settings. */
export function BrokenStart({ detail }: { readonly detail: string }) {
  const { t } = useTranslation()
  return (
    <main className="start">
      <h1>{t('start.title')}</h1>
      <p role="alert">{t('start.broken')}</p>
      <pre className="detail">{cleanText(detail)}</pre>
    </main>
  )
}
