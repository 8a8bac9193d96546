import { throwDamaged } from '../finding.ts'
import { decodeBundle } from '../merkle/entry-bundle.ts'
import { TILE_WIDTH, tilePath, tileWidth } from '../merkle/tile-path.ts'
import { openCheckpoint } from '../note/checkpoint.ts'
import type { NoteVerifier } from '../note/key.ts'
import type { LogSource } from './source.ts'

/** An entry with its index in the log. */
export interface PlacedEntry {
  readonly index: number
  readonly bytes: Uint8Array
}

/**
 * Yields the entries of a log in order, beginning with entry `from`. Does not verify them: to trust them, verify the log first.
 * @param size the size of the log's published tree
 * @param isPruned whether a bundle may be missing; such a bundle is left out.
 * @throws {LogDamagedError} if another bundle is missing, or one is malformed.
 */
export async function* readEntries(
  source: LogSource,
  size: number,
  from = 0,
  isPruned: (bundle: number) => boolean = () => false,
): AsyncGenerator<PlacedEntry> {
  for (let bundle = Math.floor(from / TILE_WIDTH); bundle * TILE_WIDTH < size; bundle++) {
    const entries = await readBundle(source, bundle, size, isPruned(bundle))
    for (const [at, bytes] of entries.entries()) {
      const index = bundle * TILE_WIDTH + at
      if (index >= from) yield { index, bytes }
    }
  }
}

/**
 * Reads the entries of one bundle.
 * @param mayBeMissing whether a missing bundle has no entries, because it was pruned
 * @throws {LogDamagedError} if the bundle is missing or malformed.
 */
export async function readBundle(
  source: LogSource,
  index: number,
  size: number,
  mayBeMissing = false,
): Promise<readonly Uint8Array[]> {
  const id = { level: 'entries' as const, index, width: tileWidth('entries', index, size) }
  const path = tilePath(id)
  const bytes = (await source.read(path)) ?? (await source.read(tilePath({ ...id, width: TILE_WIDTH })))
  if (bytes === undefined && mayBeMissing) return []
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

/**
 * Reads the published checkpoint of a log, and verifies the log's signature.
 * @throws {LogDamagedError} if the log has no checkpoint.
 * @throws {NoteError} if the checkpoint is malformed or the signature is not valid.
 */
export async function readCheckpoint(source: LogSource, log: NoteVerifier) {
  const bytes = await source.read('checkpoint')
  if (bytes === undefined) return throwDamaged('MISSING', 'checkpoint', 'a file', 'none')
  return { ...openCheckpoint(bytes, log), note: Buffer.from(bytes).toString('utf8') }
}
