import { useTranslation } from 'react-i18next'
import type { Provenance } from '../documents/types.ts'

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

/** How the records of a file may be used. */
interface CollectedHandling {
  /** The handling codes of all records, each once, in their order. */
  readonly codes: readonly string[]
  /** What countries wrote to a code, each once. */
  readonly notes: readonly string[]
  /** How many records hide how they may be used. */
  readonly hidden: number
}

/** Collects how records may be used: a page of a file can be torn from the others, so that each names what holds for any of them. */
function collectHandling(
  provenances: readonly (Pick<Provenance, 'handling' | 'handlingNote'> | null)[],
): CollectedHandling {
  const known = provenances.filter((each) => each !== null)
  return {
    codes: [...new Set(known.flatMap(({ handling }) => handling))].sort(),
    notes: [...new Set(known.flatMap(({ handlingNote }) => handlingNote || []))].sort(),
    hidden: provenances.length - known.length,
  }
}
