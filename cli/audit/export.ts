import { open, rename } from 'node:fs/promises'
import { type EntryFilter, matches } from '../../audit/index/filter.ts'
import type { LogReader } from '../../audit/reader/log-reader.ts'
import { type Entry, parseEntry } from '../../contract/audit-log/entry.ts'
import { isCountryCode } from '../../contract/country-code.ts'
import { FILE } from '../../service/command-spec.ts'
import { ABOUT } from './about.ts'
import { type AuditIo, defineAudit } from './command.ts'
import { DESK_LOG_OPTIONS, noteReading, openDeskLog } from './desk/note-reading.ts'
import { type CountrySelection, selectForCountry, surveyCountry } from './export-country.ts'
import type { ExportStatement, ProvedLine } from './export-format.ts'
import { FILTER_OPTIONS, type FilterLine, readFilter } from './filter-options.ts'
import { toOcsf } from './ocsf.ts'
import { readableEntries } from './readable-entries.ts'
import { readRows, readRowsSeenBy } from './rows.ts'

const EXPORT_OPTIONS = {
  ...DESK_LOG_OPTIONS,
  ...FILTER_OPTIONS,
  country: {
    ...FILTER_OPTIONS.country,
    meaning: 'the country that receives the export: what it was asked, and what its own officers asked',
    expected: 'a code of ISO 3166-1 alpha-2, or UN',
    parse: (text: string) => (isCountryCode(text) ? text : undefined),
  },
  out: {
    flag: 'out',
    ...FILE,
    isRequired: true,
    meaning: 'the file for the JSON lines; `check` can read those with proofs',
  },
  wholeOldEntries: {
    flag: 'whole-old-entries',
    value: null,
    meaning: 'with --country: also entries of version 1, which tell of the other countries that were asked',
  },
  ocsf: {
    flag: 'ocsf',
    value: null,
    meaning: 'write events of OCSF 1.4, class API Activity (6003), instead of entries with proofs',
  },
} as const

/**
 * `istmo audit export`: writes entries for others. A country receives the entries that touched it, each with its proof. A collector of
 * events receives all entries, as OCSF.
 */
export const exportCommand = defineAudit(
  {
    ...ABOUT.export,
    options: EXPORT_OPTIONS,
    examples: [
      {
        command: 'istmo audit export --log gateway --desk desk --country HN --out hn.jsonl',
        meaning:
          'Writes what Honduras was asked and what its officers asked, each with its proof, and what proves that nothing is missing.',
      },
    ],
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
    const missing =
      unwitnessed === 0 ? '' : `; for ${unwitnessed} no quorum of witnesses has cosigned the checkpoint yet`
    const what = ocsf ? 'events' : 'entries with their proofs'
    const json = { out, entries: count, unwitnessed, format: ocsf ? 'ocsf' : 'proofs' }
    return { verdict: unwitnessed === 0 ? 'HOLDS' : 'UNTOLD', text: `${out}: ${count} ${what}${missing}.`, json }
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
