import { useTranslation } from 'react-i18next'
import type { Provenance } from '../documents/types.ts'
import type { Formats } from '../shell/formats.ts'
import { useFormats } from '../shell/formats.ts'

/** What lists for a file are worded with. */
export interface FileWords {
  readonly t: (key: string, values?: Readonly<Record<string, unknown>>) => string
  /** `es` or `en`. */
  readonly language: string
  readonly formats: Pick<Formats, 'day' | 'moment' | 'country'>
}

/** Words a code of the contract; a code that has no word stays. */
export function wordCodeOf({ t }: FileWords, group: string, code: string | null): string {
  return code === null ? t('common.none') : t(`${group}.${code}`, { defaultValue: code })
}

/** Words in what quality a case names a person. */
export function wordRoles(words: FileWords, roles: readonly string[] | null): string {
  if (roles === null) return words.t('common.hidden')
  return roles.map((role) => wordCodeOf(words, 'role', role)).join(', ') || words.t('common.none')
}

/** Returns what a treaty is called in a language; its id if nobody says it. */
export function nameTreaty(
  { id, title, titleEs }: { readonly id: string; readonly title: string | null; readonly titleEs: string | null },
  language: string,
): string {
  return (language === 'en' ? null : titleEs) ?? title ?? id
}

/** Words how a record may be used. Whether it is made up, the page and each file say once. */
export function wordHandlingOf({ t }: FileWords, provenance: Provenance | null): string {
  if (provenance === null) return t('common.hidden')
  const { handling, handlingNote } = provenance
  return [...handling, handlingNote].filter(Boolean).join(' · ')
}

/** Returns what lists for a file are worded with, in the officer's language. */
export function useFileWords(): FileWords {
  const { t, i18n } = useTranslation()
  const formats = useFormats()
  return { t: (key, values) => t(key, { ...values }), language: i18n.language, formats }
}
