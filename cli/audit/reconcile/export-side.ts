import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { throwDamaged } from '../../../audit/finding.ts'
import { canonicalBytes } from '../../../audit/log/canonical.ts'
import { type CheckedCheckpoint, checkCheckpoint, type Policy, withRotations } from '../../../audit/note/policy.ts'
import { parseRotation, ROTATION_KIND } from '../../../audit/note/rotation.ts'
import { parseTlogProof, provesEntry } from '../../../audit/note/tlog-proof.ts'
import type { PlacedEntry } from '../../../audit/verify/read-entries.ts'
import { quorumTimeMs, type Side } from './sides.ts'

/** How many checkpoints stay verified. Neighbouring lines often have the same one. */
const MAX_CHECKPOINTS = 256

interface ExportLine {
  readonly at: number
  /** Whether it is the entry that counts the country's parts, which stands in the statement at the end of the export. */
  readonly isCounting: boolean
  readonly entry: unknown
  readonly proof: string
}

/**
 * Makes a side of a file that `istmo audit export` wrote: entries of one log, each with its proof. It reads the file twice: for the checkpoints,
 * and for the entries.
 * @throws {Error} if the file is not such a file.
 */
export async function sideOfExport(path: string, policies: readonly Policy[]): Promise<Side> {
  const policy = await followRotations(path, policies)
  const checks = new Map<string, CheckedCheckpoint>()
  const check = (note: string): CheckedCheckpoint => {
    const checked = checks.get(note) ?? checkCheckpoint(note, policy)
    checks.set(note, checked)
    const [oldest] = checks.keys()
    if (checks.size > MAX_CHECKPOINTS && oldest !== undefined) checks.delete(oldest)
    return checked
  }
  let [name, size, witnessedSize, witnessedMs] = ['', 0, 0, Number.NEGATIVE_INFINITY]
  let counting: ExportLine | undefined
  for await (const line of readLines(path)) {
    const { at, proof } = line
    if (line.isCounting) counting = line
    const checked = check(parseTlogProof(proof).checkpoint)
    const { origin } = checked.checkpoint
    if (name !== '' && name !== origin)
      throw new Error(`${path}: line ${at}: expected an entry of ${name}; came ${origin}`)
    name = origin
    size = Math.max(size, checked.checkpoint.size)
    const timeMs = quorumTimeMs(policy, checked)
    if (timeMs !== undefined && checked.checkpoint.size >= witnessedSize) {
      ;[witnessedSize, witnessedMs] = [checked.checkpoint.size, Math.max(witnessedMs, timeMs)]
    }
  }
  if (name === '') throw new Error(`${path}: expected a file of \`istmo audit export\`; came an empty one`)
  const isDemanded = policy.quorum !== 'none'
  return {
    ...{ name, size, isExport: true, isLive: false, timesFrom: null, checkpointAt: null },
    witnessed: {
      isDemanded,
      size: witnessedSize,
      timeMs: witnessedMs === Number.NEGATIVE_INFINITY ? null : witnessedMs,
    },
    anchorsNear: async () => [],
    entries: () => readEntriesOf(path, check, counting),
  }
}

/** Reads the entries in the order of the log. The entry that counts them comes from the end of the file to its place. */
async function* readEntriesOf(
  path: string,
  check: (note: string) => CheckedCheckpoint,
  counting: ExportLine | undefined,
): AsyncGenerator<PlacedEntry> {
  let last = -1
  let waiting = counting === undefined ? undefined : placeEntry(path, counting, check)
  for await (const line of readLines(path)) {
    if (line.isCounting || isRotation(line.entry)) continue
    const placed = placeEntry(path, line, check)
    if (placed.index <= last)
      throw new Error(`${path}: line ${line.at}: expected an entry after ${last}; came ${placed.index}`)
    last = placed.index
    if (waiting !== undefined && waiting.index <= placed.index) {
      if (waiting.index < placed.index) yield waiting
      waiting = undefined
    }
    yield placed
  }
  if (waiting !== undefined) yield waiting
}

/** Checks the proof of a line. @throws {LogDamagedError} if it does not prove the entry. */
function placeEntry(
  path: string,
  { at, entry, proof }: ExportLine,
  check: (note: string) => CheckedCheckpoint,
): PlacedEntry {
  const bytes = canonicalBytes(entry)
  const parsed = parseTlogProof(proof)
  if (!provesEntry(bytes, parsed, check(parsed.checkpoint).checkpoint)) {
    throwDamaged('RECEIPT', `${path}: line ${at}`, 'a proof of the entry beside it', 'another')
  }
  return { index: parsed.index, bytes }
}

/** Finds the trust policy for the export, and follows the rotations that the export brings along. */
async function followRotations(path: string, policies: readonly Policy[]): Promise<Policy> {
  const rotations = []
  let first: string | undefined
  for await (const { entry, proof } of readLines(path)) {
    if (isRotation(entry)) rotations.push(parseRotation(proof))
    first ??= parseTlogProof(proof).checkpoint
    // Rotations come first.
    if (!isRotation(entry)) break
  }
  const origin = first?.slice(0, first.indexOf('\n'))
  const policy = policies.find(({ logs }) => logs.some(({ verifier }) => verifier.name === origin)) ?? policies[0]
  if (policy === undefined) throw new Error('expected a trust policy; came nothing')
  return withRotations(policy, rotations)
}

function isRotation(entry: unknown): boolean {
  return (Object(entry) as { kind?: unknown }).kind === ROTATION_KIND
}

async function* readLines(path: string): AsyncGenerator<ExportLine> {
  let at = 0
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    at++
    if (text === '') continue
    const parsed = parseLine(path, at, text)
    const isCounting = parsed.export !== undefined
    const line = isCounting ? countingOf(parsed.export) : parsed
    // A statement that no entry counts the parts is not proven, and does not prove anything.
    if (line === undefined) continue
    const { entry, proof } = line
    if (typeof proof !== 'string' || entry === undefined) {
      throw new Error(`${path}: line ${at}: expected an entry and its proof; came something else`)
    }
    yield { at, isCounting, entry, proof }
  }
}

interface ParsedLine {
  readonly entry?: unknown
  readonly proof?: unknown
  readonly export?: unknown
}

/**
 * Finds the entry that counts the parts in the statement at the end of an export. Undefined if there is none, or if the export ends before the
 * log does: then the count is of more parts than the export has.
 */
function countingOf(statement: unknown): ParsedLine | undefined {
  const { counting, after } = Object(statement) as { counting?: unknown; after?: unknown }
  return counting == null || after != null ? undefined : (Object(counting) as ParsedLine)
}

function parseLine(path: string, at: number, text: string): ParsedLine {
  try {
    return Object(JSON.parse(text)) as ParsedLine
  } catch {
    throw new Error(`${path}: line ${at}: expected JSON; came something else`)
  }
}
