import i18next, { type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { cleanText } from '../components/clean-text.ts'
import { WORDS } from './catalogue.ts'
import { type ConsoleLanguage, keepLanguage, readLanguage } from './language.ts'

/** Makes the words ready. */
export async function openWords(): Promise<i18n> {
  await i18next.use(initReactI18next).init({
    lng: readLanguage(),
    fallbackLng: 'es',
    resources: { es: { translation: WORDS.es }, en: { translation: WORDS.en } },
    // React escapes markup. What is put into a sentence, and a code that has no word, may be a country's, with characters that nobody sees.
    interpolation: { escapeValue: true, escape: cleanText },
    parseMissingKeyHandler: (key, fallback) => cleanText(fallback ?? key),
    returnNull: false,
  })
  return i18next
}

/** Changes the language, for this browser. */
export async function changeLanguage(language: ConsoleLanguage): Promise<void> {
  keepLanguage(language)
  await i18next.changeLanguage(language)
}
