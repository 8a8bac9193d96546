import { describeError } from '../../service/describe-error.ts'
import type { FindingCode } from './doctor-words-en.ts'

/** How something stands: `well`; `warning`: somebody must look soon; `wrong`: the node does not work, or not safely; `unknown`: it could not be looked at. */
export type FindingState = 'well' | 'warning' | 'wrong' | 'unknown'

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
export type DoctorArea = (typeof DOCTOR_AREAS)[number]

/** One thing that the doctor looked at. `values` fill the words of its code (doctor-words.ts), and stand in JSON as they are. */
export interface Finding {
  readonly area: DoctorArea
  readonly state: FindingState
  readonly code: FindingCode
  readonly values: readonly (string | number)[]
}

/** Makes the findings of one area. */
export type Note = (state: FindingState, code: FindingCode, ...values: readonly (string | number)[]) => Finding

/** Returns the function that makes the findings of an area. */
export function noteOf(area: DoctorArea): Note {
  return (state, code, ...values) => ({ area, state, code, values })
}

/** Says in a few words why something failed: the first line of a message, or what the code of the system means. Never a stack. */
export function reasonOf(error: unknown): string {
  const { code, message = '' } = (error ?? {}) as { readonly code?: unknown; readonly message?: string }
  const text = (error instanceof Error ? describeError(error) : message) || String(code ?? error)
  return text.split('\n', 1)[0]?.slice(0, 500) ?? ''
}
