/** Colors that differ in lightness too (Okabe and Ito, and three more). */
const COLORS = [
  ...['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00'],
  ...['#f0e442', '#7a7a7a', '#332288', '#88ccee', '#aa4499'],
]

/** Returns one of the colors. */
export function chooseColor(index: number): string {
  return COLORS[index % COLORS.length] ?? '#7a7a7a'
}
