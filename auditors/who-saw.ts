import { readKeyFile } from '../audit/pseudonym/key-file.ts'
import { type PseudonymKeys, pseudonymsOf } from '../audit/pseudonym/pseudonym.ts'
import type { LogReader } from '../audit/reader/log-reader.ts'
import { describePrunings } from '../audit/verify/prunings.ts'
import type { EntryOf } from '../contract/audit-log/entry.ts'
import { ownerOf } from '../contract/record-id.ts'
import { NEEDED } from '../service/command-texts.ts'
import { createProgressBar } from '../service/progress-bar.ts'
import { type Answer, type AuditIo, defineAudit, untold } from './command.ts'
import { answerInQuorum, doubtWhole, readCosigned } from './demand-quorum.ts'
import { noteReading, openDeskLog } from './desk.ts'
import { checkRange, DESK_LOG_OPTIONS, isInRange, RANGE_OPTIONS, RECORD, type TimeRange } from './options.ts'
import { countUnreadable, readableEntries } from './readable-entries.ts'
import { createDetailsCheck } from './reconcile/read-logs.ts'
import { createEpochCounter, describeEpochs, type EpochUse } from './sought-refs.ts'
import { say } from './words.ts'

/** `istmo audit who-saw`: finds who received a record. Only the country that holds the key of the refs can run it. */
export const whoSawCommand = defineAudit(
  'who-saw',
  {
    arguments: {
      record: RECORD,
    },
    options: {
      ...DESK_LOG_OPTIONS,
      keys: NEEDED,
      ...RANGE_OPTIONS,
    },
  },
  async (line, io) => {
    const { record, from, until } = line
    const range = { from, until }
    checkRange(range)
    const keys = await readKeyFile(line.keys)
    const reader = await openDeskLog(line)
    const sought = new Set(pseudonymsOf('record', record, keys))
    const found = await findLegs(reader, sought, { owner: ownerOf(record), keys, range }, io)
    const reading = { channel: 'WHO_SAW', country: ownerOf(record), entries: found.legs.length } as const
    await noteReading(line, { ...reading, logs: [reader.log.name], sought: { record, from, until } }, io)
    const untilMs = until === undefined ? undefined : Date.parse(until)
    const doubts = doubtWhole(await readCosigned(reader), found.end, untilMs)
    return answerInQuorum(answer({ record, range }, reader, found), doubts)
  },
)

function answer(
  { record, range }: { readonly record: string; readonly range: TimeRange },
  { log: { name: log }, prunings }: LogReader,
  { legs, foreign, hits, deleted, country, skipped, unnamed, otherKeys }: FoundLegs,
): Answer {
  const owner = ownerOf(record)
  const json = { record, legs, hitQuestions: hits, deleted, foreignEpochs: foreign.map(({ epoch }) => epoch) }
  if (country === undefined) return untold(say('whoSaw.notOfCountry', { log }), json)
  if (country !== owner) return untold(say('whoSaw.ofOther', { record, owner, log, country }), json)
  if (otherKeys !== undefined) return untold(say('whoSaw.otherKeys', { log, epoch: otherKeys }), json)
  const notes = [
    ...deleted.map((time) => say('whoSaw.deleted', { record, time })),
    ...(hits > 0 ? [say('whoSaw.hits', { count: hits })] : []),
  ]
  // Others may have received it too, so the list is not sure to be whole.
  const known = [...legs.map(formatLeg), ...notes].join('\n')
  if (foreign.length > 0) return untold(describeEpochs(foreign), { ...json, foreign }, known)
  // What was pruned is older than the time that the last pruning names.
  const pruned = prunings.all.at(-1)
  if (pruned !== undefined && (range.from === undefined || range.from < pruned.before))
    return untold(say('whoSaw.pruned', { prunings: describePrunings(prunings).join('; ') }), json, known)
  const gaps = describeGaps(record, { legs, skipped, unnamed })
  if (gaps.length > 0) return untold(gaps.join('; '), json, known)
  const lines =
    legs.length === 0 ? [say('whoSaw.nobody', { record, range: describeRange(range) })] : legs.map(formatLeg)
  return { verdict: legs.length > 0 ? 'HOLDS' : 'FAILS', text: [...lines, ...notes].join('\n'), json }
}

/** Says which entries may hide somebody who received the record. */
export function describeGaps(
  record: string,
  { legs, skipped, unnamed }: Pick<FoundLegs, 'legs' | 'skipped' | 'unnamed'>,
): readonly string[] {
  const isNobody = legs.length === 0
  return [
    ...(skipped > 0 ? [say(isNobody ? 'whoSaw.unreadNobody' : 'whoSaw.unreadOthers', { record, skipped })] : []),
    ...(unnamed > 0 ? [say(isNobody ? 'whoSaw.changedNobody' : 'whoSaw.changedOthers', { record, unnamed })] : []),
  ]
}

function describeRange({ from, until }: TimeRange): string {
  const begin = from === undefined ? '' : say('whoSaw.from', { time: from })
  return `${begin}${until === undefined ? '' : say('whoSaw.until', { time: until })}`
}

