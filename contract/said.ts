import { LANGUAGES, type Language } from './language.ts'

/** A detail of a finding that is said in the language of the report. */
export type Said = Readonly<Record<Language, string>>

/** Makes a detail of its two texts. */
export function said(en: string, es: string): Said {
  return { en, es }
}

/** Makes a detail by a function that says it in one language. */
export function sayBoth(describe: (language: Language) => string): Said {
  return Object.fromEntries(LANGUAGES.map((language) => [language, describe(language)])) as Record<Language, string>
}
