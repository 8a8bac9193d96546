import type { Entry } from '../../../contract/audit-log/entry.ts'
import { titleOf } from '../../../contract/audit-log/words-tables.ts'
import type { Language } from '../../../contract/language.ts'

/** Says in one sentence what kind of entry something is. A kind of a later version is named as it is. */
export function nameKind(kind: string, language: Language): string {
  try {
    return titleOf(kind as Entry['kind'], language)
  } catch {
    return kind
  }
}
