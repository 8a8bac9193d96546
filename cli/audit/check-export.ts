/** Checks files of `export`: the proof of each line, and whether something is missing between the lines. */
import type { Finding } from '../../audit/finding.ts'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import type { Policy } from '../../audit/note/policy.ts'
import { parseRotation, ROTATION_KIND } from '../../audit/note/rotation.ts'
import { findTrustedName, nameOfLog } from '../../audit/note/shard-name.ts'
import { parseJson } from '../../contract/json-value.ts'
import { checkProof, followAll, rememberCheckpoint } from './check-proof.ts'
import { type Completeness, createCompleteness, missingParts } from './completeness.ts'
import type { CheckedLine, ExportStatement, ProvedLine } from './export-format.ts'
import { createPlaces, type ExportPlaces } from './export-places.ts'
import { type ExportWorker, findExportWorker } from './export-workers.ts'
import { parseIfReadable } from './readable-entries.ts'

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

/** The check of one file of `export`. */
export interface ExportCheck {
  /** Takes the next line. Throws if it is not a line of an export. */
  readonly push: (text: string) => void
  readonly end: () => CheckedExport
}

/** Creates the check of one file, line by line. It reads no file, so the offline page runs it too (tools/check-page). */
export function createExportCheck(path: string, given: Policy): ExportCheck {
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
    push(text) {
      at++
      const line = parseLine(path, text, at)
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

function isRotation({ entry }: ProvedLine): boolean {
  return Object(entry).kind === ROTATION_KIND
}

function parseLine(path: string, text: string, at: number): ProvedLine | { readonly export: ExportStatement } {
  const line = Object(parseJson(text)) as Partial<ProvedLine> & { readonly export?: ExportStatement }
  if (line.export !== undefined) return { export: line.export }
  if (typeof line.proof !== 'string' || line.entry === undefined) {
    throw new Error(`${path}: line ${at}: expected an entry and its proof`)
  }
  return { index: line.index ?? -1, entry: line.entry, proof: line.proof }
}
