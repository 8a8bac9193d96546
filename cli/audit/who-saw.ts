import { readKeyFile } from '../../audit/pseudonym/key-file.ts'
import { pseudonymsOf } from '../../audit/pseudonym/pseudonym.ts'
import type { LogReader } from '../../audit/reader/log-reader.ts'
import { type EntryOf, parseEntry } from '../../contract/audit-log/entry.ts'
import { isRecordId } from '../../contract/record-id.ts'
import { createProgressBar } from '../../service/progress-bar.ts'
import { type AuditIo, defineAudit } from './command.ts'
import { LOG_OPTIONS, openLogOption } from './inputs.ts'

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
    const { legs, foreignEpochs, isNational } = await findLegs(reader, sought, io)
    const lines = legs.map(formatLeg)
    const json = { record, legs, foreignEpochs: [...foreignEpochs] }
    if (!isNational) {
      const reason = `${reader.log.name} is not the log of a country: it has no legs, and therefore no refs of records`
      return { verdict: 'UNTOLD', text: '', json: { ...json, reason } }
    }
    if (foreignEpochs.size > 0) {
      const reason = `the log has refs under the epochs ${[...foreignEpochs].join(', ')}, which are not in the file of keys`
      return { verdict: 'UNTOLD', text: lines.join('\n'), json: { ...json, reason } }
    }
    const text = legs.length === 0 ? `Nobody received ${record}.` : lines.join('\n')
    return { verdict: legs.length > 0 ? 'HOLDS' : 'FAILS', text, json }
  },
)

interface FoundLegs {
  readonly legs: readonly EntryOf<'leg'>[]
  /** The epochs of refs in the log for which there is no key. */
  readonly foreignEpochs: ReadonlySet<string>
  readonly isNational: boolean
}

async function findLegs(
  reader: LogReader,
  sought: ReadonlySet<string>,
  io: Pick<AuditIo, 'err' | 'now'>,
): Promise<FoundLegs> {
  const epochs = new Set([...sought].map(epochOf))
  const named = new Set<string>()
  const foreignEpochs = new Set<string>()
  const legs: EntryOf<'leg'>[] = []
  let isNational = false
  const bar = createProgressBar(io.err, 'look', io.now)
  for await (const { index, bytes } of reader.entries()) {
    bar.report(index, reader.head.checkpoint.size)
    const entry = parseEntry(bytes)
    if (entry.kind === 'leg-detail') {
      if (entry.refs.some((ref) => sought.has(ref))) named.add(entry.of)
      for (const ref of entry.refs) if (!epochs.has(epochOf(ref))) foreignEpochs.add(epochOf(ref))
    } else if (entry.kind === 'leg' && named.has(entry.id)) legs.push(entry)
    isNational ||= entry.kind === 'leg' || entry.kind === 'node-start'
  }
  bar.clear()
  return { legs, foreignEpochs, isNational }
}

function epochOf(ref: string): string {
  return ref.slice(0, ref.indexOf('.'))
}

function formatLeg({ time, actor, grounds, domain, requestId, result }: EntryOf<'leg'>): string {
  const who = [actor?.agency ?? actor?.country ?? 'unknown', actor?.role].filter(Boolean).join(' ')
  const why = [grounds?.purpose, grounds?.taskForce].filter(Boolean).join(' ')
  return `${time}  ${who}  ${why}  ${domain}  ${result.status}  request ${requestId ?? 'unknown'}`
}
