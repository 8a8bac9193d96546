import type { Finding } from '../finding.ts'
import { decodeBundle } from '../merkle/entry-bundle.ts'
import { HASH_BYTES } from '../merkle/hash.ts'
import { TILE_WIDTH, type TileId, tilePath } from '../merkle/tile-path.ts'
import type { LogSource } from './source.ts'

/** Reads files of a log. Reports a damaged file instead of throwing, so that the verification can continue. */

/** Receives a finding. */
export type Report = (finding: Finding) => void

/** Decodes the entries of a bundle, up to its width. Reports what is malformed. Returns undefined if nothing can be decoded. */
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

/**
 * Reads the file of a tile or bundle. If a partial file no longer exists, which is allowed, reads the full one.
 * @returns undefined, and reports it, if neither exists.
 */
export async function readFileOf(source: LogSource, id: TileId, report: Report): Promise<Uint8Array | undefined> {
  const exact = await source.read(tilePath(id))
  const bytes = exact ?? (id.width < TILE_WIDTH ? await source.read(tilePath({ ...id, width: TILE_WIDTH })) : undefined)
  if (bytes === undefined) report({ kind: 'MISSING', where: tilePath(id), expected: 'a file', came: 'none' })
  return bytes
}

/** Reads the hashes of a tile, as many as its width says. Returns undefined, and reports it, if they are missing. */
export async function readTileFile(source: LogSource, id: TileId, report: Report): Promise<Uint8Array | undefined> {
  const bytes = await readFileOf(source, id, report)
  if (bytes === undefined || bytes.length >= id.width * HASH_BYTES) return bytes?.subarray(0, id.width * HASH_BYTES)
  const expected = `${id.width} hashes of ${HASH_BYTES} bytes`
  report({ kind: 'MALFORMED', where: tilePath(id), expected, came: `${bytes.length} bytes` })
  return undefined
}
