import { hash } from 'node:crypto'
import { LogDamagedError, throwDamaged } from '../../audit/finding.ts'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { decodeNotes, historyPath } from '../../audit/log/history.ts'
import { formatBase64 } from '../../audit/note/base64.ts'
import { formatCheckpoint } from '../../audit/note/checkpoint.ts'
import { NoteError } from '../../audit/note/key.ts'
import { type CheckedCheckpoint, checkCheckpoint, type Policy } from '../../audit/note/policy.ts'
import { type KeyRotation, parseRotation } from '../../audit/note/rotation.ts'
import { findTrustedName, nameOfLog } from '../../audit/note/shard-name.ts'
import { parseTlogProof, provesEntry } from '../../audit/note/tlog-proof.ts'
import {
  type ChainedReader,
  findWitnessedPart,
  type LogReader,
  newestOfNotes,
  readTimes,
  type WitnessedPart,
} from '../../audit/reader/log-reader.ts'
import { findSalt } from '../../audit/salts/salts.ts'
import type { PlacedEntry } from '../../audit/verify/read-log.ts'
import { isCountryPart } from '../../contract/audit-log/country-part.ts'
import { type ExportStatement, followAll, isRotation, parseExportLine } from '../check-export.ts'
import { listExportFiles, listLogs, openReader, readExportLines } from '../inputs.ts'
import { parseIfReadable } from '../readable-entries.ts'
import { type Difference, ofLog } from './classes.ts'

/** One side of a comparison: a log, or what somebody was given of it. */
export interface Side {
  /** The origin of the log. */
  readonly name: string
  /** The size of the tree in its newest checkpoint. */
  readonly size: number
  /** Whether it is an export: then entries are missing that do not concern the reader. */
  readonly isExport: boolean
  /** Whether it is read while its owner writes it, so that the reader's clock says how old it is. */
  readonly isLive: boolean
  /** Yields the entries in order, beginning with entry `from`. Throws a LogDamagedError if one is not in the tree. */
  readonly entries: (from?: number) => AsyncGenerator<PlacedEntry>
  /** Reads the times of up to `count` entries from an index on; null if the side can only be read from its beginning. */
  readonly timesFrom: ((index: number, count: number) => Promise<readonly number[]>) | null
  /** The log's shards by their origins, oldest first. A log that is not divided has one. */
  readonly shards: ReadonlyMap<string, ShardOfSide>
  /** Returns the SHA-256 of the text of a shard's checkpoint of a size, which receipts name; null if the side does not know its trees. */
  readonly checkpointAt: ((origin: string, size: number) => Promise<string>) | null
  readonly witnessed: WitnessedPart
  /** Of an export: the country's part before its first one, by which it proves where it begins; null or absent without. */
  readonly before?: PartBefore | null
  /** Returns some cosigned checkpoints from the time when the log had about `index` entries, the smallest first. */
  readonly anchorsNear: (index: number) => Promise<readonly Anchor[]>
}

/** A shard: the index of its first entry among all entries of the side, and how many it has. Receipts count in their shard. */
export interface ShardOfSide {
  readonly start: number
  readonly size: number
}

/** A country's part, by its number and its time in milliseconds since the epoch. */
export interface PartBefore {
  readonly country: string
  readonly seq: number
  readonly timeMs: number
}

/** A checkpoint that a quorum cosigned: the log had `size` entries at this time, in milliseconds since the epoch. */
export interface Anchor {
  readonly size: number
  readonly timeMs: number
}

/** Makes a side of a log. Rejects with a LogDamagedError if the newest cosigned checkpoint is not of its tree. */
export async function sideOfLog(reader: LogReader | ChainedReader, isLive: boolean): Promise<Side> {
  const { name } = reader.log
  const all = 'shards' in reader ? reader.shards : [reader]
  const readers = new Map(all.map((shard) => [shard.head.checkpoint.origin, shard]))
  const { size } = reader.head.checkpoint
  const isDemanded = reader.policy.quorum !== 'none'
  return {
    name,
    size,
    isExport: false,
    isLive,
    entries: reader.entries,
    timesFrom: (index, count) => readTimes(reader.entries(index), count),
    shards: placeShards([...readers].map(([origin, { head }]) => [origin, head.checkpoint.size])),
    async checkpointAt(origin, at) {
      const root = await (readers.get(origin) ?? reader).root(at)
      return hash('sha256', formatCheckpoint({ origin, size: at, root }))
    },
    witnessed: await findWitnessedPart(reader),
    anchorsNear: isDemanded ? createAnchors(reader) : async () => [],
  }
}

