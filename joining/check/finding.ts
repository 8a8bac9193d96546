import { readWords } from '../../contract/read-words.ts'
import type { Said } from '../../contract/said.ts'
import { describeError } from '../../service/describe-error.ts'

/** What `istmo check` and `istmo doctor` find, before it is put into words. */

/**
 * `error`: it leaks, it is lost, or the node does not work. `warning`: answers are worse than they need be, or somebody must look soon. `note`: good to know;
 * nothing is wrong. `unknown`: it could not be looked at. `well`: it was looked at, and is as it must be.
 */
export type Severity = 'error' | 'warning' | 'note' | 'unknown' | 'well'

/** The id of each kind of finding, with its severity. An id never changes its meaning: programs compare it. */
export const FINDINGS: Readonly<Record<string, Severity>> = readWords(new URL('findings.yaml', import.meta.url))

/** Something that was found. It names records by their ids, and repeats no value of a row. */
export interface Finding {
  /** One of {@link FINDINGS}. */
  readonly id: string
  /** Where: `cases.warrant.subject_id`, `Person.names`, `--tls-cert`; or an area of the node. */
  readonly place: string
  /** How grave it is here, if that is not the severity of its id. */
  readonly severity?: Severity
  /** What the words of this id need: names of columns, numbers, texts in each language, and texts of other tools as they are. */
  readonly details?: Readonly<Record<string, string | number | Said>>
  /** How many rows have it. */
  readonly count?: number
  /** The ids of some of these rows. */
  readonly examples?: readonly string[]
}

/** What `istmo doctor` is about, in the order in which it looks. */
export const DOCTOR_AREAS = [
  'settings',
  'clock',
  'keys',
  'certificates',
  'database',
  'log',
  'disk',
  'ports',
  'reach',
  'versions',
] as const

/** One of {@link DOCTOR_AREAS}. */
type DoctorArea = (typeof DOCTOR_AREAS)[number]

/** A finding, with what it is about. */
export interface AreaFinding extends Finding {
  readonly area: DoctorArea
}

/** Thrown by a part that lacks what it needs. `lacks`: the option that would give it, such as `--supergraph FILE`. */
export class NotChecked extends Error {
  override readonly name = 'NotChecked'
  readonly lacks: Said | string
  /** Whether it was given, but cannot be used. */
  readonly isUnusable: boolean
  constructor(lacks: Said | string, isUnusable = false) {
    super(`expected ${typeof lacks === 'string' ? lacks : lacks.en}`)
    this.lacks = lacks
    this.isUnusable = isUnusable
  }
}

/** Returns how grave a finding is. */
export function severityOf({ id, severity = FINDINGS[id] }: Finding): Severity {
  if (severity === undefined) throw new TypeError(`expected an id of findings.yaml; came ${id}`)
  return severity
}

/** Counts findings by their severity. */
export function countBySeverity(findings: readonly Finding[]): Readonly<Record<Severity, number>> {
  const counts = { error: 0, warning: 0, note: 0, unknown: 0, well: 0 }
  for (const finding of findings) counts[severityOf(finding)] += 1
  return counts
}

/** Whether somebody must do something about a finding. */
export function isFault(finding: Finding): boolean {
  return ['error', 'warning'].includes(severityOf(finding))
}

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
