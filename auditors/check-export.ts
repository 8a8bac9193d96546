import { formatMissing } from '../audit/counts/count-check.ts'
import type { Finding } from '../audit/finding.ts'
import { canonicalBytes } from '../audit/log/canonical.ts'
import { type CheckedCheckpoint, checkCheckpoint, type Policy, withRotations } from '../audit/note/policy.ts'
import { type KeyRotation, parseRotation, ROTATION_KIND } from '../audit/note/rotation.ts'
import { findTrustedName, nameOfLog, workerOf } from '../audit/note/shard-name.ts'
import { type ReceiptReport, verifyReceipt } from '../audit/verify/verify-receipt.ts'
import { isCountryPart } from '../contract/audit-log/country-part.ts'
import type { Entry } from '../contract/audit-log/entry.ts'
import { parseJson } from '../contract/json-value.ts'
import { parseIfReadable } from './readable-entries.ts'

/** Checks files of `export`: the proof of each line, and whether something is missing between the lines. */

/** The result of checking one file. */
export interface CheckedExport {
  readonly path: string
  /** Undefined if the file has no last line that states what it contains. */
  readonly statement: ExportStatement | undefined
  readonly entries: number
  /** When the gateway counted the parts, RFC 3339; null if the file has no valid count. */
  readonly countedAt: string | null
  /** How many of the country's parts the gateway had counted then; 0 without a valid count. Later parts may be in the file too. */
  readonly counted: number
  /** The worker whose log it is of; null if the gateway has one process, or the file has no last line. */
  readonly worker: ExportWorker | null
  readonly findings: readonly Finding[]
}

/** Creates the check of one file, line by line. It reads no file, so the offline page runs it too (tools/check-page). */
export function createExportCheck(path: string, given: Policy) {
  const findings: Finding[] = []
  const completeness = createCompleteness()
  let [policy, entries, at] = [given, 0, 0]
  const order = createOrder()
  const places = createPlaces()
  let remembered = rememberCheckpoint()
  let statement: ExportStatement | undefined
  const check = (line: ProvedLine): CheckedLine => checkLine(line, policy, remembered)
  const report = (finding: Finding): void => {
    findings.push({ ...finding, where: `line ${at}: ${finding.where}` })
  }
  const pushRotation = (line: ProvedLine): void => {
    // The rotations of the log's key come first, because the other lines may be signed with the new key.
    policy = followAll(policy, [parseRotation(line.proof)])
    remembered = rememberCheckpoint()
    const { report: proved } = checkProof(line.proof, canonicalBytes(line.entry), policy)
    for (const finding of [...proved.findings, ...places.pushRotation(line, proved.index)]) report(finding)
  }
  return {
    /** Takes the next line. Throws if it is not a line of an export. */
    push(text: string) {
      at++
      const line = parseExportLine(path, text, at)
      if (statement !== undefined) report(misplaced('a line behind the last one', 'the end of the file'))
      if ('export' in line) {
        statement = line.export
        return
      }
      if (isRotation(line)) return pushRotation(line)
      entries++
      const checked = check(line)
      const { index, origin, entry, findings: found } = checked
      for (const finding of [...found, ...order.push(origin, index), ...places.push(line, checked, policy)])
        report(finding)
      const place = { origin: origin ?? '', index: index ?? 0 }
      if (entry !== undefined) for (const finding of completeness.push(entry, place)) report(finding)
    },
    end() {
      const ended = statement && endExport(statement, { completeness, check, origins: order.origins(), places, policy })
      return {
        path,
        statement,
        entries,
        countedAt: ended?.countedAt ?? null,
        counted: ended?.counted ?? 0,
        worker: ended?.worker ?? null,
        findings: [...findings, ...(ended?.findings ?? [])],
      }
    },
  }
}