/** Places shards one behind another, by their origins and sizes. */
export function placeShards(sizes: readonly (readonly [string, number])[]): Side['shards'] {
  let end = 0
  return new Map(
    sizes.map(([origin, size]) => {
      end += size
      return [origin, { start: end - size, size }]
    }),
  )
}

/** How many checkpoints of one file of the history are verified. Each takes some tenths of a millisecond. */
const ANCHORS_PER_FILE = 32

/** Reads some cosigned checkpoints of each file of the history, and keeps those of the last files. */
function createAnchors(reader: LogReader | ChainedReader): Side['anchorsNear'] {
  const read = new Map<string, Promise<readonly Anchor[]>>()
  return async (index) => {
    const isInShard = 'placeOf' in reader && index < reader.head.checkpoint.size
    const place = isInShard ? reader.placeOf(index) : { reader, index }
    const path = historyPath(place.index)
    const key = `${place.reader.log.name} ${path}`
    const anchors = read.get(key) ?? readAnchors(path, place.reader)
    read.set(key, anchors)
    const [oldest] = read.keys()
    if (read.size > 4 && oldest !== undefined) read.delete(oldest)
    // The checkpoints of a shard count its own entries.
    const start = index - place.index
    return (await anchors).map(({ size, timeMs }) => ({ size: start + size, timeMs }))
  }
}

async function readAnchors(path: string, reader: LogReader): Promise<readonly Anchor[]> {
  const { notes } = decodeNotes((await reader.source.read(path)) ?? new Uint8Array())
  // A note with one signature is only the log's own.
  const cosigned = notes.filter((note) => note.split('\n\u2014 ').length > 2)
  const step = Math.max(1, Math.ceil(cosigned.length / ANCHORS_PER_FILE))
  const picked = cosigned.filter((_, at) => (cosigned.length - 1 - at) % step === 0)
  const anchors = picked.flatMap((note) => {
    const found = newestOfNotes([note], reader)
    return found === undefined ? [] : [{ size: found.checkpoint.size, timeMs: found.timeMs }]
  })
  return anchors.sort((one, other) => one.size - other.size)
}

/** Opens one side of a comparison: the folder of a log, its URL, a file of `istmo audit export`, or a folder with such files of one log. */
export async function openSide(place: string, policies: readonly Policy[]): Promise<Side> {
  const isUrl = /^https?:\/\//.test(place)
  const files = await listExportFiles(place)
  if (files.length > 0) return sideOfExports(files, policies)
  const reader = await openReader(place, policies).catch((error: unknown) => throwOf(place, error))
  return sideOfLog(nameInErrors(reader, place), isUrl)
}

/** A comparison reads several logs, so what is wrong with one of them must say with which. */
function nameInErrors(reader: ChainedReader, place: string): ChainedReader {
  const shards = reader.shards.map((shard): LogReader => {
    return { ...shard, root: (size) => shard.root(size).catch((error: unknown) => throwOf(place, error)) }
  })
  return {
    ...reader,
    shards,
    async *entries(from) {
      try {
        yield* reader.entries(from)
      } catch (error) {
        throwOf(place, error)
      }
    },
  }
}

/** Throws the error of a log again, with the place of the log in it. */
function throwOf(place: string, error: unknown): never {
  if (error instanceof LogDamagedError) {
    throw new LogDamagedError(error.findings.map((found) => ({ ...found, where: `${place}: ${found.where}` })))
  }
  if (error instanceof NoteError) throw new NoteError(`${place}: ${error.message}`)
  throw error
}

/**
 * Opens each log of a gateway: one, or those of its workers, below their home or from several places. All files of exports of one log, in folders or named
 * one by one, are one side.
 */
