import type { EntryCount } from './counted.ts'

/**
 * Withholds small counts from a table that is published, and further counts until nobody can compute a small one from the sum.
 *
 * The rules are those of one line of the countries' own counts (docs/design/counts.md, rule 2): where a sum is shown, two rows or more are withheld, and
 * together they are at least the threshold.
 */

/** A row of a published table. `count` null: it is withheld. */
export interface PublishedCount {
  readonly key: string | null
  readonly count: number | null
}

/** A published table. */
export interface PublishedCounts {
  readonly rows: readonly PublishedCount[]
  /** The sum of all rows; null if it is withheld, or if the table has no sum. */
  readonly total: number | null
  /** How many rows are withheld. */
  readonly withheld: number
}

/** The smallest threshold. With 2, two rows that add up to 2 could only be 1 and 1. */
export const LEAST_THRESHOLD = 3

/**
 * Withholds counts from 1 to below the threshold.
 * @param hasTotal whether each entry counts under one key, so that the rows have a sum
 * @throws {RangeError} if the threshold is below {@link LEAST_THRESHOLD}.
 */
export function withholdSmall(
  counts: readonly EntryCount[],
  threshold: number,
  { hasTotal }: { readonly hasTotal: boolean },
): PublishedCounts {
  if (!Number.isSafeInteger(threshold) || threshold < LEAST_THRESHOLD) {
    throw new RangeError(`expected a threshold of ${LEAST_THRESHOLD} or more; came ${threshold}`)
  }
  const withheld = new Set(counts.filter(({ count }) => count > 0 && count < threshold))
  const rest = counts
    .filter((each) => each.count >= threshold)
    // Of equal counts the later key goes first, so that the same counts always withhold the same rows.
    .toSorted((one, other) => one.count - other.count || compareKeys(other.key, one.key))
  const sum = (): number => [...withheld].reduce((total, { count }) => total + count, 0)
  if (hasTotal) {
    while (withheld.size > 0 && (withheld.size < 2 || sum() < threshold)) {
      const next = rest.shift()
      if (next === undefined) break
      withheld.add(next)
    }
  }
  const isSafe = withheld.size === 0 || (withheld.size >= 2 && sum() >= threshold)
  const all = counts.reduce((total, { count }) => total + count, 0)
  return {
    rows: counts.map((each) => ({ key: each.key, count: withheld.has(each) ? null : each.count })),
    total: hasTotal && isSafe ? all : null,
    withheld: withheld.size,
  }
}

function compareKeys(one: string | null, other: string | null): number {
  const [left, right] = [one ?? '', other ?? '']
  return left < right ? -1 : left > right ? 1 : 0
}
