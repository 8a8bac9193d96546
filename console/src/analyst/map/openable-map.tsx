import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Skeleton } from '../../components/paged-rows.tsx'
import type { CaseMapParts } from './case-map.tsx'

// The shapes of the map are loaded when somebody opens it.
const CaseMap = lazy(async () => ({ default: (await import('./case-map.tsx')).CaseMap }))

/** A map of cases, once somebody opens it. */
export function OpenableMap(parts: CaseMapParts) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{t('map.open')}</summary>
      {isOpen && (
        <Suspense fallback={<Skeleton />}>
          <CaseMap {...parts} />
        </Suspense>
      )}
    </details>
  )
}