export async function openSides(places: readonly string[], policies: readonly Policy[]): Promise<readonly Side[]> {
  const given = await Promise.all(places.map(async (place) => ({ place, files: await listExportFiles(place) })))
  const logs = await Promise.all(given.flatMap(({ place, files }) => (files.length === 0 ? [listLogs(place)] : [])))
  const files = [...new Set(given.flatMap((each) => each.files))]
  const named = await Promise.all(files.map(async (file) => ({ file, log: await readLogName(file, policies) })))
  const exports = [...Map.groupBy(named, ({ log }) => log).values()]
  return Promise.all([
    ...logs.flat().map((place) => openSide(place, policies)),
    ...exports.map((own) =>
      sideOfExports(
        own.map(({ file }) => file),
        policies,
      ),
    ),
  ])
}

/** How many entries of a log are read to find out whose log it is. */
const FIRST_ENTRIES = 100

/** Reads whose log it is: the code of a country, or null for a gateway's. Rejects if it is neither. */
export async function readOwner({ entries, name }: Side): Promise<string | null> {
  let read = 0
  for await (const { bytes } of entries()) {
    const owner = ownerIn(bytes)
    if (owner !== undefined) return owner
    read++
    if (read === FIRST_ENTRIES) break
  }
  throw new Error(`${name} is neither the log of a country nor that of a gateway: expected it in its first entries`)
}

function ownerIn(bytes: Uint8Array): string | null | undefined {
  const entry = parseIfReadable(bytes)
  if (entry === null) return undefined
  if ('node' in entry) return 'country' in entry && entry.kind !== 'node-reconciliation' ? entry.country : undefined
  return 'gateway' in entry && entry.kind !== 'oversight' ? null : undefined
}

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

/** The part ends in the first shard that is not cosigned to its end, as `findWitnessedPart` of audit/reader/log-reader.ts has it. */
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
      if (line.place !== 'LINE' || isRotation(line)) continue
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
      if (isRotation({ entry })) rotations.set(proof, parseRotation(proof))
      first ??= parseTlogProof(proof).checkpoint
      // Rotations come first.
      if (!isRotation({ entry })) break
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

/** Reads the lines of files of `istmo audit export` (check-export.ts). Nothing is verified. */

/** One entry of an export, with where it stands. */
export interface ExportLine {
  readonly path: string
  /** The number of the line in the file. */
  readonly at: number
  /**
   * `COUNTING`: the entry that counts the country's parts. `BEFORE`: the country's part before the first one of the export. Both stand in the statement at
   * the end of the export.
   */
  readonly place: 'LINE' | 'COUNTING' | 'BEFORE'
  readonly entry: unknown
  readonly proof: string
}

/** Yields the entries of a file, with those of its statement. Rejects if a line is not a line of an export. */
export async function* readLines(path: string): AsyncGenerator<ExportLine> {
  let at = 0
  for await (const text of readExportLines(path)) {
    at++
    if (text === '') continue
    const parsed = parseExportLine(path, text, at)
    const lines = 'export' in parsed ? statedLines(parsed.export) : [{ ...parsed, place: 'LINE' as const }]
    for (const { place, entry, proof } of lines) {
      if (typeof proof !== 'string' || entry === undefined)
        throw new Error(`${path}: line ${at}: expected an entry and its proof`)
      yield { path, at, place, entry, proof }
    }
  }
}

/**
 * Lists the entries in the statement at the end of an export. Not the one that counts the parts if the export ends before the log does: then the count is of
 * more parts than the export has. A statement without an entry does not prove anything.
 */
function statedLines(statement: ExportStatement) {
  // Nobody has checked its form.
  const { before, counting, after } = Object(statement) as ExportStatement
  return [
    ...(before == null ? [] : [{ ...before, place: 'BEFORE' as const }]),
    ...(counting == null || after != null ? [] : [{ ...counting, place: 'COUNTING' as const }]),
  ]
}

/** A line with its checkpoint. */
export interface WitnessedLine {
  /** Where the line stands, for people. */
  readonly where: string
  readonly index: number
  readonly checked: CheckedCheckpoint
  /** When a quorum had cosigned the checkpoint, in milliseconds since the epoch; undefined if it has no quorum. */
  readonly timeMs: number | undefined
}

/** Finds how much of one shard of an export is cosigned. */
type Witnessing = ReturnType<typeof createWitnessing>

/**
 * Creates the search. `export` proves each entry under a cosigned checkpoint if there is one that has it. So a line without a quorum
 * that is older than a cosigned line is not of the log that the witnesses saw: only the key of the log signed such a line.
 */
