/** Where the tiles of a tree lie, and how wide they are (C2SP tlog-tiles, Merkle Tree and Log entries). */

/** How many hashes a full tile has, and how many entries a full bundle. */
export const TILE_WIDTH = 256

/** The height of a tile's tree: a full tile's hash is a node this much above the tile's hashes. */
export const TILE_HEIGHT = 8

/** A tile of hashes, or a bundle of entries where `level` is `entries`. `width` goes from 1 to 256; less than 256 is a partial one. */
export interface TileId {
  readonly level: number | 'entries'
  readonly index: number
  readonly width: number
}

/** The path below the log's prefix: `tile/0/x001/x234/067`, `tile/entries/000.p/12`. */
export function tilePath({ level, index, width }: TileId): string {
  return `tile/${level}/${indexPath(index)}${width < TILE_WIDTH ? `.p/${width}` : ''}`
}

/** A non-negative integer as path elements of three digits, all but the last with an `x` in front. */
export function indexPath(index: number): string {
  const digits = String(index)
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0')
  const groups = padded.match(/\d{3}/g) ?? []
  return groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/')
}

/** Reads a tile's path; undefined where it is none. */
export function parseTilePath(path: string): TileId | undefined {
  const match = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path)
  if (!match?.[1] || !match[2]) return undefined
  const level = match[1] === 'entries' ? 'entries' : Number(match[1])
  const index = Number(match[2].replaceAll(/[x/]/g, ''))
  const width = match[3] === undefined ? TILE_WIDTH : Number(match[3])
  const hasNoUnmetRequirement =
    (level === 'entries' || level <= 63) && Number.isSafeInteger(index) && indexPath(index) === match[2]
  return hasNoUnmetRequirement && (match[3] === undefined || width < TILE_WIDTH) ? { level, index, width } : undefined
}

/** How many hashes the tile has in a tree of `size` leaves; 0 where there is no such tile. */
export function tileWidth(level: number | 'entries', index: number, size: number): number {
  const count = Math.floor(size / TILE_WIDTH ** (level === 'entries' ? 0 : level))
  return Math.max(0, Math.min(TILE_WIDTH, count - index * TILE_WIDTH))
}

/** The hash tiles of a tree of `size` leaves, level by level, those to the left first. */
export function* tilesOf(size: number): Generator<TileId & { readonly level: number }> {
  for (let level = 0; TILE_WIDTH ** level <= size; level++) {
    for (let index = 0; tileWidth(level, index, size) > 0; index++) {
      yield { level, index, width: tileWidth(level, index, size) }
    }
  }
}
