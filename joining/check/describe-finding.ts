import type { Language } from '../../contract/language.ts'
import { type Finding, type Severity, severityOf } from './finding.ts'
import { checkWords } from './words.ts'

/** A finding in the words of one language. An empty `expected`: `came` says everything. An empty `remedy`: there is nothing to do. */
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

/** What certificates and keys are for: their uses have words. */
const USES: ReadonlySet<unknown> = new Set([
  'nodeKey',
  'auditLogKey',
  'auditLogRefKeys',
  'tlsKey',
  'serverCertificate',
  'authorityCertificate',
  'clientAuthority',
])

/** Puts a finding into words. */
export function describeFinding(finding: Finding, language: Language): DescribedFinding {
  const { id, place, details = {}, count, examples } = finding
  // The id is known only when this runs, and with it the holes.
  const say = checkWords(language) as (key: string, values: object) => string
  const shown = (detail: unknown): unknown => (USES.has(detail) ? say(`uses.${String(detail)}`, {}) : detail)
  const values = Object.fromEntries(
    Object.entries(details).map(([name, detail]) => [
      name,
      typeof detail === 'object' ? detail[language] : shown(detail),
    ]),
  )
  // A text that there is not is said by its key.
  const sayPart = (part: 'expected' | 'came' | 'remedy'): string => {
    const key = `findings.${id}.${part}`
    const text = say(key, values)
    return text === key ? '' : text
  }
  return {
    id,
    severity: severityOf(finding),
    place,
    expected: sayPart('expected'),
    came: sayPart('came'),
    remedy: sayPart('remedy'),
    ...(count !== undefined && { count }),
    ...(examples !== undefined && examples.length > 0 && { examples }),
  }
}

/** Says in one sentence what was found. */
export function sayFinding(finding: Finding, language: Language): string {
  const { expected, came, place } = describeFinding(finding, language)
  const say = checkWords(language)
  return expected === '' ? came : `${place}: ${say('line.expected')} ${expected}; ${say('line.came')} ${came}`
}
