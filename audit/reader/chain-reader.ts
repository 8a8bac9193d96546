import type { PlacedEntry } from '../verify/read-entries.ts'
import type { LogReader, ProvedEntry } from './log-reader.ts'

/**
 * Joins the readers of a log's shards to one reader. The index of an entry counts over all shards, from the first entry of the first one. `prove`
 * proves the entry in its own shard, with its index there.
 */
export interface ChainedReader extends LogReader {
  /** The readers of the shards, oldest first. */
  readonly shards: readonly LogReader[]
  /** Returns the shard of an entry, and its index there. Throws a RangeError if the log does not have the index. */
  readonly placeOf: (index: number) => { readonly reader: LogReader; readonly index: number }
}

/**
 * Joins readers. `log`, `source` and the other members of `head` than its size are those of the newest shard.
 * @param shards the readers of all shards, oldest first. With one of them, the result is the same as that reader.
 * @throws {TypeError} if there is none.
 */
export function chainReaders(shards: readonly LogReader[]): ChainedReader {
  const newest = shards.at(-1)
  if (newest === undefined) throw new TypeError('expected at least one shard')
  const starts: number[] = []
  let size = 0
  for (const { head } of shards) {
    starts.push(size)
    size += head.checkpoint.size
  }

  const placeOf: ChainedReader['placeOf'] = (index) => {
    if (!(index >= 0 && index < size)) throw new RangeError(`the log has ${size} entries; it has no entry at ${index}`)
    const at = starts.findLastIndex((start) => start <= index)
    return { reader: shards[at] as LogReader, index: index - (starts[at] ?? 0) }
  }

  async function* entries(from = 0): AsyncGenerator<PlacedEntry> {
    for (const [at, reader] of shards.entries()) {
      const start = starts[at] ?? 0
      if (start + reader.head.checkpoint.size <= from) continue
      for await (const { index, bytes } of reader.entries(Math.max(0, from - start))) {
        yield { index: start + index, bytes }
      }
    }
  }

  const entry = async (index: number): Promise<PlacedEntry> => {
    const place = placeOf(index)
    return { ...(await place.reader.entry(place.index)), index }
  }

  const prove = async (index: number): Promise<ProvedEntry> => {
    const place = placeOf(index)
    return place.reader.prove(place.index)
  }

  const checkpoint = { ...newest.head.checkpoint, size }
  const rotations = shards.flatMap((shard) => shard.rotations)
  return { ...newest, rotations, head: { ...newest.head, checkpoint }, entries, entry, prove, shards, placeOf }
}
