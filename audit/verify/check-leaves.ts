import { HASH_BYTES, hashLeaves, isSameHash } from '../merkle/hash.ts'
import { TILE_WIDTH, tilePath } from '../merkle/tile-path.ts'
import { formatBase64 } from '../note/base64.ts'
import { type KeyRotation, ROTATION_KIND } from '../note/rotation.ts'
import { readShardEntry } from '../shards/shard-entries.ts'
import type { Prunings } from './prunings.ts'
import type { LogSource } from './source.ts'
import { decodeEntries, type Report, readFileOf, readTileFile } from './tile-files.ts'

/** Receives the entries of one bundle in order. `first` is the index of the first of them. */
export type EntriesCheck = (entries: readonly Uint8Array[], first: number, report: Report) => void

/** What {@link readLeafFiles} and {@link checkLeaves} work with. */
export interface LeafOptions {
  /** The size in the log's checkpoint. */
  readonly size: number
  readonly rotations: readonly KeyRotation[]
  /** Says which bundles may be missing. */
  readonly prunings: Prunings
  /** Does not read the entries. */
  readonly hashesOnly: boolean
  /** A further check of the entries. This room does not know what they contain. */
  readonly checkEntries: EntriesCheck | undefined
}

/** The files of up to 256 leaves as they came: their hashes, and their entries. */
export interface LeafFiles {
  readonly index: number
  readonly width: number
  /** Undefined if the file is missing or malformed. */
  readonly tile: Uint8Array | undefined
  readonly bundle: Uint8Array | undefined
  /** What is wrong with the files, in a fixed order, although both are read at the same time. */
  readonly findings: readonly Parameters<Report>[0][]
}

/** Reads the tile of leaves at `index`, and its bundle. */
export async function readLeafFiles(
  source: LogSource,
  { index, width }: { readonly index: number; readonly width: number },
  { hashesOnly, prunings }: Pick<LeafOptions, 'hashesOnly' | 'prunings'>,
): Promise<LeafFiles> {
  const [tileFindings, bundleFindings]: [Parameters<Report>[0][], Parameters<Report>[0][]] = [[], []]
  const [tile, bundle] = await Promise.all([
    readTileFile(source, { level: 0, index, width }, (finding) => void tileFindings.push(finding)),
    hashesOnly
      ? undefined
      : readFileOf(source, { level: 'entries', index, width }, (finding) => void bundleFindings.push(finding)),
  ])
  const isGone = bundle === undefined && prunings.isPruned(index)
  return { index, width, tile, bundle, findings: [...tileFindings, ...(isGone ? [] : bundleFindings)] }
}

/** Checks the entries against the hashes of the tile. Returns the hashes; if the tile is missing, those of the entries. */
export function checkLeaves(
  { index, width, tile, bundle, findings }: LeafFiles,
  { size, rotations, checkEntries }: LeafOptions,
  report: Report,
): Uint8Array | undefined {
  for (const finding of findings) report(finding)
  const bundleId = { level: 'entries' as const, index, width }
  const first = index * TILE_WIDTH
  const entries = bundle && decodeEntries(bundle, bundleId, report)
  if (entries === undefined) return tile
  if (bundle !== undefined && includes(bundle, ROTATION_MARK)) checkRotations(entries, first, rotations, report)
  if (bundle !== undefined && includes(bundle, END_MARK)) checkEnds(entries, first, size, report)
  const hashes = hashLeaves(entries)
  // Nearly all tiles: one comparison says that each entry is the one that was hashed.
  const areSame = tile !== undefined && isSameHash(tile.subarray(0, hashes.length), hashes)
  for (let at = 0; !areSame && at < entries.length; at++) {
    const came = hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)
    const expected = tile?.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)
    if (expected === undefined || isSameHash(expected, came)) continue
    report({
      kind: 'ENTRY',
      where: `entry ${first + at} in ${tilePath(bundleId)}`,
      expected: `${formatBase64(expected)} in ${tilePath({ level: 0, index, width })}`,
      came: formatBase64(came),
    })
  }
  checkEntries?.(entries, first, report)
  return tile ?? (entries.length === width ? hashes : undefined)
}

/** What each entry of a rotation contains: its kind as RFC 8785 writes it. In a text of another entry, the quotes are escaped. */
const ROTATION_MARK = Buffer.from(`"kind":"${ROTATION_KIND}"`)

/** The same for the end of a shard. */
const END_MARK = Buffer.from('"kind":"shard-end"')

function includes(bytes: Uint8Array, mark: Buffer): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(mark)
}

/** Reports an end of a shard that is not the last entry: a shard that has ended takes no more entries. */
function checkEnds(entries: readonly Uint8Array[], first: number, size: number, report: Report): void {
  for (const [at, entry] of entries.entries()) {
    if (first + at === size - 1 || readShardEntry(entry)?.kind !== 'shard-end') continue
    report({
      kind: 'SHARD',
      where: `entry ${first + at}`,
      expected: `the end of the shard as its last entry, ${size - 1}`,
      came: 'entries behind it',
    })
  }
}

/**
 * Reports each entry of a rotation whose proof the log does not have. Without the proof, a reader would accept the replaced key.
 * @param first the index of the first entry
 */
function checkRotations(
  entries: readonly Uint8Array[],
  first: number,
  rotations: readonly KeyRotation[],
  report: Report,
): void {
  for (const [at, entry] of entries.entries()) {
    const index = first + at
    if (!includes(entry, ROTATION_MARK) || rotations.some((rotation) => rotation.index === index)) continue
    const expected = `the proof of the rotation at entry ${index}`
    report({ kind: 'MISSING', where: 'rotations', expected, came: 'none' })
  }
}
