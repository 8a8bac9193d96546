/** The widest that one cell, and one word of it, makes its column, in points. */
const MOST_NATURAL = 240
const MOST_WORD = 130

/**
 * Shares the width of a page among columns: as much as their cells need; where that is too much, each has at least its longest word, so that none is cut.
 * @param table the titles of the columns, then the rows.
 * @param measure returns the width of a text with the gap after it.
 */
export function shareWidth(
  table: readonly (readonly string[])[],
  inner: number,
  measure: (text: string, isTitle: boolean) => number,
): readonly number[] {
  const count = Math.max(0, ...table.map((cells) => cells.length))
  const [natural, least] = [Array<number>(count).fill(0), Array<number>(count).fill(0)]
  for (const [row, cells] of table.entries()) {
    // A sentence without a value goes over the whole width.
    if (table[0]?.length === 0 && cells.slice(1).every((cell) => cell === '')) continue
    for (const [at, cell] of cells.entries()) {
      // A text that is much too long need not be measured.
      const width = cell.length > 200 ? MOST_NATURAL : Math.min(MOST_NATURAL, measure(cell, row === 0))
      const words = cell.slice(0, 200).split(' ')
      const word = Math.min(MOST_WORD, Math.max(...words.map((each) => measure(each, row === 0))))
      natural[at] = Math.max(natural[at] ?? 0, width)
      least[at] = Math.max(least[at] ?? 0, word)
    }
  }
  const sum = (widths: readonly number[]): number => widths.reduce((all, each) => all + each, 0)
  // Labels and values: the values have what the labels do not need.
  if (table[0]?.length === 0 && count === 2) {
    const first = Math.min(natural[0] ?? 0, inner / 3)
    return [first, inner - first]
  }
  const [wanted, needed] = [sum(natural), sum(least)]
  if (wanted <= inner) return natural.map((each) => (each * inner) / Math.max(wanted, 1))
  if (needed >= inner) return least.map((each) => (each * inner) / needed)
  const share = (inner - needed) / (wanted - needed)
  return least.map((each, at) => each + ((natural[at] ?? 0) - each) * share)
}