/** Checks that nothing is missing between several exports of one country and one log. */
export function checkBetween(exports: readonly CheckedExport[]): readonly Finding[] {
  const statements = exports.flatMap(({ statement }) => statement ?? [])
  const complete = statements.filter(({ country, isExtract }) => country !== null && !isExtract)
  const groups = Map.groupBy(complete, ({ origin, country }) => JSON.stringify([origin, country]))
  return [...groups.values()].flatMap((group) => {
    const sorted = group.toSorted((one, other) => one.first - other.first)
    let end = sorted[0]?.first ?? 1
    return sorted.flatMap(({ country, first, last }) => {
      const before = end
      end = Math.max(end, last + 1)
      return first > before ? [missingParts(country ?? '', before, first - 1)] : []
    })
  })
}

interface ReadLines {
  readonly completeness: Completeness
  readonly check: (line: ProvedLine) => CheckedLine
  /** The origins of the entries, each once. */
  readonly origins: readonly string[]
  readonly places: ExportPlaces
  readonly policy: Policy
}

/**
 * Compares the entries with the statement at the end. All must be of its log: the log of another worker, which has the same key, numbers the
 * parts of a country too.
 */
function endExport(statement: ExportStatement, { completeness, check, origins, places, policy }: ReadLines) {
  const log = nameOfLog(statement.origin, policy)
  const lines = [statement.before, statement.after, statement.counting, statement.started].flatMap((line) => line ?? [])
  const proved = lines.map((line) => ({ line, checked: check(line) }))
  const stated = proved.flatMap(({ checked }) => checked.origin ?? [])
  const misplacedLines = proved.flatMap(({ line, checked }) =>
    places.push(line, checked, policy).map((finding) => ({ ...finding, where: `the last line: ${finding.where}` })),
  )
  const foreign = [...new Set([...origins, ...stated])].filter((origin) => nameOfLog(origin, policy) !== log)
  const strangers = foreign.map((origin): Finding => {
    return { kind: 'EXPORT', where: 'the export', expected: `only entries of ${log}`, came: `one of ${origin}` }
  })
  const { findings, countedAt, counted } = completeness.end(statement, check)
  const { worker, findings: wrong } = findExportWorker(
    statement,
    { log, isNamed: findTrustedName(statement.origin, policy) === log },
    check,
  )
  return { findings: [...strangers, ...misplacedLines, ...findings, ...wrong], countedAt, counted, worker }
}

/** Checks that entries come in the order of their log, shard by shard. */
function createOrder() {
  const last = new Map<string, number>()
  let present: string | undefined
  return {
    push(origin: string | undefined, index: number | undefined): readonly Finding[] {
      if (origin === undefined || index === undefined) return []
      const before = last.get(origin) ?? -1
      const isBack = present !== origin && last.has(origin)
      present = origin
      last.set(origin, Math.max(before, index))
      if (isBack) return [misplaced(`entry ${index} of ${origin}`, 'no entry of a shard that has ended')]
      return index > before ? [] : [misplaced(`entry ${index}`, `an entry behind ${before}`)]
    },
    origins: (): readonly string[] => [...last.keys()],
  }
}

function misplaced(came: string, expected: string): Finding {
  return { kind: 'EXPORT', where: 'order', expected, came }
}

function checkLine(
  { entry, proof }: ProvedLine,
  policy: Policy,
  remembered: ReturnType<typeof rememberCheckpoint>,
): CheckedLine {
  const bytes = canonicalBytes(entry)
  const { report, findings } = checkProof(proof, bytes, policy, remembered)
  const cosignedAt = report.checked?.cosignatures.map(({ time }) => time) ?? []
  return {
    index: report.index,
    origin: report.checked?.checkpoint.origin,
    cosignedAt,
    entry: parseIfReadable(bytes) ?? undefined,
    findings,
  }
}

/** Whether an entry is the rotation of a log's key. They come first in an export. */
export function isRotation({ entry }: Pick<ProvedLine, 'entry'>): boolean {
  return Object(entry).kind === ROTATION_KIND
}

