/** Returns the width of a line of text, in points. A longer text that begins with a shorter one is not narrower. */
export type MeasureText = (text: string, size: number, isBold: boolean) => number

/**
 * Breaks a text into lines that are not wider than `width`, at spaces where that is possible. A line has at least one letter, also where not even that fits.
 * @param measure returns the width of a line.
 */
export function wrapText(text: string, width: number, measure: (line: string) => number): readonly string[] {
  const fits = (line: string): boolean => measure(line) <= width
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (fits(longer)) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    while (!fits(line)) {
      const head = cutHead(line, fits)
      if (head === line) break
      lines.push(head)
      line = line.slice(head.length)
    }
  }
  return [...lines, line]
}

/** The longest beginning of a word that fits, at least one letter. */
function cutHead(word: string, fits: (line: string) => boolean): string {
  let [most, tooMany] = [1, word.length]
  while (tooMany - most > 1) {
    const middle = (most + tooMany) >> 1
    if (fits(word.slice(0, middle))) most = middle
    else tooMany = middle
  }
  return word.slice(0, most)
}
