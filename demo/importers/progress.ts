/** What a long work says while it runs. */
export interface Progress {
  /** `done` rows so far; `share` of the whole, 0 to 1, where it is known. */
  report(label: string, done: number, share?: number): void
  /** Takes the line away. */
  clear(): void
}

/** The part of a terminal that is needed, so that a test can hand in its own. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined
  write(text: string): unknown
}

/** The shortest time between two writes, in milliseconds: a terminal is slow. */
const INTERVAL_MS = 100

/** No word. */
export const SILENT: Progress = { report: () => undefined, clear: () => undefined }

/**
 * One line on a terminal, written over and over. Says nothing where `stream` is no terminal: a log would fill with it.
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
