import { type IndexDatabase, openIndexDatabase } from '../../audit/index/database.ts'
import type { EntryRow } from '../../audit/index/entry-row.ts'
import { matches } from '../../audit/index/filter.ts'
import { findPattern, PATTERN_NAMES, PATTERNS, type PatternName } from '../../audit/index/patterns.ts'
import { compareRows, countIndex, DIMENSION_NAMES, searchIndex } from '../../audit/index/search.ts'
import {
  findLastTime,
  type IndexedLog,
  listIndexedLogs,
  listUnfollowedLogs,
  prepareIndex,
} from '../../audit/index/store.ts'
import type { ChainedReader } from '../../audit/reader/chain-reader.ts'
import type { LogReader } from '../../audit/reader/log-reader.ts'
import { describePrunings } from '../../audit/verify/prunings.ts'
import type { CommandLine, CommandSpec } from '../../service/command-spec.ts'
import { ABOUT } from './about.ts'
import { type Answer, type AuditIo, defineAudit } from './command.ts'
import { answerInQuorum, doubtWhole, joinDoubts, type QuorumDoubts, readCosigned } from './demand-quorum.ts'
import { DESK_LOG_OPTIONS, findReader, noteReading, openDeskLog } from './desk/note-reading.ts'
import { doubtSpelling } from './doubt-spelling.ts'
import { FILTER_OPTIONS, readFilter } from './filter-options.ts'
import { describeUnreadable } from './index-log.ts'
import { DATABASE_OPTION, LOG_OPTIONS } from './inputs.ts'
import { OPENS_OPTIONS, readTrial } from './open-commitments.ts'
import { countUnreadable } from './readable-entries.ts'
import { formatRow, readRows } from './rows.ts'
import {
  createEpochCounter,
  describeEpochs,
  type EpochUse,
  findForeignEpochs,
  findRefs,
  REF_OPTIONS,
} from './sought-refs.ts'
import { addTried } from './tried-commitments.ts'

/** The largest number of rows that the command shows. */
const MAX_ROWS = 10_000

const count = {
  value: 'number',
  expected: `a whole number from 1 to ${MAX_ROWS}`,
  parse: (text: string) => (/^[1-9]\d{0,8}$/.test(text) && Number(text) <= MAX_ROWS ? Number(text) : undefined),
} as const

const SEARCH = {
  ...ABOUT.search,
  options: {
    db: DATABASE_OPTION,
    noIndex: {
      flag: 'no-index',
      value: null,
      meaning: 'read the entries of --log instead, and check each against its leaf in the tree',
    },
    ...DESK_LOG_OPTIONS,
    log: { ...LOG_OPTIONS.log, isRequired: false, meaning: 'with --no-index: the log’s folder or URL' },
    ...FILTER_OPTIONS,
    ...REF_OPTIONS,
    ...OPENS_OPTIONS,
    origin: { flag: 'origin', value: 'log', meaning: 'only entries of the log of this name, if the index has several' },
    first: { flag: 'first', meaning: 'the largest number of results', default: '50', ...count },
    countBy: {
      flag: 'count-by',
      value: 'what',
      meaning: 'show counts instead of entries',
      expected: `one of ${DIMENSION_NAMES.join(', ')}`,
      parse: (text: string) => DIMENSION_NAMES.find((each) => each === text),
    },
    pattern: {
      flag: 'pattern',
      value: 'name',
      meaning: 'show what is unusual',
      expected: `one of ${PATTERN_NAMES.join(', ')}`,
      parse: (text: string) => PATTERN_NAMES.find((each) => each === text),
    },
    threshold: { flag: 'threshold', meaning: 'the smallest number from which a pattern is shown', ...count },
  },
  examples: [
    {
      command: 'istmo audit search --desk desk --db index --agency GT-MP-FECO',
      meaning: 'Shows the newest entries of an agency.',
    },
    {
      command: 'istmo audit search --desk desk --no-index --log gateway --case GT:MP001-2026-1234 --keys refs.json',
      meaning: 'Finds who asked about a case, with the keys of the gateway’s owner, without an index.',
    },
  ],
} as const satisfies CommandSpec

