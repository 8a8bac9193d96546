/** What the bench prints of what it measured. */

/** The value below which a share of the values is. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** The value in the middle; of an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  if (!Number.isInteger(middle)) return sorted[Math.floor(middle)] ?? Number.NaN
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}

/**
 * The median of what one contender did in each round, divided by what another did in the same round. What disturbs the machine for longer than a
 * round disturbs both.
 */
export function ratioByRound(one: readonly number[], other: readonly number[]): number {
  return median(one.map((value, round) => value / (other[round] ?? Number.NaN)))
}

/** Says whether a bound holds: «≥ 0.95: holds» or «≥ 0.95: MISSED». A row without a bound has an empty text. */
export function judge(ratio: number, least: number | null): string {
  if (least === null) return ''
  return `≥ ${least.toFixed(2)}: ${ratio >= least ? 'holds' : 'MISSED'}`
}

/** Writes one row of a Markdown table. */
export function row(...cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |\n`
}
