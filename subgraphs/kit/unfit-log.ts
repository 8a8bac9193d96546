import type { Logger } from 'pino'
import type { UnfitValue } from './row-values.ts'

/** The most lines at once. A table with a wrong column would otherwise fill the disk. */
const BURST = 20
/** How long one line takes to come back, in milliseconds. */
const MS_PER_LINE = 3_000

/**
 * Makes the function that tells the country about the rows that its node left out: the record, the field and the reason, never the
 * value. It writes at most {@link BURST} lines at once and then one every {@link MS_PER_LINE} milliseconds. The next line counts those that it
 * did not write.
 * @param now a clock in milliseconds that never goes back.
 */
export function createUnfitLog(log: Logger, now: () => number): (value: UnfitValue) => void {
  let lines = BURST
  let filledAt = now()
  let unwritten = 0
  return ({ record, field, message }) => {
    const time = now()
    lines = Math.min(BURST, lines + (time - filledAt) / MS_PER_LINE)
    filledAt = time
    if (lines < 1) {
      unwritten += 1
      return
    }
    lines -= 1
    const more = unwritten > 0 ? { unwritten } : {}
    unwritten = 0
    log.warn({ record, field, reason: message, ...more }, 'a value does not fit the contract, so its row was left out')
  }
}
