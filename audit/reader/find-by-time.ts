/** Finds places in a log by the times of its entries, without reading the whole log. */

/** How many entries around one without a time are tried instead of it. */
const MAX_STEPS = 256

/**
 * Finds the first entry that may be as late as a time, by about log2(size) readings. Entries are in the order of their times, except for small
 * differences: the caller subtracts the largest of these from the time.
 * @param timeAt reads the time of an entry, in milliseconds since the epoch; undefined if the entry cannot be read
 * @returns the index of an entry before which no entry is as late; `size` if there is none.
 */
export async function findFirstByTime(
  size: number,
  fromMs: number,
  timeAt: (index: number) => Promise<number | undefined>,
): Promise<number> {
  let [low, high] = [0, size]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const found = await readableFrom(middle, high, timeAt)
    // Nobody knows the times from here to `high`. They stay in the range, because too many entries are better than too few.
    if (found === undefined || found.timeMs >= fromMs) high = middle
    else low = found.index + 1
  }
  return low
}

async function readableFrom(
  from: number,
  until: number,
  timeAt: (index: number) => Promise<number | undefined>,
): Promise<{ readonly index: number; readonly timeMs: number } | undefined> {
  for (let index = from; index < Math.min(until, from + MAX_STEPS); index++) {
    const timeMs = await timeAt(index)
    if (timeMs !== undefined && !Number.isNaN(timeMs)) return { index, timeMs }
  }
  return undefined
}