/** Reads a line of an export. It verifies nothing. @throws {Error} that names the file and the line, if it is none. */
export function parseExportLine(
  path: string,
  text: string,
  at: number,
): ProvedLine | { readonly export: ExportStatement } {
  const line = Object(parseJson(text)) as Partial<ProvedLine> & { readonly export?: ExportStatement }
  if (line.export !== undefined) return { export: line.export }
  if (typeof line.proof !== 'string' || line.entry === undefined) {
    throw new Error(`${path}: line ${at}: expected an entry and its proof`)
  }
  return { index: line.index ?? -1, entry: line.entry, proof: line.proof }
}

/** The result of checking a proof. The proof holds if `findings` is empty. */
export interface CheckedProof {
  readonly report: ReceiptReport
  readonly findings: readonly Finding[]
}

/**
 * Creates a check of checkpoints that remembers the last one: most proofs of an export have the same, and its signatures take longest. It is for
 * one trust policy.
 */
export function rememberCheckpoint(): typeof checkCheckpoint {
  let last: { readonly note: string | Uint8Array; readonly checked: CheckedCheckpoint } | undefined
  return (note, policy) => {
    if (last?.note !== note) last = { note, checked: checkCheckpoint(note, policy) }
    return last.checked
  }
}

/** Checks that a proof proves an entry, and that the quorum of the trust policy has cosigned its checkpoint: the reader has no log. */
export function checkProof(
  proof: string,
  entry: Uint8Array,
  policy: Policy,
  check: typeof checkCheckpoint = checkCheckpoint,
): CheckedProof {
  const report = verifyReceipt(proof, entry, policy, check)
  return { report, findings: [...report.findings, ...quorumOf(report, policy.quorum)] }
}

/** Whether an entry is in the log that it names. The owner of any other log of the trust policy can write the same words. */
export function isInOwnLog({ origin }: { readonly origin: string }, { checked }: ReceiptReport): boolean {
  return checked?.checkpoint.origin === origin
}

function quorumOf({ checked }: ReceiptReport, quorum: string): readonly Finding[] {
  if (checked === undefined || checked.isInQuorum) return []
  const names = checked.cosignatures.map(({ witness }) => witness.name).join(', ')
  const where = `checkpoint of size ${checked.checkpoint.size}`
  return [{ kind: 'NO_QUORUM', where, expected: `quorum ${quorum}`, came: names === '' ? 'no witness' : names }]
}

/** Adds rotations to a trust policy, log by log. They may be in any order. */
export function followAll(policy: Policy, rotations: readonly KeyRotation[]): Policy {
  const byOrigin = Map.groupBy(rotations, ({ oldKey }) => oldKey.name)
  return [...byOrigin.values()].reduce(
    (known, own) =>
      withRotations(
        known,
        own.toSorted((one, other) => one.index - other.index),
      ),
    policy,
  )
}

/**
 * The lines of an export: JSON, one value a line. First the rotations of the log's key, then the entries in the order of the log, each with
 * its proof, and at the end one line with the member `export`, which says what the export must contain.
 */

/** An entry with its proof. */
export interface ProvedLine {
  readonly index: number
  readonly entry: unknown
  /** A C2SP tlog-proof of the entry. */
  readonly proof: string
}

/** What the last line of an export says. */
export interface ExportStatement {
  readonly origin: string
  /** The country for which it was made; null for somebody who may see all. */
  readonly country: string | null
  /** The range of times, RFC 3339; null for no limit. */
  readonly from: string | null
  readonly until: string | null
  /** Whether it was made with other filters. Then nobody can see whether entries are missing. */
  readonly isExtract: boolean
  /** The numbers of the country's parts in it, from the first to the last; `last` is one less than `first` if there is none. */
  readonly first: number
  readonly last: number
  /** The country's part before the first and the one after the last, if there are; they prove where the range begins and ends. */
  readonly before: ProvedLine | null
  readonly after: ProvedLine | null
  /** The newest entry of the log that states the counts; null if there is none. */
  readonly counting: ProvedLine | null
  /** Of a gateway with several workers: the newest start entry of the log, which says how many there are. Earlier versions wrote none. */
  readonly started?: ProvedLine | null
  /** How many entries of version 1 are left out, because they tell of other countries too. */
  readonly withheld: number
  /** The newest checkpoint of the log, as a note. */
  readonly checkpoint: string
}

