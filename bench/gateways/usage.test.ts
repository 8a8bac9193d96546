import { expect, it } from 'vitest'
import { waitedForCore } from './usage.ts'

it('how long a process waited for a core is known of this process, and of none that is not there', () => {
  const before = waitedForCore(process.pid)
  expect(before).toBeGreaterThanOrEqual(0)
  expect(waitedForCore(process.pid)).toBeGreaterThanOrEqual(before)
  // Linux gives no process this number.
  expect(waitedForCore(2 ** 31)).toBeNaN()
})
