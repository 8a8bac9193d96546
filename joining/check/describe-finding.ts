import type { Language } from '../../contract/language.ts'
import { FINDINGS, type Finding, type Severity } from './finding.ts'
import type { CheckWords } from './words/check-words.ts'

/** A finding in the words of one language. */
export interface DescribedFinding {
  readonly id: Finding['id']
  readonly severity: Severity
  readonly place: string
  readonly expected: string
  readonly came: string
  readonly remedy: string
  readonly count?: number
  readonly examples?: readonly string[]
}

/** Puts a finding into words. */
export function describeFinding(
  { id, place, details = {}, count, examples }: Finding,
  words: CheckWords,
): DescribedFinding {
  const [expected, came, remedy] = words.findings[id].map((text) => fillIn(text, details, words.language))
  return {
    ...{ id, severity: FINDINGS[id], place },
    ...{ expected: expected ?? '', came: came ?? '', remedy: remedy ?? '' },
    ...(count !== undefined && { count }),
    ...(examples !== undefined && examples.length > 0 && { examples }),
  }
}

function fillIn(text: string, details: NonNullable<Finding['details']>, language: Language): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const detail = details[name] ?? ''
    return String(typeof detail === 'object' ? detail[language] : detail)
  })
}
