/** What the demo says to the person who started it. */
export interface Terminal {
  /** A line that stays. */
  line(text: string): void
  /** What is going on now: the last line of a terminal, written over; nothing where the output is a file or a pipe. */
  progress(text: string): void
}

interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const CLEAR_LINE = '\r\u001b[2K'

/** Writes to `output`, by default the process's own. */
export function createTerminal(output: Output = process.stdout): Terminal {
  let shown = false
  const clear = () => {
    if (shown) output.write(CLEAR_LINE)
    shown = false
  }
  return {
    line: (text) => {
      clear()
      output.write(`${text}\n`)
    },
    progress: (text) => {
      if (output.isTTY !== true) return
      clear()
      output.write(text.slice(0, (output.columns ?? 80) - 1))
      shown = true
    },
  }
}
