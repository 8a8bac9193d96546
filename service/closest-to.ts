/**
 * Finds the word that a mistyped one may mean: at most a third of its letters differ. Letters that differ only in case or accents are the same.
 * @param most how many letters may differ at most
 * @returns undefined if no word is that close.
 */
export function closestTo(word: string, known: readonly string[], most = Number.POSITIVE_INFINITY): string | undefined {
  const plain = simplify(word)
  let best: { readonly word: string; readonly distance: number } | undefined
  for (const each of known) {
    const distance = editDistance(plain, simplify(each))
    if (distance <= Math.min(most, Math.floor(plain.length / 3)) && (best === undefined || distance < best.distance)) {
      best = { word: each, distance }
    }
  }
  return best?.word
}

function simplify(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

/** How many letters must be put in, left out or exchanged (Levenshtein). */
function editDistance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let row = 1; row <= from.length; row++) {
    const here = [row]
    for (let column = 1; column <= to.length; column++) {
      const exchanged = (above[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1)
      here.push(Math.min(exchanged, (above[column] ?? 0) + 1, (here[column - 1] ?? 0) + 1))
    }
    above = here
  }
  return above[to.length] ?? 0
}
