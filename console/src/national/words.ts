import { useTranslation } from 'react-i18next'
import type { Widened } from '../words/widened.ts'
import { NATIONAL_EN } from './words-en.ts'
import { NATIONAL_ES } from './words-es.ts'

/** The words of the national team's rooms. Both languages have all of them. */
export type NationalWords = Widened<typeof NATIONAL_ES>

/** Returns the words of the language that is shown. */
export function useNationalWords(): NationalWords {
  const { i18n } = useTranslation()
  return i18n.language === 'en' ? NATIONAL_EN : NATIONAL_ES
}
