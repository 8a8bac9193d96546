import { Button } from '@mantine/core'
import type { ErrorComponentProps } from '@tanstack/react-router'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { RoomNotLoadedError } from './load-room.ts'

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

/** A browser does not ask again for a file that did not come (whatwg/html#6768), so that the whole page must be loaded. Without a connection, it would be gone. */
function reloadIfOnline(): void {
  if (navigator.onLine) location.reload()
}

/** The page of a room that failed, or whose files did not come. The bar and the line stay. */
export function BrokenPage({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation()
  const isMissing = error instanceof RoomNotLoadedError
  return (
    <div role="alert">
      <h1>{t(isMissing ? 'common.pageUnreachable' : 'common.broken')}</h1>
      <p>
        <Button onClick={isMissing ? reloadIfOnline : reset}>{t('common.again')}</Button>
      </p>
    </div>
  )
}
