import { useTranslation } from 'react-i18next'
import type { Language } from '../../../contract/language.ts'
import EN from './words.en.yaml'
import ES from './words.es.yaml'
import type { Words } from './words.generated.d.ts'

/** The words of the national team's rooms, by language. */
export const NATIONAL_WORDS = { es: ES, en: EN } as Readonly<Record<Language, Words>>

/** Returns the words of the language that is shown. */
export function useNationalWords(): Words {
  const { i18n } = useTranslation()
  return NATIONAL_WORDS[i18n.language === 'en' ? 'en' : 'es']
}
