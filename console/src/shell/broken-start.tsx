import { useTranslation } from 'react-i18next'

/** What is shown if the console could not read its settings. */
export function BrokenStart({ detail }: { readonly detail: string }) {
  const { t } = useTranslation()
  return (
    <main className="start">
      <h1>{t('start.title')}</h1>
      <p role="alert">{t('start.broken')}</p>
      <pre className="detail">{detail}</pre>
    </main>
  )
}
