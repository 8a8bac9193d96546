import { useTranslation } from 'react-i18next'
import { NATIONAL_WORDS, type NationalWords } from './words.ts'

/** Returns the words of the language that is shown. */
export function useNationalWords(): NationalWords {
  const { i18n } = useTranslation()
  return NATIONAL_WORDS[i18n.language === 'en' ? 'en' : 'es']
}
