import type { Logger } from 'pino'
import { describeWithoutPath, errorCode } from '../describe-error.ts'
import type { MinuteCounts } from './minute-counts.ts'

/** Whether an audit log can be written, according to the last try. */
export interface Health {
  readonly isWritable: () => boolean
  /** Why the last try failed, such as `its disk is full (ENOSPC)`; null if it succeeded. */
  readonly failure: () => string | null
  readonly fail: (error: unknown) => void
  readonly recover: () => void
}

/** What a person does when an audit log cannot be written. */
const UNWRITABLE_REMEDY =
  'Free or repair the disk of the audit log (--audit-log-dir). Answers go on by themselves when it can be written.'

/**
 * Creates the health of a log that can be written.
 * @param counts gets a count with each failure, so that the next try has something to write.
 * @param now returns the time in milliseconds since the epoch.
 */
export function createHealth(log: Pick<Logger, 'info' | 'error'>, counts: MinuteCounts, now: () => number): Health {
  let failure: string | null = null
  return {
    isWritable: () => failure === null,
    failure: () => failure,
    fail(error) {
      if (failure !== null) return
      failure = describeWithoutPath(error)
      counts.add('RECORD_UNAVAILABLE', now())
      log.error(
        { code: errorCode(error), reason: failure, remedy: UNWRITABLE_REMEDY },
        'the audit log cannot be written; no answer leaves until it can',
      )
    },
    recover() {
      failure = null
      log.info('the audit log can be written again')
    },
  }
}

/** Runs a write, and lets the health fail if it is rejected because of the disk, and not because of what it was given. */
export async function watchWrite<Value>(health: Health, write: () => Promise<Value>): Promise<Value> {
  try {
    return await write()
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) health.fail(error)
    throw error
  }
}
