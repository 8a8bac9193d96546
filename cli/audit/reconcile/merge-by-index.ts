import type { PlacedEntry } from '../../../audit/verify/read-entries.ts'

/**
 * Merges entries of one log, each source in the order of its indexes, into one sequence in this order. An entry that several sources have is yielded
 * once: each of them proved that it is the entry of that index.
 */
export async function* mergeByIndex(sources: readonly AsyncGenerator<PlacedEntry>[]): AsyncGenerator<PlacedEntry> {
  let last = -1
  try {
    const heads = await Promise.all(sources.map(async (source) => ({ source, next: await source.next() })))
    for (;;) {
      let least: { source: AsyncGenerator<PlacedEntry>; placed: PlacedEntry; at: number } | undefined
      for (const [at, { source, next }] of heads.entries()) {
        if (next.done !== true && next.value.index < (least?.placed.index ?? Number.POSITIVE_INFINITY))
          least = { source, placed: next.value, at }
      }
      if (least === undefined) return
      const { source, placed, at } = least
      if (placed.index > last) yield placed
      last = Math.max(last, placed.index)
      heads[at] = { source, next: await source.next() }
    }
  } finally {
    // One that cannot be closed must not leave the others open.
    await Promise.allSettled(sources.map((source) => source.return(undefined)))
  }
}
