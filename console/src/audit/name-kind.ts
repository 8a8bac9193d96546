import type { Entry } from '../../../contract/audit-log/entry.ts'
import { entryLabels } from '../../../contract/audit-log/words.ts'
import type { Language } from '../../../contract/language.ts'

/** Says in one sentence what kind of entry something is. A kind of a later version is named as it is. */
export function nameKind(kind: string, language: Language): string {
  return entryLabels(language).titles[kind as Entry['kind']] ?? kind
}
