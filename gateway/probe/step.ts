/** One step of a probe, and what it came to. */
import type { ProbeStep, ProbeStepResult } from '../../contract/probe.ts'

/** A step that has not run yet. `run` never rejects. */
export interface StepPlan {
  readonly step: ProbeStep
  readonly run: () => Promise<ProbeStepResult>
}

/** Makes the result of a step that is right. @param found what was found, for a person. */
export function ok(step: ProbeStep, found: string | null): ProbeStepResult {
  return { step, verdict: 'OK', code: null, found }
}

/** Makes the result of a step that has nothing to compare with. */
export function unknown(step: ProbeStep, found: string | null): ProbeStepResult {
  return { step, verdict: 'UNKNOWN', code: null, found }
}

/** Makes the result of a step that is wrong. */
export function wrong(step: ProbeStep, code: string | null, found: string | null): ProbeStepResult {
  return { step, verdict: 'WRONG', code, found }
}

/** Makes the result of a step that could not run, because an earlier one is wrong. */
export function skipped(step: ProbeStep): ProbeStepResult {
  return { step, verdict: 'SKIPPED', code: null, found: null }
}

/** Returns the code of an error of the operating system, of TLS or of undici; else its name, which says nothing of what came. */
export function codeOf(error: unknown): string {
  const { code, cause, name } = Object(error) as { code?: unknown; cause?: unknown; name?: unknown }
  if (typeof code === 'string') return code
  if (cause !== undefined) return codeOf(cause)
  return typeof name === 'string' ? name : 'UNKNOWN'
}
