import type { Finding } from '../finding.ts'
import { decodeBundle } from '../merkle/entry-bundle.ts'
import { HASH_BYTES } from '../merkle/hash.ts'
import { TILE_WIDTH, type TileId, tilePath } from '../merkle/tile-path.ts'
import type { LogSource } from './source.ts'

/** Files of a log, read so that what is wrong with one is reported and does not end the whole. */

/** Takes a finding. */
export type Report = (finding: Finding) => void

/** The entries of a bundle, up to its width; reports what is malformed. Undefined where nothing can be read. */
export function decodeEntries(bytes: Uint8Array, id: TileId, report: Report): readonly Uint8Array[] | undefined {
  try {
    const entries = decodeBundle(bytes)
    if (entries.length >= id.width) return entries.slice(0, id.width)
    report({ kind: 'MALFORMED', where: tilePath(id), expected: `${id.width} entries`, came: `${entries.length}` })
    return entries
  } catch (error) {
    report({ kind: 'MALFORMED', where: tilePath(id), expected: 'a bundle of entries', came: (error as Error).message })
    return undefined
  }
}

/** The file of a tile or bundle; the full one where a partial one is gone, as it may. Undefined, and reported, where neither is there. */
export async function readFileOf(source: LogSource, id: TileId, report: Report): Promise<Uint8Array | undefined> {
  const own = await source.read(tilePath(id))
  const bytes = own ?? (id.width < TILE_WIDTH ? await source.read(tilePath({ ...id, width: TILE_WIDTH })) : undefined)
  if (bytes === undefined) report({ kind: 'MISSING', where: tilePath(id), expected: 'a file', came: 'none' })
  return bytes
}

/** The hashes of a tile, as many as its width says; undefined, and reported, where they are not there. */
export async function readTileFile(source: LogSource, id: TileId, report: Report): Promise<Uint8Array | undefined> {
  const bytes = await readFileOf(source, id, report)
  if (bytes === undefined || bytes.length >= id.width * HASH_BYTES) return bytes?.subarray(0, id.width * HASH_BYTES)
  const expected = `${id.width} hashes of ${HASH_BYTES} bytes`
  report({ kind: 'MALFORMED', where: tilePath(id), expected, came: `${bytes.length} bytes` })
  return undefined
}
