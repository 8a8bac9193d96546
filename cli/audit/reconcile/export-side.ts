import { throwDamaged } from '../../../audit/finding.ts'
import { canonicalBytes } from '../../../audit/log/canonical.ts'
import { type CheckedCheckpoint, checkCheckpoint, type Policy } from '../../../audit/note/policy.ts'
import { type KeyRotation, parseRotation } from '../../../audit/note/rotation.ts'
import { findTrustedName, nameOfLog } from '../../../audit/note/shard-name.ts'
import { parseTlogProof, provesEntry } from '../../../audit/note/tlog-proof.ts'
import type { WitnessedPart } from '../../../audit/reader/witnessed-part.ts'
import type { PlacedEntry } from '../../../audit/verify/read-entries.ts'
import { isCountryPart } from '../../../contract/audit-log/country-part.ts'
import { followAll } from '../check-proof.ts'
import { parseIfReadable } from '../readable-entries.ts'
import { type ExportLine, isRotation, readLines } from './export-lines.ts'
import { createWitnessing, type Witnessing } from './export-witnesses.ts'
import { mergeByIndex } from './merge-by-index.ts'
import { type PartBefore, placeShards, type Side } from './sides.ts'

/** How many checkpoints stay verified. Neighbouring lines often have the same one. */
const MAX_CHECKPOINTS = 256

/** A shard of the exported log: how many entries it had in the largest checkpoint of the files. */
interface ExportedShard {
  size: number
  readonly witnesses: Witnessing
}

/** How the lines of some files are verified and placed. */
interface Placing {
  readonly check: (note: string) => CheckedCheckpoint
  /** The index of the first entry of each shard, by its origin: an index counts over all shards, as in a log that is read itself. */
  readonly starts: ReadonlyMap<string, number>
}

/**
 * Makes a side of files that `istmo audit export` wrote of one log: each has entries with their proofs, of a range of times and of one or more shards. It
 * reads the files twice: for the checkpoints, and for the entries. Entries that several of the files have count once.
 * @throws {Error} if a file is not such a file, or the files are of several logs.
 */
export async function sideOfExports(paths: readonly string[], policies: readonly Policy[]): Promise<Side> {
  const policy = await followRotations(paths, policies)
  const check = rememberChecks(policy)
  const { shards, counting, before } = await survey(paths, policy, check)
  const name = [...shards.keys()].at(-1)
  if (name === undefined) throw new Error(`${paths[0]}: expected a file of \`istmo audit export\`; came an empty one`)
  const placed = placeShards([...shards].map(([origin, shard]) => [origin, shard.size]))
  const size = [...shards.values()].reduce((sum, shard) => sum + shard.size, 0)
  const placing = { check, starts: new Map([...placed].map(([origin, { start }]) => [origin, start])) }
  const parts = before.map((line) => placeEntry(line, placing))
  const first = parts.toSorted((one, other) => one.index - other.index)[0]
  return {
    name,
    size,
    isExport: true,
    isLive: false,
    timesFrom: null,
    checkpointAt: null,
    shards: placed,
    witnessed: policy.quorum === 'none' ? { isDemanded: false, size, timeMs: null } : joinWitnessed(shards),
    // A file without a part before its first one begins with the log.
    ...(first !== undefined && before.length === paths.length && { before: readPart(first) }),
    anchorsNear: async () => [],
    entries: () => readEntriesOf(paths, counting, placing),
  }
}

function rememberChecks(policy: Policy): Placing['check'] {
  const checks = new Map<string, CheckedCheckpoint>()
  return (note) => {
    const checked = checks.get(note) ?? checkCheckpoint(note, policy)
    checks.set(note, checked)
    const [oldest] = checks.keys()
    if (checks.size > MAX_CHECKPOINTS && oldest !== undefined) checks.delete(oldest)
    return checked
  }
}

interface Survey {
  /** The shards by their origins, oldest first. */
  readonly shards: ReadonlyMap<string, ExportedShard>
  /** The lines in the statements of the files. */
  readonly counting: readonly ExportLine[]
  readonly before: readonly ExportLine[]
}

