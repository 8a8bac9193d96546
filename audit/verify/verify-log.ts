import { setTimeout as sleep } from 'node:timers/promises'
import type { Finding } from '../finding.ts'
import { createGrowingTree, type GrowingTree } from '../log/growing-tree.ts'
import { EMPTY_ROOT, HASH_BYTES, hashLeaf, isSameHash } from '../merkle/hash.ts'
import { TILE_WIDTH, tilePath, tileWidth } from '../merkle/tile-path.ts'
import { formatBase64 } from '../note/base64.ts'
import { type Checkpoint, parseCheckpoint } from '../note/checkpoint.ts'
import { NoteError } from '../note/key.ts'
import { parseNote } from '../note/note.ts'
import { checkCheckpoint, type Policy, withRotations } from '../note/policy.ts'
import { type KeyRotation, ROTATION_KIND, rotationPath } from '../note/rotation.ts'
import { type Claims, createClaims, type FoundNote, readHistory, type WitnessedHead } from './claims.ts'
import { readRotations } from './read-rotations.ts'
import type { LogSource } from './source.ts'
import { decodeEntries, type Report, readFileOf, readTileFile } from './tile-files.ts'

/**
 * Verifies a complete log offline, using only its files. It checks each entry against its leaf, each tile against the tiles below
 * it, the root, each checkpoint of the history against the tree, the signatures, the rotations of the key, and how much of the log witnesses have cosigned.
 */

/** How many findings are in the report. Further ones are only counted. */
const MAX_FINDINGS = 100

/** How long a live log has to publish what it has already signed, in milliseconds: the time of four publications. */
const DEFAULT_SETTLE_MS = 1_000

/** The options of a verification. */
export interface VerifyOptions {
  /** Checkpoints of this log from somewhere else, as notes: from receipts, from a witness, from an earlier verification. */
  readonly known?: readonly FoundNote[]
  /**
   * A log signs a checkpoint a moment before it publishes it. If somebody has a checkpoint that the log has not published, the
   * verification waits this long, in milliseconds, and reads the log's checkpoint again. The default is 1,000.
   */
  readonly settleMs?: number
  /** Called from time to time with the progress, in entries. */
  readonly onProgress?: (done: number, total: number) => void
}

/** The result of a verification. The log is intact if `findings` is empty. */
export interface VerifyReport {
  readonly source: string
  /** The origin in the checkpoint; empty if the checkpoint cannot be read. */
  readonly origin: string
  /** The size in the checkpoint; 0 if the checkpoint cannot be read. */
  readonly size: number
  /** The root of the tiles, in Base 64. */
  readonly root: string
  /** The part of the log that a quorum of witnesses has cosigned; undefined if there is none. */
  readonly witnessed: WitnessedHead | undefined
  readonly findings: readonly Finding[]
  /** How many more findings there were, which are not in the list. */
  readonly further: number
}

/** Verifies a log. Reports everything that is wrong, and rejects only if the source cannot be read. */
export async function verifyLog(
  source: LogSource,
  trusted: Policy,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const findings: Finding[] = []
  let further = 0
  const report = (finding: Finding): void => {
    if (findings.length < MAX_FINDINGS) findings.push(finding)
    else further++
  }
  const { rotations, policy } = await readKeys(source, trusted, report)
  const head = await readHead(source, policy, report)
  const size = head?.checkpoint.size ?? 0
  const history = await readHistory(source, size, report)
  const notes = [
    ...history,
    ...rotations.map(({ checkpoint }, at) => ({ note: checkpoint, where: rotationPath(at) })),
    ...(options.known ?? []).filter(({ note }) => isOf(note, head?.checkpoint.origin)),
    ...(head === undefined ? [] : [{ note: head.note, where: 'checkpoint' }]),
  ]
  const claims = createClaims(
    notes.filter(uniquely()),
    policy,
    head?.isSigned === false ? ignoring('checkpoint', report) : report,
  )
  const tree = await walk(source, size, { claims, rotations }, report, options.onProgress)
  await checkBeyond(source, policy, claims.beyond(size), size, options.settleMs ?? DEFAULT_SETTLE_MS, report)
  checkRoot(head?.checkpoint, tree, report)
  checkQuorum(policy, size, claims, report)
  const origin = head?.checkpoint.origin ?? ''
  const root = formatBase64(tree.size() === 0 ? EMPTY_ROOT : tree.head())
  return { source: source.name, origin, size, root, witnessed: claims.witnessed(), findings, further }
}

