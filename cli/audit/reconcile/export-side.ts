import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { throwDamaged } from '../../../audit/finding.ts'
import { canonicalBytes } from '../../../audit/log/canonical.ts'
import { formatBase64 } from '../../../audit/note/base64.ts'
import { type CheckedCheckpoint, checkCheckpoint, type Policy, withRotations } from '../../../audit/note/policy.ts'
import { parseRotation, ROTATION_KIND } from '../../../audit/note/rotation.ts'
import { parseTlogProof, provesEntry } from '../../../audit/note/tlog-proof.ts'
import { quorumTimeMs } from '../../../audit/reader/witnessed-part.ts'
import type { PlacedEntry } from '../../../audit/verify/read-entries.ts'
import { isCountryPart } from '../../../contract/audit-log/country-part.ts'
import { parseEntry } from '../../../contract/audit-log/entry.ts'
import type { PartBefore, Side } from './sides.ts'

/** How many checkpoints stay verified. Neighbouring lines often have the same one. */
const MAX_CHECKPOINTS = 256

interface ExportLine {
  readonly at: number
  /**
   * `COUNTING`: the entry that counts the country's parts. `BEFORE`: the country's part before the first one of the export. Both stand in the statement at
   * the end of the export.
   */
  readonly place: 'LINE' | 'COUNTING' | 'BEFORE'
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
  let [name, size] = ['', 0]
  const witnesses = createWitnessing(path)
  let [counting, before]: [ExportLine | undefined, ExportLine | undefined] = [undefined, undefined]
  for await (const line of readLines(path)) {
    const { at, proof } = line
    if (line.place === 'COUNTING') counting = line
    if (line.place === 'BEFORE') before = line
    const { checkpoint, index } = parseTlogProof(proof)
    const checked = check(checkpoint)
    const { origin } = checked.checkpoint
    if (name !== '' && name !== origin)
      throw new Error(`${path}: line ${at}: expected an entry of ${name}; came ${origin}`)
    name = origin
    size = Math.max(size, checked.checkpoint.size)
    witnesses.push({ at, index, checked, timeMs: quorumTimeMs(policy, checked) })
  }
  if (name === '') throw new Error(`${path}: expected a file of \`istmo audit export\`; came an empty one`)
  const isDemanded = policy.quorum !== 'none'
  return {
    ...{ name, size, isExport: true, isLive: false, timesFrom: null, checkpointAt: null },
    witnessed: isDemanded ? { isDemanded, ...witnesses.finish() } : { isDemanded, size, timeMs: null },
    ...(before !== undefined && { before: readPart(placeEntry(path, before, check)) }),
    anchorsNear: async () => [],
    entries: () => readEntriesOf(path, check, counting),
  }
}

/** A line with its checkpoint. `timeMs`: when a quorum had cosigned it; undefined if it has no quorum. */
interface WitnessedLine {
  readonly at: number
  readonly index: number
  readonly checked: CheckedCheckpoint
  readonly timeMs: number | undefined
}

/**
 * Finds how much of an export is cosigned. `export` proves each entry under a cosigned checkpoint if there is one that has it. So a line without a quorum
 * that is older than a cosigned line is not of the log that the witnesses saw: only the key of the log signed such a line.
 */
function createWitnessing(path: string) {
  let [size, timeMs]: [number, number | null] = [0, null]
  const cosigned = new Set<string>()
  /** The first entry under each checkpoint without a quorum. */
  const others = new Map<string, WitnessedLine>()
  const nameOf = ({ checkpoint }: CheckedCheckpoint): string => `${checkpoint.size} ${formatBase64(checkpoint.root)}`
  return {
    push(line: WitnessedLine): void {
      const name = nameOf(line.checked)
      if (line.timeMs === undefined) {
        if (line.index < (others.get(name)?.index ?? Number.POSITIVE_INFINITY)) others.set(name, line)
        return
      }
      cosigned.add(name)
      if (line.checked.checkpoint.size < size) return
      ;[size, timeMs] = [line.checked.checkpoint.size, Math.max(timeMs ?? 0, line.timeMs)]
    },
    finish(): { readonly size: number; readonly timeMs: number | null } {
      for (const [name, { at, index }] of others) {
        if (cosigned.has(name) || index >= size) continue
        const expected = `a checkpoint in quorum, because a quorum cosigned ${size} entries`
        throwDamaged('NO_QUORUM', `${path}: line ${at}`, expected, 'one without a quorum')
      }
      return { size, timeMs }
    },
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
    if (line.place !== 'LINE' || isRotation(line.entry)) continue
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
    const lines = parsed.export === undefined ? [{ ...parsed, place: 'LINE' as const }] : statedLines(parsed.export)
    for (const { place, entry, proof } of lines) {
      if (typeof proof !== 'string' || entry === undefined) {
        throw new Error(`${path}: line ${at}: expected an entry and its proof; came something else`)
      }
      yield { at, place, entry, proof }
    }
  }
}

interface ParsedLine {
  readonly entry?: unknown
  readonly proof?: unknown
  readonly export?: unknown
}

/**
 * Lists the entries in the statement at the end of an export. Not the one that counts the parts if the export ends before the log does: then the count is of
 * more parts than the export has. A statement without an entry does not prove anything.
 */
function statedLines(statement: unknown): readonly (ParsedLine & Pick<ExportLine, 'place'>)[] {
  const { before, counting, after } = Object(statement) as Record<string, unknown>
  return [
    ...(before == null ? [] : [{ ...(Object(before) as ParsedLine), place: 'BEFORE' as const }]),
    ...(counting == null || after != null ? [] : [{ ...(Object(counting) as ParsedLine), place: 'COUNTING' as const }]),
  ]
}

/** Reads which part of which country an entry is; null if it is none. */
function readPart({ bytes }: PlacedEntry): PartBefore | null {
  try {
    const entry = parseEntry(bytes)
    return isCountryPart(entry) ? { country: entry.country, seq: entry.seq, timeMs: Date.parse(entry.time) } : null
  } catch {
    // An entry of a later version says nothing to this one.
    return null
  }
}

function parseLine(path: string, at: number, text: string): ParsedLine {
  try {
    return Object(JSON.parse(text)) as ParsedLine
  } catch {
    throw new Error(`${path}: line ${at}: expected JSON; came something else`)
  }
}
