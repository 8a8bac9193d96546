/**
 * Withholds small counts from a table that is published with its sum, so that nobody who knows this code can compute one.
 *
 * What is withheld is each count from 1 to a level. The level depends on no order and no name of a row, so any exchange of counts between rows that are
 * withheld looks the same. Hence a count is safe as soon as two withheld counts differ; and if all of them are equal, as soon as they are neither all 1 nor
 * all as large as they can be. The first level is below the threshold. Where it is not enough, the next one is twice as high.
 */

/** The number of entries with one key. `key` null: entries without one. */
export interface EntryCount {
  readonly key: string | null
  readonly count: number
}

/** A row of a published table. `count` null: it is withheld. */
export interface PublishedCount {
  readonly key: string | null
  readonly count: number | null
}

/** A published table. */
export interface PublishedCounts {
  /** Empty if the whole table is withheld, because no level of withholding is enough. */
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
  const small = counts.filter(({ count }) => count > 0 && count < threshold)
  const level = hasTotal ? findLevel(counts, small, threshold) : threshold - 1
  if (level === null) return { rows: [], total: null, withheld: counts.length }
  const isWithheld = (count: number): boolean => small.length > 0 && count > 0 && count <= level
  return {
    rows: counts.map(({ key, count }) => ({ key, count: isWithheld(count) ? null : count })),
    total: hasTotal ? addUp(counts) : null,
    withheld: counts.filter(({ count }) => isWithheld(count)).length,
  }
}

/** Finds the level up to which counts are withheld. Null: no level is enough, and the whole table is withheld. */
function findLevel(counts: readonly EntryCount[], small: readonly EntryCount[], threshold: number): number | null {
  const [sum, most] = [addUp(small), threshold - 1]
  const isSafe = small.length > 1 && sum >= threshold && sum !== small.length && sum !== small.length * most
  if (small.length === 0 || isSafe) return most
  const largest = Math.max(...counts.map(({ count }) => count))
  // A row of the next level is larger than each small one, so that two withheld counts differ.
  for (let level = 2 * threshold - 1; ; level = 2 * level + 1) {
    if (counts.some(({ count }) => count >= threshold && count <= level)) return level
    if (level >= largest) return null
  }
}

function addUp(counts: readonly EntryCount[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0)
}
