import { lazy, type ReactNode, Suspense, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { Skeleton } from '../../components/paged-rows.tsx'
import type { CaseMapParts } from './case-map.tsx'

// The shapes of the map are loaded when it is shown.
const CaseMap = lazy(async () => ({ default: (await import('./case-map.tsx')).CaseMap }))

/**
 * A map of cases. Beside the list where there is room for both; else it is above the list, once somebody opens it.
 * @param children the list that the map stands beside. Without it, the map is always folded.
 */
export function OpenableMap({ children, ...parts }: CaseMapParts & { readonly children?: ReactNode }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const isWide = useSyncExternalStore(watchWidth, isScreenWide)
  const map = (
    <Suspense fallback={<Skeleton />}>
      <CaseMap {...parts} />
    </Suspense>
  )
  if (children !== undefined && isWide) {
    return (
      <div className="beside-map">
        <div>{children}</div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
        <aside className="panel" aria-label={t('map.title')} tabIndex={0}>
          {map}
        </aside>
      </div>
    )
  }
  return (
    <>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>{t('map.open')}</summary>
        {isOpen && map}
      </details>
      {children}
    </>
  )
}

/** From which width on a map stands beside its list. */
const WIDE = '(min-width: 1280px)'

const isScreenWide = (): boolean => matchMedia(WIDE).matches

function watchWidth(onChange: () => void): () => void {
  const media = matchMedia(WIDE)
  media.addEventListener('change', onChange)
  return () => media.removeEventListener('change', onChange)
}