type SearchLine = CommandLine<typeof SEARCH>

/** What a search found: the answer, and how many entries or lines it shows. */
interface Found {
  readonly answer: Answer
  readonly shown: number
  readonly logs: readonly string[]
}

/** `istmo audit search`: searches the index, or directly the entries of a log. */
export const searchCommand = defineAudit(SEARCH, async (line, io) => {
  // Before the search, because a search that cannot be written down must not take place.
  await findReader(line)
  const found = line.noIndex ? await searchLog(line, io) : await searchDatabase(line, io)
  const { country = null } = line
  const reading = { channel: 'SEARCH', country, entries: found.shown, logs: found.logs } as const
  await noteReading(line, { ...reading, sought: soughtOf(line) }, io)
  return doubtSpelling(readFilter(line), found.answer)
})

/** Lists what was sought, for the reading's entry: everything but where the files are and who reads. */
function soughtOf(line: SearchLine): Readonly<Record<string, unknown>> {
  const { caller, opens, countBy, pattern, threshold, first, origin } = line
  return { ...readFilter(line), caller, opens, countBy, pattern, threshold, first, origin }
}

async function searchDatabase(line: SearchLine, io: AuditIo): Promise<Found> {
  const { db: place, countBy: by, pattern, threshold, first, origin } = line
  if (place === undefined) throw new TypeError('expected the index, --db, or --no-index with --log and --policy')
  if (line.opens !== undefined) throw new TypeError('--opens needs the entries themselves: --no-index')
  const refs = await findRefs(line)
  const filter = { ...readFilter(line), ...refs.filter, ...(origin !== undefined && { log: origin }) }
  const db = await openIndexDatabase(place)
  try {
    await prepareIndex(db)
    const foreign = await findForeignEpochs(db, refs, origin)
    const logs = origin === undefined ? [] : [origin]
    const indexed = await listIndexedLogs(db)
    for (const text of indexed.flatMap(describeIndexed)) io.err.write(`${text}\n`)
    const asked = indexed.filter(({ log }) => origin === undefined || log === origin)
    const unfollowed = await doubtUnfollowed(db, asked, origin)
    const answerWith = async (answer: Answer, shown: readonly EntryRow[] = []): Promise<Answer> => {
      const doubts = joinDoubts([unfollowed, await doubtIndexed(db, asked, shown, filter.until)])
      const unread = asked.reduce((sum, { unreadable }) => sum + unreadable, 0)
      return answerInQuorum(untoldFor(foreign, unreadAnswer(unread, withLogs(answer, indexed))), doubts)
    }
    if (by !== undefined) {
      const counts = await countIndex(db, by, filter, first)
      const text = counts.map(({ key, count }) => `${String(count).padStart(8)}  ${key ?? '(none)'}`).join('\n')
      const answer = { verdict: counts.length > 0 ? 'HOLDS' : 'FAILS', text, json: { by, counts } } as const
      return { answer: await answerWith(answer), shown: counts.length, logs }
    }
    if (pattern !== undefined) {
      const options = { limit: first, ...(threshold !== undefined && { threshold }) }
      const findings = await findPattern(db, pattern, filter, options)
      return { answer: await answerWith(patternAnswer(pattern, findings, threshold)), shown: findings.length, logs }
    }
    const { rows, hasMore } = await searchIndex(db, filter, { first })
    return { answer: await answerWith(rowsAnswer(rows, hasMore), rows), shown: rows.length, logs }
  } finally {
    await db.close()
  }
}

