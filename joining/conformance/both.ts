import type { Language } from '../../contract/language.ts'

/** A text in each language. */
export type Both = Readonly<Record<Language, string>>

/** Makes a text in each language. */
export function both(en: string, es: string): Both {
  return { en, es }
}

/** Makes a text that is the same in each language: a code, a status, a value that both sides write in the same way. */
export function same(text: string | number): Both {
  return { en: String(text), es: String(text) }
}
