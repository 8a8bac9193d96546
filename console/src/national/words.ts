import { useTranslation } from 'react-i18next'
import { NATIONAL_EN } from './words-en.ts'
import { NATIONAL_ES, type NationalWords } from './words-es.ts'

/** Returns the words of the language that is shown. */
export function useNationalWords(): NationalWords {
  const { i18n } = useTranslation()
  return i18n.language === 'en' ? NATIONAL_EN : NATIONAL_ES
}
