import { vi } from 'vitest'

/**
 * Loaded before each test file (vitest.config.ts). A wait for a condition ends when the condition holds, so its bound is only how long a
 * test that fails waits. On a busy machine a second is soon over: each `vi.waitFor` waits this long at least, whatever its test says.
 */

/** In milliseconds. Shorter than a test may take, so that it is the condition that a failure names. */
const LEAST_MS = 50_000

type WaitFor = typeof vi.waitFor & { isPatient?: boolean }

const waitFor: WaitFor = vi.waitFor
// Unit tests share one context, in which each file loads this module again.
if (waitFor.isPatient !== true) {
  const patient: WaitFor = (callback, options = {}) => {
    const { timeout = 0, ...others } = typeof options === 'number' ? { timeout: options } : options
    return waitFor(callback, { ...others, timeout: Math.max(timeout, LEAST_MS) })
  }
  vi.waitFor = Object.assign(patient, { isPatient: true })
}
