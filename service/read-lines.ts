/** The mark U+FEFF, which some programs of Windows put before a text. */
const BYTE_ORDER_MARK = '\uFEFF'

/**
 * Yields the lines of a text that comes in parts, without their ends and without a byte order mark. Only LF and CR LF end a line. JSON may have the
 * other separators of Unicode within a text, and `node:readline` would cut a line there. Rejects with the error of the parts.
 */
export async function* readLines(parts: AsyncIterable<string>): AsyncGenerator<string> {
  let [rest, isFirst] = ['', true]
  const toLine = (text: string): string => {
    const line = text.endsWith('\r') ? text.slice(0, -1) : text
    const isMarked = isFirst
    isFirst = false
    return isMarked ? withoutMark(line) : line
  }
  for await (const part of parts) {
    const lines = part.split('\n')
    lines[0] = rest + lines[0]
    rest = lines.pop() ?? ''
    for (const line of lines) yield toLine(line)
  }
  if (rest !== '') yield toLine(rest)
}

/** Returns a text without a byte order mark at its beginning. */
export function withoutMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text
}
