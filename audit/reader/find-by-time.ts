import type { PlacedEntry } from '../verify/read-entries.ts'

/** Finds places in a log by the times of its entries, without reading the whole log. */

/** How many neighbouring entries are read at each place. The latest of their times counts, so that single wrong times lead nowhere. */
const NEIGHBOURS = 8

/**
 * Finds the first entry that may be as late as a time, by about log2(size) readings. Entries are in the order of their times, except for small
 * differences: the caller subtracts the largest of these from the time.
 * @param timesFrom reads the times of up to `count` entries from an index on, in milliseconds since the epoch
 * @returns the index of an entry before which no entry is as late; `size` if there is none.
 */
export async function findFirstByTime(
  size: number,
  fromMs: number,
  timesFrom: (index: number, count: number) => Promise<readonly number[]>,
): Promise<number> {
  let [low, high] = [0, size]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const times = await timesFrom(middle, NEIGHBOURS)
    // If nobody knows the times, the place stays in the range, because too many entries are better than too few.
    if (times.length === 0 || Math.max(...times) >= fromMs) high = middle
    else low = middle + 1
  }
  return low
}

/** Reads the times of the next `count` entries, in milliseconds since the epoch. Leaves out entries without a time. */
export async function readTimes(entries: AsyncGenerator<PlacedEntry>, count: number): Promise<readonly number[]> {
  const times: number[] = []
  let read = 0
  for await (const { bytes } of entries) {
    const timeMs = readTime(bytes)
    if (timeMs !== undefined) times.push(timeMs)
    read++
    if (read === count) break
  }
  return times
}

function readTime(bytes: Uint8Array): number | undefined {
  try {
    const { time } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { time?: unknown }
    const timeMs = typeof time === 'string' ? Date.parse(time) : Number.NaN
    return Number.isNaN(timeMs) ? undefined : timeMs
  } catch {
    return undefined
  }
}
