import { open, rename } from 'node:fs/promises'
import { createViewAssembler } from '../audit/index/assembler.ts'
import { type EntryFilter, type EntryRow, matches } from '../audit/index/entry-row.ts'
import type { LogReader } from '../audit/reader/log-reader.ts'
import type { PlacedEntry } from '../audit/verify/read-log.ts'
import { type CountryPart, isCountryPart, tellsOnlyOf } from '../contract/audit-log/country-part.ts'
import { type Entry, parseEntry } from '../contract/audit-log/entry.ts'
import { NEEDED, SWITCH } from '../service/command-texts.ts'
import { createProgressBar } from '../service/progress-bar.ts'
import type { ExportStatement, ProvedLine } from './check-export.ts'
import { type AuditIo, defineAudit } from './command.ts'
import { noteReading, openDeskLog } from './desk.ts'
import { DESK_LOG_OPTIONS, FILTER_OPTIONS, type FilterLine, readFilter } from './options.ts'
import { readableEntries, readRows, readRowsSeenBy } from './readable-entries.ts'
import { say } from './words.ts'

const EXPORT_OPTIONS = {
  ...DESK_LOG_OPTIONS,
  ...FILTER_OPTIONS,
  out: NEEDED,
  wholeOldEntries: SWITCH,
  ocsf: SWITCH,
} as const

/**
 * `istmo audit export`: writes entries for others. A country receives the entries that touched it, each with its proof. A collector of
 * events receives all entries, as OCSF.
 */
export const exportCommand = defineAudit(
  'export',
  {
    options: EXPORT_OPTIONS,
  },
  async (line, io) => {
    const { out, ocsf } = line
    const country = line.country ?? null
    const reader = await openDeskLog(line)
    const draft = `${out}.draft`
    const lines = exportLines(line, reader, io)
    const { count, unwitnessed } = await writeLines(draft, lines)
    // The entry of this reading is durable before the file has its name.
    const reading = { country, entries: count, logs: [reader.log.name], sought: { ...readFilter(line), out, ocsf } }
    await noteReading(line, { channel: 'EXPORT', ...reading }, io)
    await rename(draft, out)
    const missing = unwitnessed === 0 ? '' : say('export.missing', { number: unwitnessed })
    const text = say(ocsf ? 'export.events' : 'export.entries', { out, count, missing })
    const json = { out, entries: count, unwitnessed, format: ocsf ? 'ocsf' : 'proofs' }
    return { verdict: unwitnessed === 0 ? 'HOLDS' : 'UNTOLD', text, json }
  },
)

interface Line {
  readonly value: unknown
  /** Whether it is not an entry but helps to check the others: a rotation of the log's key, or the statement. It is not counted. */
  readonly isHelp?: boolean
  readonly isWitnessed: boolean
}

type ExportOptionsLine = FilterLine & { readonly ocsf: boolean; readonly wholeOldEntries: boolean }

function exportLines(line: ExportOptionsLine, reader: LogReader, io: AuditIo): AsyncGenerator<Line> {
  const { country, ...filter } = readFilter(line)
  if (line.ocsf) return readEvents(country, filter, reader, io)
  if (country === undefined) return proveEntries(filter, reader, io)
  return proveForCountry({ country, filter, hasWholeOldEntries: line.wholeOldEntries }, reader, io)
}

/** Reads the entries as events: as the country sees them, or all of them completely. */
async function* readEvents(
  country: string | undefined,
  filter: EntryFilter,
  reader: LogReader,
  io: AuditIo,
): AsyncGenerator<Line> {
  const rows = country === undefined ? readRows(reader, io) : readRowsSeenBy(country, reader, io)
  for await (const row of rows) if (matches(row, filter)) yield { value: toOcsf(row), isWitnessed: true }
}

