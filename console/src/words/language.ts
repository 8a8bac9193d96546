/** The languages of the console. */
export type ConsoleLanguage = 'es' | 'en'

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

/** Returns the language for this browser. */
export function readLanguage(): ConsoleLanguage {
  return chooseConsoleLanguage(localStorage.getItem(CHOICE), navigator.languages)
}

/** Keeps the officer's choice, for this browser, and tells the page. */
export function keepLanguage(language: ConsoleLanguage): void {
  localStorage.setItem(CHOICE, language)
  document.documentElement.lang = language
}