/** A line whose proof was checked. */
export interface CheckedLine {
  /** What the proof says; undefined if it says nothing. */
  readonly index: number | undefined
  readonly origin: string | undefined
  /** The times of the cosignatures of its checkpoint, in seconds since the epoch. */
  readonly cosignedAt: readonly number[]
  /** Undefined if it has an unknown form. */
  readonly entry: Entry | undefined
  readonly findings: readonly Finding[]
}

/**
 * How old the newest count of an export may be, in milliseconds: two heartbeats of the gateway. An older one could hide what came later.
 */
const MAX_COUNT_AGE_MS = 1_200_000

/** Collects the numbers of an export, line by line. */
type Completeness = ReturnType<typeof createCompleteness>

/** What the gateway had counted. */
interface Counted {
  /** When the gateway counted the parts, RFC 3339; null if the export has no valid count. */
  readonly countedAt: string | null
  /** How many parts of the country there were then; 0 without a valid count. */
  readonly counted: number
}

const UNCOUNTED: Counted = { countedAt: null, counted: 0 }

/** Where an entry is: the shard of the log, by its origin, and the index there. */
interface EntryPlace {
  readonly origin: string
  readonly index: number
}

/** A range of numbers without gaps. */
type Interval = readonly [first: number, last: number]

/** What the lines say about a country's parts. */
interface SeenParts {
  readonly intervals: Interval[]
  /** The place of each part of the country at the end of an interval, to compare with a count. */
  readonly places: (EntryPlace & { readonly seq: number })[]
}

/** Creates the check of one export. */
export function createCompleteness() {
  const parts = new Map<string, SeenParts>()
  const mentioned = new Map<string, string>()
  let open: { readonly id: string; readonly needsPart: boolean } | undefined
  let newestMs = 0

  const close = (): readonly Finding[] => {
    const before = open
    open = undefined
    return before?.needsPart ? [misnumbered(`request ${before.id}`, 'the country’s part behind it', 'none')] : []
  }

  const pushPart = (country: string, seq: number, place: EntryPlace): readonly Finding[] => {
    const seen = parts.get(country) ?? { intervals: [], places: [] }
    parts.set(country, seen)
    const last = seen.intervals.at(-1)
    if (last !== undefined && seq <= last[1])
      return [misnumbered(`${country} ${seq}`, `${country} ${last[1] + 1}`, `${seq} again`)]
    if (last !== undefined && seq === last[1] + 1) seen.intervals[seen.intervals.length - 1] = [last[0], seq]
    else seen.intervals.push([seq, seq])
    seen.places.push({ seq, ...place })
    return []
  }

  return {
    /** Takes the next entry, and returns what is wrong with its place among the others. */
    push(entry: Entry, place: EntryPlace) {
      newestMs = Math.max(newestMs, Date.parse(entry.time))
      if ((entry.kind !== 'request' && entry.kind !== 'continuation') || entry.v !== 2) return close()
      for (const { country } of [...entry.legs, ...entry.denied]) if (country !== null) mentioned.set(country, entry.id)
      if (entry.kind === 'request') {
        const found = close()
        open = { id: entry.id, needsPart: entry.continuations > 0 }
        return found
      }
      const isPlaced = open?.id === entry.of
      const found = isPlaced
        ? []
        : [misnumbered(`continuation ${entry.id}`, `its request ${entry.of} before it`, 'none')]
      if (!isCountryPart(entry)) return found
      if (isPlaced) open = { id: entry.of, needsPart: false }
      mentioned.set(entry.country, entry.id)
      return [...found, ...pushPart(entry.country, entry.seq, place)]
    },
    /** Compares the numbers with the statement at the end of the export. */
    end(statement: ExportStatement, check: (line: ProvedLine) => CheckedLine) {
      const { country } = statement
      const findings = [...close()]
      if (country === null) return { findings, ...UNCOUNTED }
      for (const [other, id] of mentioned) {
        if (other !== country) findings.push(misnumbered(`entry ${id}`, `nothing but ${country}`, `a part of ${other}`))
      }
      if (statement.isExtract) return { findings, ...UNCOUNTED }
      const seen = parts.get(country) ?? { intervals: [], places: [] }
      findings.push(...compareRange(statement, country, seen.intervals), ...checkEdges(statement, country, check))
      const counted = checkCount(statement, country, seen, newestMs, check)
      return { ...counted, findings: [...findings, ...counted.findings] }
    },
  }
}

