/** The output to the person who started the demo. */
export interface Terminal {
  /** Writes a line that stays. */
  line(text: string): void
  /** Overwrites the last line of a terminal with the current progress. Writes nothing if the output is a file or a pipe. */
  progress(text: string): void
}

interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const CLEAR_LINE = '\r\u001b[2K'

/** Creates a terminal that writes to `output`, by default the process's own. */
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
