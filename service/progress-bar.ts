/** The part of a terminal that a bar needs, so that a test can pass its own. */
export interface BarStream {
  readonly isTTY?: boolean | undefined
  write(text: string): unknown
}

/** A bar on a terminal. */
export interface ProgressBar {
  /** Shows how much of `total` is done, in the unit that the label says. */
  readonly report: (done: number, total: number) => void
  /** Removes the bar. */
  readonly clear: () => void
}

/** The shortest time between two writes, in milliseconds: a terminal is slow. */
const INTERVAL_MS = 100

const WIDTH = 24

/**
 * Creates a bar: one line on a terminal, which each report overwrites. It writes nothing if `stream` is not a terminal, because a log
 * would fill with it.
 * @param now a clock in milliseconds.
 */
export function createProgressBar(stream: BarStream, label: string, now: () => number = Date.now): ProgressBar {
  if (stream.isTTY !== true) return { report: () => undefined, clear: () => undefined }
  let last = Number.NEGATIVE_INFINITY
  return {
    report(done, total) {
      if (now() - last < INTERVAL_MS) return
      last = now()
      const share = total === 0 ? 1 : Math.min(done / total, 1)
      const filled = '█'.repeat(Math.floor(share * WIDTH)).padEnd(WIDTH, '░')
      const count = `${done.toLocaleString('en-GB')} of ${total.toLocaleString('en-GB')}`
      stream.write(`\r\u001b[2K${label} ${filled} ${Math.floor(share * 100)} %  ${count}`)
    },
    clear: () => void stream.write('\r\u001b[2K'),
  }
}
