/** The paths of a tree's tiles, and their widths (C2SP tlog-tiles, Merkle Tree and Log entries). */

/** How many hashes a full tile has, and how many entries a full bundle has. */
export const TILE_WIDTH = 256

/** The height of the tree in a tile: the top node of a full tile is this many levels above the tile's hashes. */
export const TILE_HEIGHT = 8

/** A tile of hashes or, if `level` is `entries`, a bundle of entries. `width` is from 1 to 256. A tile of less than 256 is partial. */
export interface TileId {
  readonly level: number | 'entries'
  readonly index: number
  readonly width: number
}

/** Formats the path of a tile below the log's prefix, such as `tile/0/x001/x234/067` or `tile/entries/000.p/12`. */
export function tilePath({ level, index, width }: TileId): string {
  return `tile/${level}/${indexPath(index)}${width < TILE_WIDTH ? `.p/${width}` : ''}`
}

/** Formats a non-negative integer as path elements of three digits. Each element except the last has the prefix `x`. */
export function indexPath(index: number): string {
  const digits = String(index)
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0')
  return padded.replaceAll(/\d{3}(?=\d)/g, 'x$&/')
}

/** Parses the path of a tile. Returns undefined if it is not one. */
export function parseTilePath(path: string): TileId | undefined {
  const match = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path)
  if (!match?.[1] || !match[2]) return undefined
  const level = match[1] === 'entries' ? 'entries' : Number(match[1])
  const index = Number(match[2].replaceAll(/[x/]/g, ''))
  const width = match[3] === undefined ? TILE_WIDTH : Number(match[3])
  const isInRange = (level === 'entries' || level <= 63) && Number.isSafeInteger(index) && indexPath(index) === match[2]
  return isInRange && (match[3] === undefined || width < TILE_WIDTH) ? { level, index, width } : undefined
}

/** Returns how many hashes a tile has in a tree of `size` leaves, or 0 if the tree does not have the tile. */
export function tileWidth(level: number | 'entries', index: number, size: number): number {
  const count = Math.floor(size / TILE_WIDTH ** (level === 'entries' ? 0 : level))
  return Math.max(0, Math.min(TILE_WIDTH, count - index * TILE_WIDTH))
}

/** Yields the hash tiles of a tree of `size` leaves, level by level, from left to right. */
export function* tilesOf(size: number): Generator<TileId & { readonly level: number }> {
  for (let level = 0; TILE_WIDTH ** level <= size; level++) {
    for (let index = 0; tileWidth(level, index, size) > 0; index++) {
      yield { level, index, width: tileWidth(level, index, size) }
    }
  }
}