/** Finds the matching entries, and the continuations of matching requests, each with its proof: for somebody who may see all. */
async function* proveEntries(filter: EntryFilter, reader: LogReader, io: AuditIo): AsyncGenerator<Line> {
  yield* proveRotations(reader)
  const wanted = new Set<string>()
  for await (const row of readRows(reader, io)) if (matches(row, filter)) wanted.add(row.id)
  // `readRows` has named the unreadable entries. Nobody can tell whom they concern, so no export contains them.
  for await (const { index, entry } of readableEntries(reader, { add: () => undefined })) {
    // Those stand at the beginning, each with its place in its shard.
    if (entry.kind === 'key-rotation') continue
    if (wanted.has(entry.id) || ('of' in entry && wanted.has(entry.of))) yield proveLine(reader, index, entry)
  }
  yield stateExport({
    origin: reader.log.name,
    country: null,
    from: filter.from ?? null,
    until: filter.until ?? null,
    isExtract: true,
    first: 1,
    last: 0,
    before: null,
    after: null,
    counting: null,
    withheld: 0,
    checkpoint: reader.head.note,
  })
}

/** Finds what a country may have, each entry with its proof, and at the end what proves that nothing is missing. */
async function* proveForCountry(selection: CountrySelection, reader: LogReader, io: AuditIo): AsyncGenerator<Line> {
  yield* proveRotations(reader)
  const { country, filter } = selection
  const { from = null, until = null, ...others } = filter
  const isExtract = Object.keys(others).length > 0
  const { wanted, first, last, ...places } = await surveyCountry(reader, selection, io)
  let withheld = 0
  const selected = selectForCountry(reader, { ...selection, wanted, first, last, isExtract }, () => {
    withheld++
  })
  for await (const { index, bytes } of selected) yield proveLine(reader, index, parseEntry(bytes))
  const [before, after, counting, started] = await Promise.all(
    [places.before, places.after, places.counting, places.started].map(async (index) => {
      if (index === undefined) return null
      const { bytes, proof } = await reader.prove(index)
      return { index, entry: parseEntry(bytes), proof }
    }),
  )
  yield stateExport({
    origin: reader.log.name,
    country,
    from,
    until,
    isExtract,
    first,
    last,
    withheld,
    before: before ?? null,
    after: after ?? null,
    counting: counting ?? null,
    ...(started != null && { started }),
    checkpoint: reader.head.note,
  })
}

async function* proveRotations(reader: LogReader): AsyncGenerator<Line> {
  for (const { index, entry, proof } of reader.rotations) {
    const value = { index, entry: JSON.parse(Buffer.from(entry).toString('utf8')) as unknown, proof }
    yield { value, isWitnessed: true, isHelp: true }
  }
}

async function proveLine(reader: LogReader, index: number, entry: Entry): Promise<Line> {
  const { proof, head } = await reader.prove(index)
  return { value: { index, entry, proof } satisfies ProvedLine, isWitnessed: head.isInQuorum }
}

function stateExport(statement: ExportStatement): Line {
  return { value: { export: statement }, isWitnessed: true, isHelp: true }
}

async function writeLines(path: string, lines: AsyncGenerator<Line>): Promise<{ count: number; unwitnessed: number }> {
  const handle = await open(path, 'w', 0o600)
  let [count, unwitnessed, waiting] = [0, 0, '']
  try {
    for await (const { value, isWitnessed, isHelp } of lines) {
      if (isHelp !== true) count++
      if (!isWitnessed) unwitnessed++
      waiting += `${JSON.stringify(value)}\n`
      if (waiting.length < 1_000_000) continue
      await handle.write(waiting)
      waiting = ''
    }
    await handle.write(waiting)
    await handle.sync()
  } finally {
    await handle.close()
  }
  return { count, unwitnessed }
}

/** Selects what one country may have of a gateway's log, and what proves that nothing of it is missing. */

/** What a country gets. */
export interface CountrySelection {
  readonly country: string
  /** The filter without the country. */
  readonly filter: EntryFilter
  /** Whether entries of version 1 that tell of other countries too are in it. */
  readonly hasWholeOldEntries: boolean
}

