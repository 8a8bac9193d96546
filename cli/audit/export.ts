import { open, rename } from 'node:fs/promises'
import { matches } from '../../audit/index/filter.ts'
import type { LogReader } from '../../audit/reader/log-reader.ts'
import { isCountryCode } from '../../contract/country-code.ts'
import { type AuditIo, defineAudit } from './command.ts'
import { DESK_LOG_OPTIONS, noteReading, openDeskLog } from './desk/note-reading.ts'
import { FILTER_OPTIONS, type FilterLine, readFilter } from './filter-options.ts'
import { toOcsf } from './ocsf.ts'
import { readableEntries } from './readable-entries.ts'
import { readRows } from './rows.ts'

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
    value: 'file',
    isRequired: true,
    expected: 'the path of a file',
    meaning: 'the file for the JSON lines; `check` can read those with proofs',
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
    name: 'export',
    description: 'write entries for a country, with their proofs, or as OCSF events',
    options: EXPORT_OPTIONS,
    examples: [
      {
        command: 'istmo audit export --log gateway --desk desk --country HN --out hn.jsonl',
        meaning: 'Writes the entries that touched Honduras, each with its proof.',
      },
    ],
  },
  async (line, io) => {
    const { out, ocsf } = line
    const country = line.country ?? null
    const reader = await openDeskLog(line)
    const draft = `${out}.draft`
    const lines = ocsf ? readEvents(line, reader, io) : proveEntries(line, reader, io)
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
  /** Whether it proves a rotation of the log's key, which readers need to check the other lines. It is not counted. */
  readonly isRotation?: boolean
  readonly isWitnessed: boolean
}

async function* readEvents(line: FilterLine, reader: LogReader, io: AuditIo): AsyncGenerator<Line> {
  const filter = readTouchFilter(line)
  for await (const row of readRows(reader, io))
    if (matches(row, filter)) yield { value: toOcsf(row), isWitnessed: true }
}

/** Finds the matching entries, and the continuations of matching requests, each with its proof. */
async function* proveEntries(line: FilterLine, reader: LogReader, io: AuditIo): AsyncGenerator<Line> {
  for (const { index, entry, proof } of reader.rotations) {
    const value = { index, entry: JSON.parse(Buffer.from(entry).toString('utf8')) as unknown, proof }
    yield { value, isWitnessed: true, isRotation: true }
  }
  const filter = readTouchFilter(line)
  const wanted = new Set<string>()
  for await (const row of readRows(reader, io)) if (matches(row, filter)) wanted.add(row.id)
  // `readRows` has named the unreadable entries. Nobody can tell whom they concern, so no export contains them.
  for await (const { index, entry } of readableEntries(reader, { add: () => undefined })) {
    const isWanted = wanted.has(entry.id) || ('of' in entry && wanted.has(entry.of))
    if (!isWanted) continue
    const { proof, head } = await reader.prove(index)
    yield { value: { index, entry, proof }, isWitnessed: head.isInQuorum }
  }
}

/** Reads the filter. In this command `--country` selects what the country may see: what it was asked, and what its own officers asked. */
function readTouchFilter(line: FilterLine) {
  const { country, ...filter } = readFilter(line)
  return { ...filter, ...(country !== undefined && { touches: country }) }
}

async function writeLines(path: string, lines: AsyncGenerator<Line>): Promise<{ count: number; unwitnessed: number }> {
  const handle = await open(path, 'w', 0o600)
  let [count, unwitnessed, waiting] = [0, 0, '']
  try {
    for await (const { value, isWitnessed, isRotation } of lines) {
      if (isRotation !== true) count++
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
