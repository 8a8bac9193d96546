import { throwDamaged } from '../finding.ts'
import { decodeBundle } from '../merkle/entry-bundle.ts'
import { TILE_WIDTH, tilePath, tileWidth } from '../merkle/tile-path.ts'
import { openCheckpoint } from '../note/checkpoint.ts'
import type { NoteVerifier } from '../note/key.ts'
import type { LogSource } from './source.ts'

/** An entry with its place. */
export interface PlacedEntry {
  readonly index: number
  readonly bytes: Uint8Array
}

/**
 * The entries from `from` on, in order, of a log whose published tree has `size` leaves. They are given as they lie there: who must
 * trust them verifies the log first. Throws a LogDamagedError where a bundle is missing or malformed.
 */
export async function* readEntries(source: LogSource, size: number, from = 0): AsyncGenerator<PlacedEntry> {
  for (let bundle = Math.floor(from / TILE_WIDTH); bundle * TILE_WIDTH < size; bundle++) {
    const entries = await readBundle(source, bundle, size)
    for (const [at, bytes] of entries.entries()) {
      const index = bundle * TILE_WIDTH + at
      if (index >= from) yield { index, bytes }
    }
  }
}

async function readBundle(source: LogSource, index: number, size: number): Promise<readonly Uint8Array[]> {
  const id = { level: 'entries' as const, index, width: tileWidth('entries', index, size) }
  const path = tilePath(id)
  const bytes = (await source.read(path)) ?? (await source.read(tilePath({ ...id, width: TILE_WIDTH })))
  if (bytes === undefined) throwDamaged('MISSING', path, 'a file', 'none')
  try {
    const entries = decodeBundle(bytes).slice(0, id.width)
    if (entries.length === id.width) return entries
    return throwDamaged('MALFORMED', path, `${id.width} entries`, `${entries.length}`)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return throwDamaged('MALFORMED', path, 'a bundle of entries', error.message)
  }
}

/** The checkpoint that a log shows, opened with its key. Throws a LogDamagedError without one, a NoteError where it does not hold. */
export async function readCheckpoint(source: LogSource, log: NoteVerifier) {
  const bytes = await source.read('checkpoint')
  if (bytes === undefined) return throwDamaged('MISSING', 'checkpoint', 'a file', 'none')
  return { ...openCheckpoint(bytes, log), note: Buffer.from(bytes).toString('utf8') }
}