/** Reads the rotations of the log's key. Reports a wrong one, and then trusts only the keys of the trust policy. */
async function readKeys(
  source: LogSource,
  policy: Policy,
  report: Report,
): Promise<{ readonly rotations: readonly KeyRotation[]; readonly policy: Policy }> {
  try {
    const rotations = await readRotations(source)
    return { rotations, policy: withRotations(policy, rotations) }
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    const expected = 'rotations that lead to a key of the trust policy'
    report({ kind: 'SIGNATURE', where: 'rotations', expected, came: error.message })
    return { rotations: [], policy }
  }
}

interface Head {
  readonly note: string
  readonly checkpoint: Checkpoint
  readonly isSigned: boolean
}

/** Reads the checkpoint. Reports a wrong signature, but still returns the checkpoint, because its size says what else to check. */
async function readHead(source: LogSource, policy: Policy, report: Report): Promise<Head | undefined> {
  const bytes = await source.read('checkpoint')
  if (bytes === undefined) {
    report({ kind: 'MISSING', where: 'checkpoint', expected: 'a file', came: 'none' })
    return undefined
  }
  const note = Buffer.from(bytes).toString('utf8')
  try {
    return { note, checkpoint: checkCheckpoint(bytes, policy).checkpoint, isSigned: true }
  } catch (error) {
    report({
      kind: 'SIGNATURE',
      where: 'checkpoint',
      expected: 'a checkpoint that the log of the trust policy signed',
      came: (error as Error).message,
    })
  }
  try {
    return { note, checkpoint: parseCheckpoint(parseNote(bytes).text), isSigned: false }
  } catch {
    return undefined
  }
}

/** Checks whether a note is a checkpoint of this origin, or cannot be parsed. Checkpoints of other logs say nothing about this one. */
function isOf(note: string, origin: string | undefined): boolean {
  try {
    return origin === undefined || parseCheckpoint(parseNote(note).text).origin === origin
  } catch {
    return true
  }
}

/** Creates a report that ignores a file about which something is already reported. */
function ignoring(where: string, report: Report): Report {
  return (finding) => {
    if (finding.where !== where) report(finding)
  }
}

function uniquely(): (found: FoundNote) => boolean {
  const seen = new Set<string>()
  return ({ note }) => !seen.has(note) && seen.add(note).size > 0
}

/** Walks along the leaves, tile by tile, and builds the tree again from their hashes. */
async function walk(
  source: LogSource,
  size: number,
  { claims, rotations }: { readonly claims: Claims; readonly rotations: readonly KeyRotation[] },
  report: Report,
  onProgress: VerifyOptions['onProgress'],
): Promise<GrowingTree> {
  const tree = createGrowingTree({ size: 0, tiles: [] }, async () =>
    Promise.reject(new RangeError('the tile was released')),
  )
  claims.check(0, () => EMPTY_ROOT)
  for (let index = 0; index * TILE_WIDTH < size; index++) {
    const width = tileWidth(0, index, size)
    const leaves = await readLeaves(source, { index, width }, rotations, report)
    if (leaves === undefined) break
    for (let at = 0; at < width; at++) {
      tree.push(leaves.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES))
      claims.check(tree.size(), tree.head)
    }
    await checkHigherTiles(source, tree, size, report)
    tree.release(tree.size())
    onProgress?.(tree.size(), size)
  }
  return tree
}

/** Reads the leaves' hashes from the tile, and checks the entries against them. If the tile is missing, computes them from the entries. */
async function readLeaves(
  source: LogSource,
  { index, width }: { readonly index: number; readonly width: number },
  rotations: readonly KeyRotation[],
  report: Report,
): Promise<Uint8Array | undefined> {
  const tileId = { level: 0, index, width }
  const bundleId = { level: 'entries' as const, index, width }
  // Both files are read at the same time, but their findings are reported in a fixed order.
  const [tileFindings, bundleFindings]: [Finding[], Finding[]] = [[], []]
  const [tile, bundle] = await Promise.all([
    readTileFile(source, tileId, (finding) => void tileFindings.push(finding)),
    readFileOf(source, bundleId, (finding) => void bundleFindings.push(finding)),
  ])
  for (const finding of [...tileFindings, ...bundleFindings]) report(finding)
  const entries = bundle && decodeEntries(bundle, bundleId, report)
  if (entries === undefined) return tile
  if (bundle !== undefined && isMarked(bundle)) checkRotations(entries, index * TILE_WIDTH, rotations, report)
  const hashes = entries.map(hashLeaf)
  for (const [at, came] of hashes.entries()) {
    const expected = tile?.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)
    if (expected === undefined || isSameHash(expected, came)) continue
    const where = `entry ${index * TILE_WIDTH + at} in ${tilePath(bundleId)}`
    report({
      kind: 'ENTRY',
      where,
      expected: `${formatBase64(expected)} in ${tilePath(tileId)}`,
      came: formatBase64(came),
    })
  }
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

