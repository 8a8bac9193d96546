/** Returns each value once, sorted by UTF-16 units, without null. A list that is so already is returned as it is. */
export function sorted(values: readonly (string | null)[]): readonly string[] {
  return isSorted(values) ? values : [...new Set(values.filter((value) => value !== null))].sort()
}

function isSorted(values: readonly (string | null)[]): values is readonly string[] {
  for (let at = 0; at < values.length; at++) {
    const [before, value] = [values[at - 1], values[at]]
    if (value === null || value === undefined) return false
    if (before !== null && before !== undefined && before >= value) return false
  }
  return true
}