/** What {@link surveyCountry} finds out in a first reading of the log. */
export interface CountrySurvey {
  /** The ids of the matching entries. */
  readonly wanted: ReadonlySet<string>
  /** The numbers of the country's parts in the range of times. If there are none, `last` is one less than `first`. */
  readonly first: number
  readonly last: number
  /**
   * The indexes of the country's parts just before and behind the range, of the newest entry with counts, and of the newest start of one of several
   * workers.
   */
  readonly before: number | undefined
  readonly after: number | undefined
  readonly counting: number | undefined
  readonly started: number | undefined
}

/** Reads the log once, and finds what matches. */
export async function surveyCountry(
  reader: LogReader,
  { country, filter }: CountrySelection,
  io: Pick<AuditIo, 'err' | 'now'>,
): Promise<CountrySurvey> {
  const assembler = createViewAssembler(reader.log.name)
  const wanted = new Set<string>()
  const own = createRange(filter)
  let [counting, started]: [number | undefined, number | undefined] = [undefined, undefined]
  const take = (rows: ReturnType<typeof assembler.waiting>): void => {
    for (const { viewer, row } of rows) if (viewer === country && matches(row, filter)) wanted.add(row.id)
  }
  const bar = createProgressBar(io.err, 'read', io.now)
  try {
    for await (const placed of reader.entries()) {
      bar.report(placed.index, reader.head.checkpoint.size)
      take(assembler.push(placed))
      const entry = parseEntry(placed.bytes)
      if (isCountryPart(entry) && entry.country === country) own.push(entry, placed.index)
      if ('counts' in entry) counting = placed.index
      if (entry.kind === 'start') started = entry.v === 3 ? placed.index : undefined
    }
  } finally {
    bar.clear()
  }
  take(assembler.waiting())
  return { wanted, counting, started, ...own.range() }
}

/**
 * Collects the numbers of a country's parts in a range of times. The numbers of the range have no gap, also if the gateway's clock was set
 * back: whatever lies between the first and the last part of that time belongs to it.
 */
function createRange({ from = '', until = '~' }: EntryFilter) {
  let [first, last]: [number | undefined, number] = [undefined, 0]
  // A part may still belong to the range if a later part does, so both candidates move on.
  let [before, beforeSeq, after]: [number | undefined, number, number | undefined] = [undefined, 0, undefined]
  return {
    push({ time, seq }: CountryPart, index: number): void {
      if (time >= from && time < until) {
        first ??= seq
        last = seq
        after = undefined
      } else if (first !== undefined || time >= until) after ??= index
      else [before, beforeSeq] = [index, seq]
    },
    range: () => ({
      first: first ?? beforeSeq + 1,
      last: first === undefined ? beforeSeq : last,
      before,
      after,
    }),
  }
}

/** Yields the entries that the country gets, in the order of the log. `onWithheld` is called for each that it does not get. */
export async function* selectForCountry(
  reader: LogReader,
  selection: CountrySelection & Pick<CountrySurvey, 'wanted' | 'first' | 'last'> & { readonly isExtract: boolean },
  onWithheld: () => void,
): AsyncGenerator<PlacedEntry> {
  const { country, wanted, hasWholeOldEntries } = selection
  // A request and its parts of no country wait for the country's own part, which says whether they are in the range.
  let common: PlacedEntry[] = []
  for await (const placed of reader.entries()) {
    const entry = parseEntry(placed.bytes)
    if (entry.kind === 'request' && entry.v === 2) common = [placed]
    else if (entry.kind === 'continuation' && entry.v === 2 && entry.country === null) common.push(placed)
    else if (isCountryPart(entry)) {
      if (entry.country !== country || !isSelected(entry, selection)) continue
      yield* common
      common = []
      yield placed
    } else if (isWanted(entry, wanted)) {
      if (hasWholeOldEntries || tellsOnlyOf(entry, country)) yield placed
      else onWithheld()
    }
  }
}

function isSelected(
  { of, seq }: CountryPart,
  { wanted, isExtract, first, last }: Parameters<typeof selectForCountry>[1],
): boolean {
  return isExtract ? wanted.has(of) : seq >= first && seq <= last
}

