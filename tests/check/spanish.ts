import { expect } from 'vitest'
import type { Finding } from '../../joining/check/finding.ts'
import { describeFinding } from '../../joining/check/report.ts'

/** Words that each English sentence of ours has some of, and no Spanish one. Code, ids and SQL have none of them. */
const ENGLISH =
  /(?<!\p{L})(?:the|its|expected|came|must|rows|which|whose|another|nothing|without|shows|may|of)(?!\p{L})/u

/** Expects that findings are said in Spanish: nothing of ours stays in English. */
export function expectSpanish(findings: readonly Finding[]): void {
  for (const finding of findings) {
    const { id, expected, came, remedy } = describeFinding(finding, 'es')
    const text = [expected, came, remedy].join(' | ').replaceAll(/«[^»]*»|`[^`]*`/g, '«»')
    expect([id, ENGLISH.exec(text)?.[0], text]).toEqual([id, undefined, text])
  }
}
