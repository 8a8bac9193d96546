/** Where a long task reports its progress. */
export interface Progress {
  /** Reports the rows that are done, and their share of all rows, 0 to 1, if the task knows it. */
  report(label: string, done: number, share?: number): void
  /** Removes the line. */
  clear(): void
}

/** The part of a terminal that is used, so that a test can pass its own. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined
  write(text: string): unknown
}

/** The shortest time between two writes, in milliseconds: a terminal is slow. */
const INTERVAL_MS = 100

/** Reports nothing. */
export const SILENT: Progress = { report: () => undefined, clear: () => undefined }

/**
 * Creates a progress report that overwrites one line of a terminal. It writes nothing if `stream` is not a terminal, because it
 * would fill a log.
 * @param now the clock, in milliseconds.
 */
export function createProgress(stream: ProgressStream, now: () => number = Date.now): Progress {
  if (stream.isTTY !== true) return SILENT
  let last = Number.NEGATIVE_INFINITY
  return {
    report(label, done, share) {
      if (now() - last < INTERVAL_MS) return
      last = now()
      const percent = share === undefined ? '' : ` (${Math.floor(Math.min(share, 1) * 100)} %)`
      stream.write(`\r\u001b[2K${label}: ${done.toLocaleString('en-GB')} rows${percent}`)
    },
    clear() {
      stream.write('\r\u001b[2K')
      last = Number.NEGATIVE_INFINITY
    },
  }
}