/** Finds which of the numbers from the first to the last that the export states are missing in it. */
function compareRange(
  { first, last }: ExportStatement,
  country: string,
  intervals: readonly Interval[],
): readonly Finding[] {
  const missing: Finding[] = []
  let next = first
  for (const [from, to] of intervals) {
    if (from > next) missing.push(missingParts(country, next, from - 1))
    if (from < first || to > last) {
      missing.push(
        misnumbered(`${country} ${from} to ${to}`, `${country} ${first} to ${last}, as the export states`, 'others'),
      )
    }
    next = Math.max(next, to + 1)
  }
  if (next <= last) missing.push(missingParts(country, next, last))
  return missing
}

/** Checks that nothing of the range of times is before the first number or behind the last. */
function checkEdges(
  { first, last, from, until, before, after }: ExportStatement,
  country: string,
  check: (line: ProvedLine) => CheckedLine,
): readonly Finding[] {
  const findings: Finding[] = []
  if (first > 1 && from === null) findings.push(missingParts(country, 1, first - 1))
  if (first > 1 && from !== null) {
    findings.push(...checkNeighbour(before, `${country} ${first - 1}`, (time) => time < from, check))
  }
  if (until !== null && after !== null) {
    findings.push(...checkNeighbour(after, `${country} ${last + 1}`, (time) => time >= until, check))
  }
  return findings
}

function checkNeighbour(
  line: ProvedLine | null,
  name: string,
  isOutside: (time: string) => boolean,
  check: (line: ProvedLine) => CheckedLine,
): readonly Finding[] {
  if (line === null)
    return [{ kind: 'COUNT', where: name, expected: 'it, to see where the range ends', came: 'nothing' }]
  const { entry, findings } = check(line)
  if (entry === undefined || !isCountryPart(entry) || `${entry.country} ${entry.seq}` !== name) {
    return [
      ...findings,
      { kind: 'COUNT', where: name, expected: 'it, to see where the range ends', came: 'another entry' },
    ]
  }
  if (isOutside(entry.time)) return findings
  return [...findings, { kind: 'COUNT', where: name, expected: 'a time outside the range', came: entry.time }]
}

/** Checks that the parts of the export are as many as the newest entry with counts says, and that this entry is new. */
function checkCount(
  statement: ExportStatement,
  country: string,
  { places }: SeenParts,
  newestMs: number,
  check: (line: ProvedLine) => CheckedLine,
): { readonly findings: readonly Finding[] } & Counted {
  const { counting, last, until, after, origin } = statement
  if (counting === null) return { findings: [], ...UNCOUNTED }
  const { entry, findings: wrong, origin: from = '', cosignedAt, index = 0 } = check(counting)
  if (entry === undefined || !('counts' in entry)) {
    const came = entry === undefined ? 'an unknown form' : `one of kind ${entry.kind} in ${from}`
    const expected = `an entry of ${origin} with counts`
    return { findings: [...wrong, { kind: 'COUNT', where: 'the count', expected, came }], ...UNCOUNTED }
  }
  const findings = [...wrong]
  const count = entry.counts[country] ?? 0
  const isBeyond = until !== null && after !== null
  if (count > last && !isBeyond) findings.push(missingParts(country, last + 1, count))
  for (const { seq, ...place } of places) {
    if (isBefore(place, { origin: from, index }) === seq <= count) continue
    const expected = `${country} ${count} as the last one before entry ${index}`
    findings.push({ kind: 'COUNT', where: `entry ${place.index}`, expected, came: `${country} ${seq}` })
  }
  const knownMs = Math.max(newestMs, median(cosignedAt) * 1_000)
  if (knownMs - Date.parse(entry.time) > MAX_COUNT_AGE_MS) {
    const expected = `one of the twenty minutes before ${new Date(knownMs).toISOString()}, when the log was seen last`
    findings.push({ kind: 'COUNT', where: 'the count', expected, came: `one of ${entry.time}` })
  }
  return { findings, countedAt: entry.time, counted: count }
}

