import { useTranslation } from 'react-i18next'
import type { Provenance } from '../documents/types.ts'
import { collectHandling } from './collect-handling.ts'

/** The most notes of countries that the foot of a page repeats. All of them stand beside their records. */
const MOST_NOTES = 3

/** Returns a function that words how records may be used, for the foot of each page. */
export function useHandlingFoot(): (provenances: readonly (Provenance | null)[]) => string {
  const { t } = useTranslation()
  return (provenances) => {
    const { codes, notes, hidden } = collectHandling(provenances)
    const words = codes.map((code) => `${code} ${t(`handling.${code}`, { defaultValue: '' })}`.trim())
    const parts = [
      ...(words.length > 0 ? [t('export.handling', { codes: words.join('; ') })] : []),
      ...(notes.length > 0 && notes.length <= MOST_NOTES ? [notes.join('; ')] : []),
      ...(hidden > 0 ? [t('export.handlingHidden', { count: hidden })] : []),
    ]
    return parts.length > 0 ? parts.join(' · ') : t('export.noHandling')
  }
}
