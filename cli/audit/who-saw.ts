import { readKeyFile } from '../../audit/pseudonym/key-file.ts'
import { pseudonymsOf } from '../../audit/pseudonym/pseudonym.ts'
import type { LogReader } from '../../audit/reader/log-reader.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { isRecordId, ownerOf } from '../../contract/record-id.ts'
import { createProgressBar } from '../../service/progress-bar.ts'
import { type AuditIo, defineAudit } from './command.ts'
import { LOG_OPTIONS, openLogOption } from './inputs.ts'
import { countUnreadable, readableEntries } from './readable-entries.ts'

/** `istmo audit who-saw`: finds who received a record. Only the country that holds the key of the refs can run it. */
export const whoSawCommand = defineAudit(
  {
    name: 'who-saw',
    description: 'find who received a record, in the log of the record’s country; exit code 1 if nobody did',
    arguments: {
      record: {
        meaning: 'the record’s id',
        expected: 'the id of a record, for example HN:P-000077',
        parse: (text: string) => (isRecordId(text) ? text : undefined),
      },
    },
    options: {
      ...LOG_OPTIONS,
      keys: {
        flag: 'keys',
        value: 'file',
        isRequired: true,
        expected: 'the path of a file',
        meaning: 'the country’s keys of refs, of all epochs',
      },
    },
  },
  async (line, io) => {
    const { record } = line
    const keys = await readKeyFile(line.keys)
    const reader = await openLogOption(line)
    const sought = new Set(pseudonymsOf('record', record, keys))
    const { legs, foreignEpochs, country, skipped } = await findLegs(reader, sought, ownerOf(record), io)
    const lines = legs.map(formatLeg)
    const json = { record, legs, foreignEpochs: [...foreignEpochs] }
    if (country === undefined) {
      const reason = `${reader.log.name} is not the log of a country: it has no legs, and therefore no refs of records`
      return { verdict: 'UNTOLD', text: '', json: { ...json, reason } }
    }
    if (country !== ownerOf(record)) {
      const owner = ownerOf(record)
      const reason = `${record} is a record of ${owner}, and ${reader.log.name} is the log of ${country}, which has only records of ${country}. Ask the auditor of ${owner}`
      return { verdict: 'UNTOLD', text: '', json: { ...json, reason } }
    }
    if (foreignEpochs.size > 0) {
      const reason = `the log has refs under the epochs ${[...foreignEpochs].join(', ')}, which are not in the file of keys`
      return { verdict: 'UNTOLD', text: lines.join('\n'), json: { ...json, reason } }
    }
    if (legs.length === 0 && skipped > 0) {
      const reason = `nobody received ${record} in the entries that can be read, and ${skipped} cannot be read`
      return { verdict: 'UNTOLD', text: '', json: { ...json, reason } }
    }
    const text = legs.length === 0 ? `Nobody received ${record}.` : lines.join('\n')
    return { verdict: legs.length > 0 ? 'HOLDS' : 'FAILS', text, json }
  },
)

interface FoundLegs {
  readonly legs: readonly EntryOf<'leg'>[]
  /** The epochs of refs in the log for which there is no key. */
  readonly foreignEpochs: ReadonlySet<string>
  /** The country whose log it is; undefined if it is not the log of a country. */
  readonly country: string | undefined
  /** How many entries could not be read. */
  readonly skipped: number
}

/** Finds the legs whose records include a sought one. It stops at the first entry of a country other than the record's owner. */
async function findLegs(
  reader: LogReader,
  sought: ReadonlySet<string>,
  owner: string,
  io: Pick<AuditIo, 'err' | 'now'>,
): Promise<FoundLegs> {
  const epochs = new Set([...sought].map(epochOf))
  const named = new Set<string>()
  const foreignEpochs = new Set<string>()
  const legs: EntryOf<'leg'>[] = []
  let country: string | undefined
  const bar = createProgressBar(io.err, 'look', io.now)
  const unreadable = countUnreadable(reader.log.name, io)
  for await (const { index, entry } of readableEntries(reader, unreadable)) {
    bar.report(index, reader.head.checkpoint.size)
    if (entry.kind === 'leg-detail') {
      if (entry.refs.some((ref) => sought.has(ref))) named.add(entry.of)
      for (const ref of entry.refs) if (!epochs.has(epochOf(ref))) foreignEpochs.add(epochOf(ref))
    } else if (entry.kind === 'leg' && named.has(entry.id)) legs.push(entry)
    if (entry.kind === 'leg' || entry.kind === 'node-start') country ??= entry.country
    if (country !== undefined && country !== owner) break
  }
  bar.clear()
  unreadable.tell()
  return { legs, foreignEpochs, country, skipped: unreadable.count() }
}

function epochOf(ref: string): string {
  return ref.slice(0, ref.indexOf('.'))
}

function formatLeg({ time, actor, grounds, domain, requestId, result }: EntryOf<'leg'>): string {
  const who = [actor?.agency ?? actor?.country ?? 'unknown', actor?.role].filter(Boolean).join(' ')
  const why = [grounds?.purpose, grounds?.taskForce].filter(Boolean).join(' ')
  return `${time}  ${who}  ${why}  ${domain}  ${result.status}  request ${requestId ?? 'unknown'}`
}
