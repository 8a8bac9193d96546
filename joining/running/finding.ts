import { describeError } from '../../service/describe-error.ts'
import type { AreaFinding, DoctorArea, Finding } from '../check/finding.ts'

/** Returns the function that makes the findings of an area. `values` fill the holes `{{0}}`, `{{1}}` … of the words. */
export function noteOf(area: DoctorArea) {
  return (id: string, ...values: readonly (string | number)[]): AreaFinding => {
    return { area, id, place: area, details: Object.fromEntries(values.entries()) }
  }
}

/** Makes the finding of a file of rules or of trust that cannot be used. */
export function rulesWrong(file: string, error: unknown): AreaFinding {
  return { area: 'settings', id: 'RULES_WRONG', place: file, details: { reason: reasonOf(error) } }
}

/** Says what findings are about. */
export function inArea(area: DoctorArea, findings: readonly Finding[]): readonly AreaFinding[] {
  return findings.map((finding) => ({ ...finding, area }))
}

/** Says in a few words why something failed: the first line of a message, or what the code of the system means. Never a stack. */
export function reasonOf(error: unknown): string {
  const { code, message = '' } = (error ?? {}) as { readonly code?: unknown; readonly message?: string }
  const text = (error instanceof Error ? describeError(error) : message) || String(code ?? error)
  return text.split('\n', 1)[0]?.slice(0, 500) ?? ''
}