/** Says why an answer is not sure of logs that the index does not follow: it cannot know that they have no such entry, and rows of them are of no log. */
async function doubtUnfollowed(
  db: IndexDatabase,
  asked: readonly IndexedLog[],
  origin: string | undefined,
): Promise<QuorumDoubts> {
  const missing =
    asked.length > 0 ? [] : [`the index does not follow ${origin ?? 'a log'}; \`istmo audit index\` adds it`]
  const strangers = (await listUnfollowedLogs(db)).filter((name) => origin === undefined || name === origin)
  const added = strangers.map(
    (name) => `${name}: the index has rows of it and does not follow it: somebody put them there`,
  )
  return { untold: [...missing, ...added], notes: [] }
}

/** Says why an answer from the index is not sure: of each log that it is about, a quorum must have cosigned what the index read. */
async function doubtIndexed(
  db: IndexDatabase,
  logs: readonly IndexedLog[],
  shown: readonly EntryRow[],
  until: string | undefined,
): Promise<QuorumDoubts> {
  const doubts = logs.map(async ({ log: name, size, witnessed }): Promise<QuorumDoubts> => {
    if (witnessed === null) {
      const what = `${name}: the index does not know what a quorum has cosigned; \`istmo audit index\` adds it`
      return { untold: [what], notes: [] }
    }
    const isWhole = witnessed.size >= size
    const lastMs = (isWhole ? undefined : await findLastTime(db, name)) ?? Number.POSITIVE_INFINITY
    const end = Math.max(0, ...shown.flatMap(({ log, position }) => (log === name ? [position + 1] : [])))
    return doubtWhole({ name, size, witnessed, lastMs }, end, untilMsOf(until))
  })
  return joinDoubts(await Promise.all(doubts))
}

function untilMsOf(until: string | undefined): number | undefined {
  return until === undefined ? undefined : Date.parse(until)
}

/** Turns «none» into «could not tell» if entries cannot be read: one of them may be what is sought. */
function unreadAnswer(unreadable: number, answer: Answer): Answer {
  if (unreadable === 0 || answer.verdict !== 'FAILS') return answer
  const reason = `there is none among the entries that can be read, and ${unreadable} cannot be read`
  return { verdict: 'UNTOLD', text: '', json: { ...answer.json, reason } }
}

/** Turns an answer into «could not tell» if the log has refs that the keys cannot find: «nobody» would be a guess. */
function untoldFor(foreign: readonly EpochUse[], answer: Answer): Answer {
  if (foreign.length === 0) return answer
  const text = answer.verdict === 'HOLDS' ? answer.text : ''
  return { verdict: 'UNTOLD', text, json: { ...answer.json, foreignEpochs: foreign, reason: describeEpochs(foreign) } }
}

/** Says how much of a log the index knows, because an answer is only about so many entries. */
function describeIndexed(indexed: IndexedLog): readonly string[] {
  return [`The index knows ${indexed.size} entries of ${indexed.log}.`, ...describeUnreadable(indexed)]
}

function withLogs(answer: Answer, logs: readonly IndexedLog[]): Answer {
  return { ...answer, json: { ...answer.json, logs } }
}

function patternAnswer(
  pattern: PatternName,
  findings: Awaited<ReturnType<typeof findPattern>>,
  threshold: number = PATTERNS[pattern].threshold,
): Answer {
  const lines = findings.map(({ since, amount, agency, actorRef }) => {
    return `${since}  ${String(amount).padStart(6)}  ${agency ?? '(no agency)'}  ${actorRef}`
  })
  const nobody = `Nobody: less than ${threshold} for each officer. --threshold asks for a smaller number.`
  const text = [`${pattern}: ${PATTERNS[pattern].meaning}`, ...(lines.length > 0 ? lines : [nobody])].join('\n')
  return { verdict: findings.length > 0 ? 'HOLDS' : 'FAILS', text, json: { pattern, findings } }
}