/** Whether one entry of a log is before another one. The origins of its shards sort like their times. */
function isBefore(one: EntryPlace, other: EntryPlace): boolean {
  return one.origin === other.origin ? one.index < other.index : one.origin < other.origin
}

/** Returns the middle of the times, so that one witness whose clock runs wrong does not decide. Returns 0 without any. */
function median(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor((times.length - 1) / 2)] ?? 0
}

/** Says which parts of a country are missing. */
export function missingParts(country: string, first: number, last: number): Finding {
  const expected = first === last ? `${country} ${first}` : `${country} ${first} to ${last}`
  return { kind: 'COUNT', where: 'the export', expected, came: formatMissing(country, first, last) }
}

function misnumbered(where: string, expected: string, came: string): Finding {
  return { kind: 'EXPORT', where, expected, came }
}

/**
 * The indexes in the lines of an export. No signature is over them, but readers use them to find entries in the log. The index of a line counts over
 * all shards of the log, and that of its proof counts in its own shard.
 */
type ExportPlaces = ReturnType<typeof createPlaces>

/** Creates the check for the lines of one export, with those of its statement. */
export function createPlaces() {
  /** The index of the first entry of each shard, as the first line of the shard says it. */
  const starts = new Map<string, number>()
  return {
    /** Takes an entry whose proof was checked, and returns what is wrong with the index of its line. */
    push(line: ProvedLine, { index, origin }: Pick<CheckedLine, 'index' | 'origin'>, policy: Policy) {
      if (index === undefined || origin === undefined) return []
      const isFirstShard = nameOfLog(origin, policy) === origin
      const known = starts.get(origin) ?? (isFirstShard ? 0 : undefined)
      const start = known ?? (isIndex(line.index) ? Math.max(0, line.index - index) : undefined)
      if (start !== undefined) starts.set(origin, start)
      return compare(line, (start ?? 0) + index)
    },
    /** Takes the rotation of a key, whose index is that in its own shard. `index` is that of its proof; undefined if it proves nothing. */
    pushRotation: (line: ProvedLine, index: number | undefined) => (index === undefined ? [] : compare(line, index)),
  }
}

function compare(line: ProvedLine, expected: number): readonly Finding[] {
  if (line.index === expected) return []
  const came = isIndex(line.index) ? `${line.index}` : 'none'
  return [{ kind: 'EXPORT', where: 'index', expected: `${expected}, as its proof says`, came }]
}

/** A line comes from a file, so its index can be anything. */
function isIndex(index: unknown): index is number {
  return Number.isSafeInteger(index) && Number(index) >= 0
}

/**
 * What exports say of a gateway with several workers: each worker has a log of its own, so the export of one of them is a part of the gateway's record
 * (docs/decisions/0077-several-workers.md).
 */

/** The worker whose log an export is of. */
export interface ExportWorker {
  /** The name of the gateway. */
  readonly gateway: string
  readonly number: number
  /** How many workers the gateway had, by the newest start entry of the export; null if it has none. */
  readonly of: number | null
}

/**
 * Finds the worker of an export; null if it is of a gateway's only log. Its start entry must be proven like the others, and of this worker.
 * @param log the name of the export's log, without a period
 * @param isNamed whether the trust policy names this very log: then only a start entry says that it is a worker's
 */
