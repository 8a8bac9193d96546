import { useTranslation } from 'react-i18next'
import { useFormats } from '../shell/use-formats.ts'
import type { FileWords } from './file-words.ts'

/** Returns what lists for a file are worded with, in the officer's language. */
export function useFileWords(): FileWords {
  const { t } = useTranslation()
  const formats = useFormats()
  return { t: (key, values) => t(key, { ...values }), formats }
}
