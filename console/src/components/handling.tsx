import { useTranslation } from 'react-i18next'
import type { Provenance } from '../documents/types.ts'
import { ShownText } from './shown-text.tsx'

/** How a record may be used. Null if the country hides it. */
export function Handling({
  provenance,
  isWorded = false,
}: {
  readonly provenance: Pick<Provenance, 'handling' | 'handlingNote'> | null
  /** Whether the meaning of each code stands beside it. Below a list, it stands once for all rows. */
  readonly isWorded?: boolean
}) {
  const { t } = useTranslation()
  if (provenance === null) return <span className="quiet-text">{t('common.hidden')}</span>
  const { handling, handlingNote } = provenance
  return (
    <span className="handling">
      {handling.map((code) => (
        <span key={code}>
          <abbr title={t(`handling.${code}`, { defaultValue: code })}>
            <ShownText text={code} />
          </abbr>{' '}
          {isWorded && t(`handling.${code}`, { defaultValue: '' })}
        </span>
      ))}
      {handlingNote !== null && handlingNote !== '' && <ShownText text={handlingNote} />}
    </span>
  )
}