function isWanted(entry: Entry, wanted: ReadonlySet<string>): boolean {
  // An entry with counts concerns each country. The newest one is in the statement.
  if ('counts' in entry) return false
  return wanted.has(entry.id) || ('of' in entry && wanted.has(entry.of))
}

/**
 * Writes an entry as an event of the Open Cybersecurity Schema Framework 1.4, class API Activity (6003;
 * schema.ocsf.io/1.4.0/classes/api_activity). An audit log has no addresses and no names: `src_endpoint` is the client by its id, and
 * `actor.user.uid` is a ref.
 */

const CLASS = 6003
const ACTIVITIES = { read: 2, update: 3, remove: 4, other: 99 } as const
const STATUSES = { success: 1, failure: 2 } as const
/** Informational; low for what was denied or rejected, or failed. */
const SEVERITIES = { informational: 1, low: 2 } as const

/** The kinds of entries that say that something was changed. */
const UPDATES: ReadonlySet<string> = new Set([
  ...['publication', 'graph', 'node-rules', 'suspension', 'node-suspension', 'authority-suspension'],
])

/** Converts a row to an OCSF event. Times are milliseconds since the epoch; `duration` is in milliseconds. */
export function toOcsf(row: EntryRow): Readonly<Record<string, unknown>> {
  const activity = activityOf(row)
  const failed = row.outcome === 'DENIED' || row.outcome === 'REFUSED' || row.outcome === 'FAILED'
  return {
    category_uid: 6,
    class_uid: CLASS,
    activity_id: activity,
    type_uid: CLASS * 100 + activity,
    time: Date.parse(row.time),
    severity_id: failed ? SEVERITIES.low : SEVERITIES.informational,
    status_id: failed ? STATUSES.failure : STATUSES.success,
    ...(row.status !== null && { status_code: String(row.status) }),
    ...(row.codes.length > 0 && { status_detail: row.codes.join(' ') }),
    ...(row.durationMs !== null && { duration: row.durationMs }),
    count: 1,
    metadata: {
      version: '1.4.0',
      product: { name: 'Istmo', vendor_name: 'Istmo', feature: { name: 'audit' } },
      uid: row.id,
      log_name: row.log,
      log_provider: 'istmo',
      sequence: row.position,
      labels: [row.kind],
    },
    actor: actorOf(row),
    api: {
      operation: row.operation ?? row.kind,
      service: { name: row.log, labels: row.domains },
      request: { uid: row.id },
      ...(row.status !== null && { response: { code: row.status, error: row.codes.join(' ') } }),
    },
    src_endpoint: { svc_name: row.client ?? 'not known' },
    resources: [
      ...row.countries.map((country) => ({ type: 'country', name: country, uid: country })),
      ...row.coordinates.map((name) => ({
        type: 'field',
        name,
        ...(row.denied.includes(name) && { labels: ['denied'] }),
      })),
    ],
    unmapped: {
      outcome: row.outcome,
      purpose: row.purpose,
      task_force: row.taskForce,
      case_ref: row.caseRef,
      denied: row.denied,
      records: row.records,
    },
  }
}

function activityOf({ kind }: EntryRow): number {
  if (kind === 'request' || kind === 'leg' || kind === 'oversight') return ACTIVITIES.read
  if (UPDATES.has(kind)) return ACTIVITIES.update
  return kind === 'salt-erasure' ? ACTIVITIES.remove : ACTIVITIES.other
}

function actorOf(row: EntryRow): Readonly<Record<string, unknown>> {
  const { actorRef, agency, actorCountry, role, client, tokenId } = row
  if (actorRef === null) return { app_name: 'istmo' }
  return {
    user: {
      uid: actorRef,
      // 1: a regular user.
      type_id: 1,
      org: { ...(agency !== null && { name: agency }), ...(actorCountry !== null && { uid: actorCountry }) },
      ...(role !== null && { groups: [{ name: role }] }),
    },
    ...(client !== null && { app_uid: client }),
    ...(tokenId !== null && { session: { uid: tokenId } }),
  }
}