/** The legs that gave a record, and what may hide others. */
export interface FoundLegs {
  readonly legs: readonly EntryOf<'leg'>[]
  /** The index behind the last of them; 0 without any. */
  readonly end: number
  /** The epochs of refs in the log for which there is no key. */
  readonly foreign: readonly EpochUse[]
  /** How many legs asked only for hits, and so left no ref. */
  readonly hits: number
  /** When the record was deleted: the times of entries that say so. */
  readonly deleted: readonly string[]
  /** The country whose log it is; undefined if it is not the log of a country. */
  readonly country: string | undefined
  /** How many entries could not be read. */
  readonly skipped: number
  /** How many legs say that they gave other records than their details name. */
  readonly unnamed: number
  /** The first epoch whose key is not the one with which the log's node started; undefined if there is none. */
  readonly otherKeys: string | undefined
}

/** Finds the legs in a range of time whose records include a sought one. It stops at the first entry of a country other than the record's owner. */
export async function findLegs(
  reader: LogReader,
  sought: ReadonlySet<string>,
  { owner, keys, range }: { readonly owner: string; readonly keys: PseudonymKeys; readonly range: TimeRange },
  io: Pick<AuditIo, 'err' | 'now'>,
): Promise<FoundLegs> {
  const epochs = createEpochCounter()
  // The details of a leg come before it, and the time that counts is the leg's.
  const pending = new Map<string, readonly EntryOf<'leg-detail'>[]>()
  const addRefs = (parts: readonly EntryOf<'leg-detail'>[] = []): void => {
    for (const { refs, time } of parts) for (const ref of refs) epochs.add(ref, time)
  }
  const named = new Set<string>()
  const legs: EntryOf<'leg'>[] = []
  const deleted: string[] = []
  const details = createDetailsCheck()
  let [hits, unnamed, end] = [0, 0, 0]
  let country: string | undefined
  let otherKeys: string | undefined
  const bar = createProgressBar(io.err, 'look', io.now)
  const unreadable = countUnreadable(reader.log.name, io)
  for await (const { index, entry } of readableEntries(reader, unreadable)) {
    bar.report(index, reader.head.checkpoint.size)
    if (entry.kind === 'leg-detail') {
      details.add(entry)
      if (entry.refs.some((ref) => sought.has(ref))) named.add(entry.of)
      pending.set(entry.of, [...(pending.get(entry.of) ?? []), entry])
    } else if (entry.kind === 'leg') {
      const isUnnamed = (await details.finish(entry)) !== null
      const isAsked = isInRange(entry.time, range)
      if (isAsked) addRefs(pending.get(entry.id))
      pending.delete(entry.id)
      if (isUnnamed && isAsked) unnamed++
      if (named.has(entry.id) && isAsked) {
        legs.push(entry)
        end = index + 1
      }
      if (isAsked && isHitSearch(entry)) hits++
    } else if (entry.kind === 'record-erasure' && entry.refs.some((ref) => sought.has(ref))) deleted.push(entry.time)
    if (entry.kind === 'leg' || entry.kind === 'node-start') country ??= entry.country
    if (country !== undefined && country !== owner) break
    if (entry.kind === 'node-start' && entry.v === 2 && isOfOtherKey(entry.keyCheck, owner, keys)) {
      otherKeys = epochOf(entry.keyCheck)
      break
    }
  }
  bar.clear()
  unreadable.tell()
  // Nobody knows when the leg of these was.
  for (const parts of pending.values()) addRefs(parts)
  const foreign = epochs.without(new Set([...sought].map(epochOf)))
  return { legs, end, foreign, hits, deleted, country, skipped: unreadable.count(), unnamed, otherKeys }
}

/** The fields whose answers say whether a person is known, and name no record. */
const HIT_FIELDS: ReadonlySet<string> = new Set(['Query.personHits', 'Query.personListHits'])

function isHitSearch({ records, coordinates }: EntryOf<'leg'>): boolean {
  return records.count === 0 && coordinates.some((coordinate) => HIT_FIELDS.has(coordinate))
}

function epochOf(ref: string): string {
  return ref.slice(0, ref.indexOf('.'))
}

/** Whether a file has the epoch of a node's check value, with another key. */
function isOfOtherKey(keyCheck: string, country: string, keys: PseudonymKeys): boolean {
  const own = pseudonymsOf('country', country, keys).find((one) => epochOf(one) === epochOf(keyCheck))
  return own !== undefined && own !== keyCheck
}

function formatLeg({ time, actor, grounds, domain, requestId, result }: EntryOf<'leg'>): string {
  const who = [actor?.agency ?? actor?.country ?? say('whoSaw.unknown'), actor?.role].filter(Boolean).join(' ')
  const why = [grounds?.purpose, grounds?.taskForce].filter(Boolean).join(' ')
  return `${time}  ${who}  ${why}  ${domain}  ${result.status}  ${say('whoSaw.request', { id: requestId ?? say('whoSaw.unknown') })}`
}