async function searchLog(line: SearchLine, io: AuditIo): Promise<Found> {
  const { log, first, opens, salts } = line
  if (log === undefined) throw new TypeError('--no-index: expected --log and --policy')
  if (line.countBy ?? line.pattern) throw new TypeError('--count-by and --pattern need an index: --db')
  if (opens !== undefined && salts === undefined) throw new TypeError('--opens: expected --salts, the store of salts')
  const isTrial = opens !== undefined && salts !== undefined
  const trial = isTrial ? await readTrial(opens, salts, () => reader.prunings) : undefined
  const reader = await openDeskLog({ ...line, log })
  if (trial !== undefined) for await (const placed of reader.entries()) await trial.add(placed)
  const tried = await trial?.end()
  const refs = await findRefs(line)
  const filter = { ...readFilter(line), ...refs.filter }
  const epochs = createEpochCounter()
  const counted = countRead(reader)
  let found: FoundRow[] = []
  let count = 0
  const unreadable = countUnreadable(reader.log.name, io)
  for await (const row of readRows(counted.reader, io, unreadable)) {
    epochs.add(refs.filter.actorRef === undefined ? row.caseRef : row.actorRef, row.time)
    if (!matches(row, filter) || tried?.opened.has(row.id) === false) continue
    count++
    found.push({ ...row, end: counted.read() })
    // Sorts and cuts from time to time, so that memory holds few more rows than the command will show.
    if (found.length > 2 * first + 1_000) found = found.sort(compareRows).slice(0, first)
  }
  const shown = found.sort(compareRows).slice(0, first)
  const rows = shown.map(({ end: _, ...row }) => inItsShard(row, reader))
  const foreign = refs.epochs === undefined ? [] : epochs.without(refs.epochs)
  const whole = addTried(tried, untoldFor(foreign, unreadAnswer(unreadable.count(), rowsAnswer(rows, count > first))))
  const end = Math.max(0, ...shown.map((row) => row.end))
  const doubts = doubtWhole(await readCosigned(reader), end, untilMsOf(filter.until))
  const answer = answerInQuorum(prunedAnswer(reader, line.from, whole), doubts)
  return { answer, shown: rows.length, logs: [reader.log.name] }
}

/** A row, and the index behind the last entry that it is made of: a request has parts. */
type FoundRow = EntryRow & { readonly end: number }

/** Says the place of a row as the index does: its shard, and the index of the entry there. */
function inItsShard(row: EntryRow, reader: ChainedReader): EntryRow {
  const { reader: shard, index } = reader.placeOf(row.position)
  return { ...row, log: shard.head.checkpoint.origin, position: index }
}

/** Counts the entries that somebody has read so far. */
function countRead(reader: LogReader): { readonly reader: LogReader; readonly read: () => number } {
  let read = 0
  async function* entries(from?: number) {
    for await (const placed of reader.entries(from)) {
      read = placed.index + 1
      yield placed
    }
  }
  return { reader: { ...reader, entries }, read: () => read }
}

/** Says that older entries were pruned, if the search went back so far. That nobody asked cannot be said then. */
function prunedAnswer({ prunings }: LogReader, from: string | undefined, answer: Answer): Answer {
  const last = prunings.all.at(-1)
  if (last === undefined || (from !== undefined && from >= last.before)) return answer
  const reason = `${describePrunings(prunings).join('; ')}: they cannot be searched. --from ${last.before} leaves them out`
  if (answer.verdict === 'HOLDS') return { ...answer, text: `${answer.text}\nNote: ${reason}.` }
  return answer.verdict === 'FAILS' ? { verdict: 'UNTOLD', text: '', json: { ...answer.json, reason } } : answer
}

function rowsAnswer(rows: readonly EntryRow[], hasMore: boolean): Answer {
  const end = hasMore ? ['… and more. Use --first to show them.'] : []
  const text = rows.length === 0 ? 'No such entry.' : [...rows.map(formatRow), ...end].join('\n')
  return { verdict: rows.length > 0 ? 'HOLDS' : 'FAILS', text, json: { entries: rows, hasMore } }
}
