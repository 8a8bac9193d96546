import { HASH_BYTES, hashLeaf, isSameHash } from '../merkle/hash.ts'
import { TILE_WIDTH, tilePath } from '../merkle/tile-path.ts'
import { formatBase64 } from '../note/base64.ts'
import { type KeyRotation, ROTATION_KIND } from '../note/rotation.ts'
import type { LogSource } from './source.ts'
import { decodeEntries, type Report, readFileOf, readTileFile } from './tile-files.ts'

/** Receives the entries of one bundle in order. `first` is the index of the first of them. */
export type EntriesCheck = (entries: readonly Uint8Array[], first: number, report: Report) => void

/** What {@link readLeafFiles} and {@link checkLeaves} work with. */
export interface LeafOptions {
  readonly rotations: readonly KeyRotation[]
  /** Does not read the entries. */
  readonly hashesOnly: boolean
  /** A further check of the entries, of which this room knows nothing. */
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
  { hashesOnly }: Pick<LeafOptions, 'hashesOnly'>,
): Promise<LeafFiles> {
  const [tileFindings, bundleFindings]: [Parameters<Report>[0][], Parameters<Report>[0][]] = [[], []]
  const [tile, bundle] = await Promise.all([
    readTileFile(source, { level: 0, index, width }, (finding) => void tileFindings.push(finding)),
    hashesOnly
      ? undefined
      : readFileOf(source, { level: 'entries', index, width }, (finding) => void bundleFindings.push(finding)),
  ])
  return { index, width, tile, bundle, findings: [...tileFindings, ...bundleFindings] }
}

/** Checks the entries against the hashes of the tile. Returns the hashes; if the tile is missing, those of the entries. */
export function checkLeaves(
  { index, width, tile, bundle, findings }: LeafFiles,
  { rotations, checkEntries }: LeafOptions,
  report: Report,
): Uint8Array | undefined {
  for (const finding of findings) report(finding)
  const bundleId = { level: 'entries' as const, index, width }
  const first = index * TILE_WIDTH
  const entries = bundle && decodeEntries(bundle, bundleId, report)
  if (entries === undefined) return tile
  if (bundle !== undefined && isMarked(bundle)) checkRotations(entries, first, rotations, report)
  const hashes = entries.map(hashLeaf)
  for (const [at, came] of hashes.entries()) {
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
  return tile ?? (hashes.length === width ? Buffer.concat(hashes) : undefined)
}

/** What each entry of a rotation contains: its kind as RFC 8785 writes it. In a text of another entry, the quotes are escaped. */
const ROTATION_MARK = Buffer.from(`"kind":"${ROTATION_KIND}"`)

function isMarked(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(ROTATION_MARK)
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
    if (!isMarked(entry) || rotations.some((rotation) => rotation.index === index)) continue
    const expected = `the proof of the rotation at entry ${index}`
    report({ kind: 'MISSING', where: 'rotations', expected, came: 'none' })
  }
}