/** Checks each tile above the leaves against the tiles below it, as soon as it is full or, at the end of the log, final. */
async function checkHigherTiles(source: LogSource, tree: GrowingTree, size: number, report: Report): Promise<void> {
  const isAtEnd = tree.size() === size
  for (let level = 1; TILE_WIDTH ** level <= tree.size(); level++) {
    const span = TILE_WIDTH ** (level + 1)
    const isComplete = tree.size() % span === 0
    if (!isComplete && !isAtEnd) continue
    const index = Math.ceil(tree.size() / span) - 1
    const id = { level, index, width: tileWidth(level, index, size) }
    if (id.width === 0) continue
    const [stored, built] = [await readTileFile(source, id, report), (await tree.readTile(id)).bytes(id.width)]
    for (let at = 0; stored !== undefined && at < id.width; at++) {
      const [came, expected] = [stored, built].map((bytes) => bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES))
      if (came === undefined || expected === undefined || isSameHash(came, expected)) continue
      const below = tilePath({ level: level - 1, index: index * TILE_WIDTH + at, width: TILE_WIDTH })
      report({
        kind: 'TILE',
        where: `hash ${at} of ${tilePath(id)}`,
        expected: `${formatBase64(expected)} from ${below}`,
        came: formatBase64(came),
      })
    }
  }
}

/** Reports a root that cannot be computed because tiles are missing. `Claims.check` checks the roots that can be. */
function checkRoot(checkpoint: Checkpoint | undefined, tree: GrowingTree, report: Report): void {
  if (checkpoint === undefined || tree.size() === checkpoint.size) return
  const came = `none: the tiles end at ${tree.size()}`
  report({
    kind: 'ROOT',
    where: `checkpoint of size ${checkpoint.size}`,
    expected: formatBase64(checkpoint.root),
    came,
  })
}

/** Reports a rollback if somebody has a larger checkpoint than the log, unless the log has published as much by now. */
async function checkBeyond(
  source: LogSource,
  policy: Policy,
  beyond: ReturnType<Claims['beyond']>,
  size: number,
  settleMs: number,
  report: Report,
): Promise<void> {
  if (beyond === undefined) return
  await sleep(settleMs)
  const head = await readHead(source, policy, () => undefined)
  if (head?.isSigned && head.checkpoint.size >= beyond.size) return
  const expected = `at least the ${beyond.size} entries of a checkpoint that was signed`
  report({ kind: 'ROLLBACK', where: beyond.where, expected, came: `${size} entries` })
}

function checkQuorum({ quorum }: Policy, size: number, claims: Claims, report: Report): void {
  const seen = claims.witnessed()?.size ?? 0
  if (quorum === 'none' || seen >= size) return
  report({
    kind: 'NO_QUORUM',
    where: `entries from ${seen} on`,
    expected: `a checkpoint of size ${size} in quorum ${quorum}`,
    came: `one of size ${seen}`,
  })
}

/** Verifies several logs under one trust policy. A missing log of the trust policy is a finding (docs/design/audit-log.md, The log). */
export async function verifyLogs(
  sources: readonly LogSource[],
  policy: Policy,
  options: VerifyOptions = {},
): Promise<{ readonly reports: readonly VerifyReport[]; readonly findings: readonly Finding[] }> {
  const reports: VerifyReport[] = []
  for (const source of sources) reports.push(await verifyLog(source, policy, options))
  return { reports, findings: findMissingLogs(policy, reports) }
}

/** Reports each log of a trust policy that is not among the verified ones. */
export function findMissingLogs(policy: Policy, reports: readonly Pick<VerifyReport, 'origin'>[]): readonly Finding[] {
  const missing = policy.logs.filter(({ verifier }) => !reports.some(({ origin }) => origin === verifier.name))
  return missing.map(({ verifier }): Finding => {
    return { kind: 'ORIGIN', where: verifier.name, expected: 'a log of the trust policy', came: 'none of that origin' }
  })
}