export function createWitnessing() {
  let [size, timeMs]: [number, number | null] = [0, null]
  const cosigned = new Set<string>()
  /** The first entry under each checkpoint without a quorum. */
  const others = new Map<string, WitnessedLine>()
  const nameOf = ({ checkpoint }: CheckedCheckpoint): string => `${checkpoint.size} ${formatBase64(checkpoint.root)}`
  return {
    push(line: WitnessedLine) {
      const name = nameOf(line.checked)
      if (line.timeMs === undefined) {
        if (line.index < (others.get(name)?.index ?? Number.POSITIVE_INFINITY)) others.set(name, line)
        return
      }
      cosigned.add(name)
      if (line.checked.checkpoint.size < size) return
      ;[size, timeMs] = [line.checked.checkpoint.size, Math.max(timeMs ?? 0, line.timeMs)]
    },
    /** Returns how many entries a quorum cosigned, and when; null if it never did. @throws {LogDamagedError} if a line is of another tree. */
    finish(): { readonly size: number; readonly timeMs: number | null } {
      for (const [name, { where, index }] of others) {
        if (cosigned.has(name) || index >= size) continue
        const expected = `a checkpoint in quorum, because a quorum cosigned ${size} entries`
        throwDamaged('NO_QUORUM', where, expected, 'one without a quorum')
      }
      return { size, timeMs }
    },
  }
}

/**
 * Merges entries of one log, each source in the order of its indexes, into one sequence in this order. An entry that several sources have is yielded
 * once: each of them proved that it is the entry of that index.
 */
export async function* mergeByIndex(sources: readonly AsyncGenerator<PlacedEntry>[]): AsyncGenerator<PlacedEntry> {
  let last = -1
  try {
    const heads = await Promise.all(sources.map(async (source) => ({ source, next: await source.next() })))
    for (;;) {
      let least: { source: AsyncGenerator<PlacedEntry>; placed: PlacedEntry; at: number } | undefined
      for (const [at, { source, next }] of heads.entries()) {
        if (next.done !== true && next.value.index < (least?.placed.index ?? Number.POSITIVE_INFINITY))
          least = { source, placed: next.value, at }
      }
      if (least === undefined) return
      const { source, placed, at } = least
      if (placed.index > last) yield placed
      last = Math.max(last, placed.index)
      heads[at] = { source, next: await source.next() }
    }
  } finally {
    // One that cannot be closed must not leave the others open.
    await Promise.allSettled(sources.map((source) => source.return(undefined)))
  }
}

/** Makes the function that finds the salt of a leg in a country's store. */
export function saltFinder(folder: string): (legId: string) => Promise<Uint8Array | undefined> {
  return async (legId) => {
    const found = await findSalt(folder, legId)
    return found.kind === 'KEPT' ? found.salt : undefined
  }
}

/** How long the newest entries of a log may await cosignatures, in milliseconds. Witnesses are asked each second, but one may be down. */
const GRACE_MS = 600_000

/**
 * Checks whether a quorum of witnesses has cosigned what was read of a log. The key of a log is enough to write another log; only
 * witnesses show that it is the one that others saw.
 * @param endIndex the index behind the last entry that was read
 * @param lastMs the time of the last entry, in milliseconds since the epoch
 */
export function checkWitnesses(read: {
  readonly side: Pick<Side, 'name' | 'witnessed'>
  readonly endIndex: number
  readonly lastMs: number
}): readonly Difference[] {
  const { endIndex, lastMs } = read
  const { name, witnessed } = read.side
  const { isDemanded, size, timeMs } = witnessed
  if (!isDemanded || (size >= endIndex && timeMs !== null)) return []
  if (timeMs === null) {
    const what = `${name}: expected the quorum of its trust policy; came no checkpoint with enough cosignatures`
    return [ofLog('UNWITNESSED', 'witnesses', name, lastMs, what)]
  }
  const what = `${name}: a quorum cosigned ${size} entries at ${new Date(timeMs).toISOString()}; ${endIndex - size} came later`
  const kind = lastMs - timeMs > GRACE_MS ? 'UNWITNESSED' : 'AWAITS_WITNESSES'
  return [ofLog(kind, 'witnesses', name, lastMs, what)]
}
