import i18next, { type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { AUDIT_MENU } from '../audit/menu-words.ts'
import { cleanText } from '../components/clean-text.ts'
import { NATIONAL_MENU } from '../national/menu-words.ts'
import { EN } from './en.ts'
import { ES } from './es.ts'

/** The languages of the console. The first is the default. */
export const CONSOLE_LANGUAGES = ['es', 'en'] as const

/** One of {@link CONSOLE_LANGUAGES}. */
export type ConsoleLanguage = (typeof CONSOLE_LANGUAGES)[number]

/** All words, by language. Other rooms of the console add theirs here. */
export const WORDS = {
  es: { ...ES, audit: AUDIT_MENU.es, national: NATIONAL_MENU.es },
  en: { ...EN, audit: AUDIT_MENU.en, national: NATIONAL_MENU.en },
} as const

const CHOICE = 'istmo.language'

/**
 * Chooses the language: the officer's own choice, else English only where the browser's first language is English, else Spanish.
 * @param chosen what the officer chose before; null for nothing.
 * @param preferred the browser's languages, the best first.
 */
export function chooseConsoleLanguage(chosen: string | null, preferred: readonly string[]): ConsoleLanguage {
  if (chosen === 'es' || chosen === 'en') return chosen
  const known = preferred.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === 'es' || tag === 'en')
  return known === 'en' ? 'en' : 'es'
}

/** Makes the words ready, and tells the page its language. */
export async function openWords(): Promise<i18n> {
  const language = chooseConsoleLanguage(localStorage.getItem(CHOICE), navigator.languages)
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'es',
    resources: { es: { translation: WORDS.es }, en: { translation: WORDS.en } },
    // React escapes markup. What is put into a sentence, and a code that has no word, may be a country's, with characters that nobody sees.
    interpolation: { escapeValue: true, escape: cleanText },
    parseMissingKeyHandler: (key, fallback) => cleanText(fallback ?? key),
    returnNull: false,
  })
  document.documentElement.lang = language
  return i18next
}

/** Changes the language, for this browser. */
export async function changeLanguage(language: ConsoleLanguage): Promise<void> {
  localStorage.setItem(CHOICE, language)
  document.documentElement.lang = language
  await i18next.changeLanguage(language)
}
