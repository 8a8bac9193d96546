import { open, rename } from 'node:fs/promises'
import { matches } from '../../audit/index/filter.ts'
import type { LogReader } from '../../audit/reader/log-reader.ts'
import { parseEntry } from '../../contract/audit-log/entry.ts'
import { isCountryCode } from '../../contract/country-code.ts'
import { type AuditCommand, type AuditIo, type AuditRequest, textOption } from './command.ts'
import { filterOf, filterOptions } from './filter-options.ts'
import { logOptions, openLogOption } from './inputs.ts'
import { ocsfOf } from './ocsf.ts'
import { noteReading, ownLogOptions } from './own-log.ts'
import { rowsOf } from './rows.ts'

/** `istmo audit export`: entries for others: a country those that touched it, each with its proof; a collector all, as OCSF. */
export const exportCommand: AuditCommand = {
  name: 'export',
  description: 'write entries for a country, with their proofs, or as OCSF events',
  define: (command) =>
    filterOptions(ownLogOptions(logOptions(command)))
      .requiredOption('--out <file>', 'where the JSON lines go; `check` takes those with proofs')
      .option('--ocsf', 'events of OCSF 1.4, class API Activity (6003), instead of entries with proofs'),
  run: async (request, io) => {
    const country = textOption(request, 'country') ?? null
    if (country !== null && !isCountryCode(country))
      throw new TypeError(`--country: expected a code as HN; came ${country}`)
    const reader = await openLogOption(request)
    const out = textOption(request, 'out') ?? ''
    const draft = `${out}.draft`
    const ocsf = request.options.ocsf === true
    const { lines, unseen } = await writeLines(draft, ocsf ? events(request, reader, io) : proved(request, reader, io))
    // The entry of this is durable before the file has its name.
    await noteReading(request, { channel: 'EXPORT', country, entries: lines }, io)
    await rename(draft, out)
    const seen = unseen === 0 ? '' : `; of ${unseen} no quorum of witnesses has seen the checkpoint yet`
    const what = ocsf ? 'events' : 'entries with their proofs'
    const json = { out, entries: lines, unwitnessed: unseen, format: ocsf ? 'ocsf' : 'proofs' }
    return { verdict: unseen === 0 ? 'HOLDS' : 'UNTOLD', text: `${out}: ${lines} ${what}${seen}.`, json }
  },
}

interface Line {
  readonly value: unknown
  readonly isSeen: boolean
}

async function* events(request: AuditRequest, reader: LogReader, io: AuditIo): AsyncGenerator<Line> {
  const filter = touching(request)
  for await (const row of rowsOf(reader, io)) if (matches(row, filter)) yield { value: ocsfOf(row), isSeen: true }
}

/** The entries that are looked for, and the continuations of requests among them. */
async function* proved(request: AuditRequest, reader: LogReader, io: AuditIo): AsyncGenerator<Line> {
  const filter = touching(request)
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
function touching(request: AuditRequest) {
  const { country, ...filter } = filterOf(request)
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