export function findExportWorker(
  { started }: ExportStatement,
  { log, isNamed }: { readonly log: string; readonly isNamed: boolean },
  check: (line: ProvedLine) => CheckedLine,
): { readonly worker: ExportWorker | null; readonly findings: readonly Finding[] } {
  const place = workerOf(log)
  if (started == null) return { worker: place === undefined || isNamed ? null : { ...place, of: null }, findings: [] }
  const { entry, findings } = check(started)
  const worker = entry?.kind === 'start' && entry.v === 3 ? entry.worker : undefined
  if (place !== undefined && worker?.number === place.number) {
    return { worker: { ...place, of: worker.of }, findings }
  }
  const expected = `the start of a worker, in ${log}`
  const came = worker === undefined ? 'another entry' : `that of worker ${worker.number}`
  return { worker: null, findings: [...findings, { kind: 'EXPORT', where: 'the start', expected, came }] }
}

/** An export, and the worker whose log it is from. */
export interface CoveringExport {
  readonly path: string
  readonly statement: ExportStatement | undefined
  readonly worker: ExportWorker | null
}

/** Says why exports of a country's parts are not all that the gateway has of it: sentences for people. */
export function doubtWorkers(exports: readonly CoveringExport[]): readonly string[] {
  const own = exports.flatMap(({ statement, worker }) => (statement && worker ? [{ statement, worker }] : []))
  const groups = Map.groupBy(own, ({ statement, worker }) => JSON.stringify([worker.gateway, statement.country]))
  return [...groups.values()].flatMap((group) => {
    const gateway = group[0]?.worker.gateway ?? ''
    const numbers = new Set(group.map(({ worker }) => worker.number))
    const most = Math.max(0, ...group.map(({ worker }) => worker.of ?? 0))
    if (most === 0)
      return [`${gateway} has several workers, and no start entry says how many: ${listNumbers(numbers)} is here`]
    const missing = Array.from({ length: most }, (_, at) => at + 1).filter((number) => !numbers.has(number))
    if (missing.length > 0) return [`${gateway} has ${most} workers, and of ${listNumbers(missing)} there is no export`]
    return isOneRange(group) ? [] : [`the exports of the workers of ${gateway} are of different times`]
  })
}

/** Whether the exports of each worker begin and end at the same times as those of the others. */
function isOneRange(group: readonly { readonly statement: ExportStatement; readonly worker: ExportWorker }[]): boolean {
  const byWorker = Map.groupBy(group, ({ worker }) => worker.number)
  const ranges = [...byWorker.values()].map((own) => {
    const from = own.map(({ statement }) => statement.from ?? '').sort()[0]
    // Behind each time of RFC 3339.
    const until = own
      .map(({ statement }) => statement.until ?? '~')
      .sort()
      .at(-1)
    return `${from} ${until}`
  })
  return new Set(ranges).size <= 1
}

/** Names the logs that exports are from, for «all entries are …». */
export function describeCover(exports: readonly CoveringExport[]): string {
  const workers = exports.flatMap(({ worker }) => worker ?? [])
  if (workers.length === 0) return 'in the log'
  const parts = [...Map.groupBy(workers, ({ gateway }) => gateway)].map(([gateway, own]) => {
    const numbers = new Set(own.map(({ number }) => number))
    const most = Math.max(...own.map(({ of }) => of ?? 0))
    const rest = most > 0 && numbers.size >= most ? 'which are all' : 'and of no other worker'
    return `in the ${numbers.size === 1 ? 'log' : 'logs'} of ${listNumbers(numbers)} of ${gateway}, ${rest}`
  })
  return [...parts, ...(workers.length < exports.length ? ['in the other logs'] : [])].join(' or ')
}

function listNumbers(numbers: Iterable<number>): string {
  const sorted = [...numbers].sort((one, other) => one - other)
  return sorted.length === 1 ? `worker ${sorted[0]}` : `the workers ${sorted.join(', ')}`
}
