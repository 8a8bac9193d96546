import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Language } from '../../../contract/language.ts'

type WordCode = (code: string, country: string, language: Language) => string

/** Returns a function that explains a code of an outcome in the officer's language. Until the words are loaded, it returns an empty text. */
export function useCodeWords(): (code: string, country: string) => string {
  const { i18n } = useTranslation()
  const [wordCode, setWords] = useState<WordCode | null>(null)
  useEffect(() => {
    let isShown = true
    import('./code-words.ts').then(
      (module) => {
        if (isShown) setWords(() => module.wordCode)
      },
      // Without them, the code itself is still there.
      () => undefined,
    )
    return () => {
      isShown = false
    }
  }, [])
  const language = i18n.language === 'en' ? 'en' : 'es'
  return (code, country) => wordCode?.(code, country, language) ?? ''
}
