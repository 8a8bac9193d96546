import { open, rename } from 'node:fs/promises'
import { matches } from '../../audit/index/filter.ts'
import type { LogReader } from '../../audit/reader/log-reader.ts'
import { parseEntry } from '../../contract/audit-log/entry.ts'
import { isCountryCode } from '../../contract/country-code.ts'
import { type AuditIo, defineAudit } from './command.ts'
import { FILTER_OPTIONS, type FilterLine, filterOf } from './filter-options.ts'
import { LOG_OPTIONS, openLogOption } from './inputs.ts'
import { ocsfOf } from './ocsf.ts'
import { noteReading, OWN_LOG_OPTIONS } from './own-log.ts'
import { rowsOf } from './rows.ts'

const EXPORT_OPTIONS = {
  ...LOG_OPTIONS,
  ...OWN_LOG_OPTIONS,
  ...FILTER_OPTIONS,
  country: {
    ...FILTER_OPTIONS.country,
    meaning: 'the country that the export is for: what it was asked, and what its own officers asked',
    expected: 'a code of ISO 3166-1 alpha-2, or UN',
    parse: (text: string) => (isCountryCode(text) ? text : undefined),
  },
  out: {
    flag: 'out',
    value: 'file',
    isRequired: true,
    expected: 'the path of a file',
    meaning: 'where the JSON lines go; `check` takes those with proofs',
  },
  ocsf: {
    flag: 'ocsf',
    value: null,
    meaning: 'write events of OCSF 1.4, class API Activity (6003), instead of entries with proofs',
  },
} as const

/** `istmo audit export`: entries for others: a country those that touched it, each with its proof; a collector all, as OCSF. */
export const exportCommand = defineAudit(
  {
    name: 'export',
    description: 'write entries for a country, with their proofs, or as OCSF events',
    options: EXPORT_OPTIONS,
    examples: [
      {
        command:
          'istmo audit export --log gateway --policy trust-policy --own-log own --own-key own.key --country HN --out hn.jsonl',
        meaning: 'Writes the entries that touched Honduras, each with its proof.',
      },
    ],
  },
  async (line, io) => {
    const { out, ocsf } = line
    const country = line.country ?? null
    const reader = await openLogOption(line)
    const draft = `${out}.draft`
    const { lines, unseen } = await writeLines(draft, ocsf ? events(line, reader, io) : proved(line, reader, io))
    // The entry of this is durable before the file has its name.
    await noteReading(line, { channel: 'EXPORT', country, entries: lines }, io)
    await rename(draft, out)
    const seen = unseen === 0 ? '' : `; of ${unseen} no quorum of witnesses has seen the checkpoint yet`
    const what = ocsf ? 'events' : 'entries with their proofs'
    const json = { out, entries: lines, unwitnessed: unseen, format: ocsf ? 'ocsf' : 'proofs' }
    return { verdict: unseen === 0 ? 'HOLDS' : 'UNTOLD', text: `${out}: ${lines} ${what}${seen}.`, json }
  },
)

interface Line {
  readonly value: unknown
  readonly isSeen: boolean
}

async function* events(line: FilterLine, reader: LogReader, io: AuditIo): AsyncGenerator<Line> {
  const filter = touching(line)
  for await (const row of rowsOf(reader, io)) if (matches(row, filter)) yield { value: ocsfOf(row), isSeen: true }
}

/** The entries that are looked for, and the continuations of requests among them. */
async function* proved(line: FilterLine, reader: LogReader, io: AuditIo): AsyncGenerator<Line> {
  const filter = touching(line)
  const wanted = new Set<string>()
  for await (const row of rowsOf(reader, io)) if (matches(row, filter)) wanted.add(row.id)
  for await (const { index, bytes } of reader.entries()) {
    const entry = parseEntry(bytes)
    const isWanted = wanted.has(entry.id) || ('of' in entry && wanted.has(entry.of))
    if (!isWanted) continue
    const { proof, head } = await reader.prove(index)
    yield { value: { index, entry, proof }, isSeen: head.isInQuorum }
  }
}

/** `--country` is here what the country may see: what it was asked, and what its own officers asked. */
function touching(line: FilterLine) {
  const { country, ...filter } = filterOf(line)
  return { ...filter, ...(country !== undefined && { touches: country }) }
}

async function writeLines(path: string, all: AsyncGenerator<Line>): Promise<{ lines: number; unseen: number }> {
  const handle = await open(path, 'w', 0o600)
  let [lines, unseen, waiting] = [0, 0, '']
  try {
    for await (const { value, isSeen } of all) {
      lines++
      if (!isSeen) unseen++
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
  return { lines, unseen }
}