/** Reads the checkpoint of each line. */
async function survey(paths: readonly string[], policy: Policy, check: Placing['check']): Promise<Survey> {
  const shards = new Map<string, ExportedShard>()
  const [counting, before]: [ExportLine[], ExportLine[]] = [[], []]
  let log: string | undefined
  for (const path of paths) {
    for await (const line of readLines(path)) {
      if (line.place === 'COUNTING') counting.push(line)
      if (line.place === 'BEFORE') before.push(line)
      const where = whereOf(line)
      const { checkpoint: note, index } = parseTlogProof(line.proof)
      const checked = check(note)
      const { origin, size } = checked.checkpoint
      log ??= nameOfLog(origin, policy)
      if (nameOfLog(origin, policy) !== log) throw new Error(`${where}: expected an entry of ${log}; came ${origin}`)
      const shard = shards.get(origin) ?? { size: 0, witnesses: createWitnessing() }
      shards.set(origin, shard)
      shard.size = Math.max(shard.size, size)
      shard.witnesses.push({ where, index, checked, timeMs: checked.quorumTime && checked.quorumTime * 1_000 })
    }
  }
  // The origins of the shards of a log sort like their times.
  const sorted = [...shards].sort(([one], [other]) => (one < other ? -1 : 1))
  return { shards: new Map(sorted), counting, before }
}

/** The part ends in the first shard that is not cosigned to its end, as in audit/reader/witnessed-part.ts. */
function joinWitnessed(shards: ReadonlyMap<string, ExportedShard>): WitnessedPart {
  const parts = [...shards.values()].map(({ size, witnesses }) => ({ all: size, ...witnesses.finish() }))
  let [cosigned, timeMs]: [number, number | null] = [0, null]
  for (const part of parts) {
    cosigned += part.size
    timeMs = part.timeMs ?? timeMs
    if (part.size < part.all) break
  }
  return { isDemanded: true, size: cosigned, timeMs }
}

/** Reads the entries in the order of the log. The entries that count the parts come from the ends of the files to their places. */
function readEntriesOf(
  paths: readonly string[],
  counting: readonly ExportLine[],
  placing: Placing,
): AsyncGenerator<PlacedEntry> {
  async function* readFile(path: string): AsyncGenerator<PlacedEntry> {
    let last = -1
    for await (const line of readLines(path)) {
      if (line.place !== 'LINE' || isRotation(line.entry)) continue
      const placed = placeEntry(line, placing)
      if (placed.index <= last)
        throw new Error(`${whereOf(line)}: expected an entry after ${last}; came ${placed.index}`)
      last = placed.index
      yield placed
    }
  }
  async function* readCounting(line: ExportLine): AsyncGenerator<PlacedEntry> {
    yield placeEntry(line, placing)
  }
  return mergeByIndex([...paths.map(readFile), ...counting.map(readCounting)])
}

/** Checks the proof of a line. @throws {LogDamagedError} if it does not prove the entry. */
function placeEntry(line: ExportLine, { check, starts }: Placing): PlacedEntry {
  const bytes = canonicalBytes(line.entry)
  const parsed = parseTlogProof(line.proof)
  const { checkpoint } = check(parsed.checkpoint)
  if (!provesEntry(bytes, parsed, checkpoint)) {
    throwDamaged('RECEIPT', whereOf(line), 'a proof of the entry beside it', 'another')
  }
  return { index: (starts.get(checkpoint.origin) ?? 0) + parsed.index, bytes }
}

function whereOf({ path, at }: ExportLine): string {
  return `${path}: line ${at}`
}

/** Finds the trust policy for the exports, and follows the rotations that they bring along. */
async function followRotations(paths: readonly string[], policies: readonly Policy[]): Promise<Policy> {
  const rotations = new Map<string, KeyRotation>()
  let first: string | undefined
  for (const path of paths) {
    for await (const { entry, proof } of readLines(path)) {
      if (isRotation(entry)) rotations.set(proof, parseRotation(proof))
      first ??= parseTlogProof(proof).checkpoint
      // Rotations come first.
      if (!isRotation(entry)) break
    }
  }
  return followAll(policyFor(first, policies), [...rotations.values()])
}

/** Returns the first trust policy that names the log of a checkpoint, else the first one. */
function policyFor(note: string | undefined, policies: readonly Policy[]): Policy {
  const origin = note?.slice(0, note.indexOf('\n')) ?? ''
  const policy = policies.find((each) => findTrustedName(origin, each) !== undefined) ?? policies[0]
  if (policy === undefined) throw new Error('expected a trust policy; came nothing')
  return policy
}

/** Returns the name of the log that a file is an export of, without any check; the empty text if the file has no entry. */
export async function readLogName(path: string, policies: readonly Policy[]): Promise<string> {
  for await (const { proof } of readLines(path)) {
    const { checkpoint } = parseTlogProof(proof)
    return nameOfLog(checkpoint.slice(0, checkpoint.indexOf('\n')), policyFor(checkpoint, policies))
  }
  return ''
}

/** Reads which part of which country an entry is; null if it is none. */
function readPart({ bytes }: PlacedEntry): PartBefore | null {
  // An entry of a later version says nothing to this one.
  const entry = parseIfReadable(bytes)
  if (entry === null || !isCountryPart(entry)) return null
  return { country: entry.country, seq: entry.seq, timeMs: Date.parse(entry.time) }
}
