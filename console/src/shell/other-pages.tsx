import type { ErrorComponentProps } from '@tanstack/react-router'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

/** The page of a place that does not exist. */
export function NotFoundPage() {
  const { t } = useTranslation()
  return (
    <>
      <h1>{t('common.notFound')}</h1>
      <p>
        <Link to="/">{t('common.toSearch')}</Link>
      </p>
    </>
  )
}

/** The page of a room that failed, or whose files did not come. The bar and the line stay. */
export function BrokenPage({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation()
  const isMissing = error instanceof TypeError && /import|module|fetch/i.test(error.message)
  return (
    <div role="alert">
      <h1>{t(isMissing ? 'common.pageUnreachable' : 'common.broken')}</h1>
      <p>
        <button type="button" onClick={isMissing ? () => location.reload() : reset}>
          {t('common.again')}
        </button>
      </p>
    </div>
  )
}
