import { Kind, parse } from 'graphql'
import { type IndexDatabase, openIndexDatabase } from '../audit/index/database.ts'
import { type EntryFilter, type EntryRow, matches } from '../audit/index/entry-row.ts'
import {
  compareRows,
  countIndex,
  DIMENSION_NAMES,
  findPattern,
  PATTERN_NAMES,
  PATTERNS,
  type PatternName,
  searchIndex,
} from '../audit/index/search.ts'
import {
  findLastTime,
  type IndexedLog,
  listIndexedLogs,
  listUnfollowedLogs,
  prepareIndex,
} from '../audit/index/store.ts'
import { canonicalBytes } from '../audit/log/canonical.ts'
import type { ChainedReader, LogReader } from '../audit/reader/log-reader.ts'
import { createSaltFinder, listSalts } from '../audit/salts/salts.ts'
import { commitTo, hourOf, opensTo, parseId } from '../audit/salts/slot.ts'
import { describePrunings, type Prunings } from '../audit/verify/prunings.ts'
import type { PlacedEntry } from '../audit/verify/read-log.ts'
import { TOKEN_REFUSALS } from '../contract/audit-log/authority-entries.ts'
import { type NormalisedDocument, normaliseDocument } from '../contract/audit-log/document.ts'
import type { Entry } from '../contract/audit-log/entry.ts'
import { DOMAINS } from '../contract/domain.ts'
import { domainSdl } from '../contract/domain-sdl.ts'
import { ERRORS } from '../contract/errors.ts'
import { MISUSES } from '../contract/misuse.ts'
import type { CommandLine } from '../service/command-spec.ts'
import { oneOf, SWITCH, TEXT, wholeNumber } from '../service/command-texts.ts'
import { type Answer, type AuditIo, defineAudit, untold } from './command.ts'
import { answerInQuorum, doubtWhole, joinDoubts, type QuorumDoubts, readCosigned } from './demand-quorum.ts'
import { findReader, noteReading, openDeskLog } from './desk.ts'
import { describeUnreadable } from './index-log.ts'
import { readText } from './inputs.ts'
import { DESK_LOG_OPTIONS, FILTER_OPTIONS, REF_OPTIONS, readFilter } from './options.ts'
import { countUnreadable, formatRow, parseIfReadable, readRows } from './readable-entries.ts'
import { createEpochCounter, describeEpochs, type EpochUse, findForeignEpochs, findRefs } from './sought-refs.ts'
import { say } from './words.ts'

/** The largest number of rows that the command shows. */
const MAX_ROWS = 10_000

const COUNT = wholeNumber(1, MAX_ROWS)

const SEARCH = {
  options: {
    db: { isSecret: true },
    noIndex: SWITCH,
    ...DESK_LOG_OPTIONS,
    log: TEXT,
    ...FILTER_OPTIONS,
    ...REF_OPTIONS,
    opens: TEXT,
    salts: TEXT,
    origin: TEXT,
    first: { default: '50', ...COUNT },
    countBy: oneOf(DIMENSION_NAMES),
    pattern: oneOf(PATTERN_NAMES),
    threshold: COUNT,
  },
} as const

type SearchLine = CommandLine<typeof SEARCH>

/** What a search found: the answer, and how many entries or lines it shows. */
interface Found {
  readonly answer: Answer
  readonly shown: number
  readonly logs: readonly string[]
}

/** `istmo audit search`: searches the index, or directly the entries of a log. */
export const searchCommand = defineAudit('search', SEARCH, async (line, io) => {
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
      const text = counts
        .map(({ key, count }) => `${String(count).padStart(8)}  ${key ?? say('search.noValue')}`)
        .join('\n')
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
  const missing = asked.length > 0 ? [] : [say('search.notFollowed', { log: origin ?? say('search.aLog') })]
  const strangers = (await listUnfollowedLogs(db)).filter((name) => origin === undefined || name === origin)
  const added = strangers.map((name) => say('search.stranger', { log: name }))
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
    if (witnessed === null) return { untold: [say('search.notCosigned', { log: name })], notes: [] }
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
  return untold(say('search.unread', { unreadable }), answer.json)
}

/** Turns an answer into «could not tell» if the log has refs that the keys cannot find: «nobody» would be a guess. */
function untoldFor(foreign: readonly EpochUse[], answer: Answer): Answer {
  if (foreign.length === 0) return answer
  const text = answer.verdict === 'HOLDS' ? answer.text : ''
  return untold(describeEpochs(foreign), { ...answer.json, foreignEpochs: foreign }, text)
}

/** Says how much of a log the index knows, because an answer is only about so many entries. */
function describeIndexed(indexed: IndexedLog): readonly string[] {
  return [say('search.knows', { size: indexed.size, log: indexed.log }), ...describeUnreadable(indexed)]
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
    return `${since}  ${String(amount).padStart(6)}  ${agency ?? say('search.noAgency')}  ${actorRef}`
  })
  const nobody = say('search.nobody', { threshold })
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
  const reason = say('search.pruned', { prunings: describePrunings(prunings).join('; '), before: last.before })
  if (answer.verdict === 'HOLDS') return { ...answer, text: `${answer.text}\n${say('remark', { note: reason })}` }
  return answer.verdict === 'FAILS' ? untold(reason, answer.json) : answer
}

function rowsAnswer(rows: readonly EntryRow[], hasMore: boolean): Answer {
  const end = hasMore ? [say('search.more')] : []
  const text = rows.length === 0 ? say('search.none') : [...rows.map(formatRow), ...end].join('\n')
  return { verdict: rows.length > 0 ? 'HOLDS' : 'FAILS', text, json: { entries: rows, hasMore } }
}

/** The codes that entries have: those of errors and outcomes, of misuses, and of refusals of a mandate authority. */
const CODES: ReadonlySet<string> = new Set([...Object.keys(ERRORS), ...MISUSES, ...TOKEN_REFUSALS])

/**
 * Turns «there is none» into «could not tell» if a code or a field of the filter is not one that this version knows: a spelling mistake finds nothing
 * either. An entry of another version may have such a code or field, so what was found is shown.
 */
export function doubtSpelling({ code, coordinate, denied }: EntryFilter, answer: Answer): Answer {
  if (answer.verdict !== 'FAILS') return answer
  const unknown = [
    ...(code === undefined || CODES.has(code) ? [] : [say('search.code', { code })]),
    ...doubtField('--field', coordinate),
    ...doubtField('--denied', denied),
  ]
  if (unknown.length === 0) return answer
  return untold(say('search.misspelt', { unknown: unknown.join('; ') }), answer.json)
}

function doubtField(flag: string, coordinate: string | undefined): readonly string[] {
  // Every schema has the fields of introspection.
  if (coordinate === undefined || coordinate.includes('__') || listCoordinates().has(coordinate)) return []
  return [say('search.field', { flag, coordinate })]
}

/** Lists the members of all types of the contract's domains, and the arguments of their fields. */
function listCoordinates(): ReadonlySet<string> {
  const coordinates = new Set<string>()
  for (const domain of DOMAINS) {
    for (const definition of parse(domainSdl(domain), { noLocation: true }).definitions) {
      if (definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.OBJECT_TYPE_EXTENSION) {
        for (const { name, arguments: taken = [] } of definition.fields ?? []) {
          const field = `${definition.name.value}.${name.value}`
          coordinates.add(field)
          for (const argument of taken) coordinates.add(`${field}(${argument.name.value}:)`)
        }
      } else if (definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) {
        for (const { name } of definition.fields ?? []) coordinates.add(`${definition.name.value}.${name.value}`)
      } else if (definition.kind === Kind.ENUM_TYPE_DEFINITION) {
        for (const { name } of definition.values ?? []) coordinates.add(`${definition.name.value}.${name.value}`)
      }
    }
  }
  return coordinates
}

/** Tries values against the commitments of entries, for an auditor who may use the salts: who searched for this name, even without a result? */

/** What a trial found. Nothing in a log says that a salt of the store is the right one: whoever keeps the store can have put others there. */
export interface TriedCommitments {
  /** The ids of the entries that commit to one of the values. */
  readonly opened: ReadonlySet<string>
  /** How many commitments could not be tried, because their salt was erased or is not in the store. */
  readonly untried: Untried
  /** How many requests were not opened and may be one of the questions: a line without its text cannot tell what names and values the document had. */
  readonly undecided: number
  /** The ids of those of `opened` that another entry's salt of the same hour opens: somebody exchanged salts. */
  readonly moved: readonly string[]
  /** The ids whose salts the log says were erased, and which the store has again. Their commitments are not tried. */
  readonly returned: readonly string[]
}

/** `unexplained`: how many of `all` have no entry of an erasure behind them, and are of a time whose salts no pruning deleted. */
export interface Untried {
  readonly all: number
  readonly unexplained: number
}

/**
 * Reads the values to try.
 * @param prunings the prunings of the log, which delete salts too
 * @throws {TypeError} if the file has no value or a line that is not JSON. The message does not repeat the line.
 */
export async function readTrial(file: string, salts: string, prunings: () => Pick<Prunings, 'all'>) {
  const lines = (await readText(file)).split('\n').filter((line) => line.trim() !== '')
  const read = lines.map((line, at) => readCandidates(line, `${file}: line ${at + 1}`))
  const candidates = read.flatMap(({ values }) => values.map(withCanonicalForm))
  const isDecisive = read.every(({ isWhole }) => isWhole)
  if (candidates.length === 0) throw new TypeError(`${file}: expected a JSON value a line; came none`)
  const findSalt = createSaltFinder(salts)
  const commitmentsOf = createHourFinder(salts, candidates)
  const erased = new Set<string>()
  const untried = new Map<string, string>()
  const undecided = new Set<string>()
  const opened = new Set<string>()
  const moved = new Set<string>()

  const end = async (): Promise<TriedCommitments> => {
    const returned: string[] = []
    for (const id of erased) {
      if ((await findSalt(id)).kind !== 'KEPT') continue
      returned.push(id)
      opened.delete(id)
      moved.delete(id)
    }
    const { all } = prunings()
    const isPruned = (time: string): boolean => all.some(({ before }) => Date.parse(time) < Date.parse(before))
    const unexplained = [...untried].filter(([id, time]) => !erased.has(id) && !isPruned(time))
    const counted = { all: untried.size, unexplained: unexplained.length }
    return { opened, untried: counted, undecided: undecided.size, moved: [...moved], returned }
  }

  return {
    /** Says what came out, when all entries were added. */
    end,
    /** Takes the next entry of the log. One that cannot be read commits to nothing that could be tried; who reads the rows says that there are such. */
    async add({ bytes }: PlacedEntry) {
      const entry = parseIfReadable(bytes)
      if (entry === null) return
      if (entry.kind === 'salt-erasure') erased.add(entry.erased)
      const { id, time } = entry
      const commitment = commitmentOf(entry)
      if (commitment === null) return
      const found = await findSalt(id)
      if (found.kind === 'KEPT' && candidates.some((value) => opensTo(commitment, value, found.salt))) opened.add(id)
      // A commitment proves the value with whatever salt opens it, wherever the salt stands.
      else if ((await commitmentsOf(id)).has(commitment)) {
        opened.add(id)
        moved.add(id)
      } else if (found.kind !== 'KEPT') untried.set(id, time)
      else if (!isDecisive && entry.kind === 'request') undecided.add(id)
    },
  }
}

/** Creates a look-up of the commitments to the values under all salts that the store has of the hour of an id. It keeps one hour, because ids come in the order of time. */
function createHourFinder(salts: string, candidates: readonly unknown[]): (id: string) => Promise<ReadonlySet<string>> {
  let last: { readonly hour: number; readonly commitments: ReadonlySet<string> } | undefined
  return async (id) => {
    const hour = hourOf(parseId(id))
    if (last?.hour !== hour) {
      const kept = await listSalts(salts, hour)
      last = { hour, commitments: new Set(kept.flatMap((salt) => candidates.map((value) => commitTo(value, salt)))) }
    }
    return last.commitments
  }
}

/** The values that one line stands for. `isWhole`: a request that commits to none of them is surely not the question of the line. */
interface Candidates {
  readonly values: readonly unknown[]
  readonly isWhole: boolean
}

/** Reads one line. The gateway commits to the variables together with the values and names that stood in the document (request-entry.ts). */
function readCandidates(line: string, where: string): Candidates {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new TypeError(`${where}: expected one JSON value`)
  }
  const { query, variables, ...rest } = Object(value) as Readonly<Record<string, unknown>>
  if (typeof query === 'string') {
    const { literals, names } = parseDocument(query, where)
    const asked = { literals, names, variables: variables ?? {} }
    // Earlier versions left out the names.
    return { values: [asked, { literals, variables: asked.variables }], isWhole: true }
  }
  if ('literals' in rest) return { values: [value], isWhole: 'names' in rest }
  // The names of variables are names of the document too. The line does not have the others.
  const bare = { literals: [], variables: value }
  return { values: [{ ...bare, names: Object.keys(Object(value) as object) }, bare, value], isWhole: false }
}

function parseDocument(text: string, where: string): NormalisedDocument {
  try {
    return normaliseDocument(parse(text))
  } catch {
    throw new TypeError(`${where}: expected a GraphQL document in "query"`)
  }
}

/** Returns the value, or its JSON as a text if it has a lone surrogate: RFC 8785 cannot write one, and a gateway commits to the text then. */
function withCanonicalForm(value: unknown): unknown {
  try {
    canonicalBytes(value)
    return value
  } catch {
    return JSON.stringify(value)
  }
}

function commitmentOf(entry: Entry): string | null {
  if (entry.kind === 'request') return entry.operation?.variables ?? null
  if (entry.kind !== 'oversight') return null
  return entry.sought?.values ?? entry.operation?.variables ?? null
}

/**
 * Adds to an answer what is wrong with the salts, and which commitments could not be tried. What was found still holds. Where something is wrong, that
 * nobody asked cannot be said, and becomes «could not tell».
 * @param tried what came out; undefined if the search tried no commitments
 */
export function addTried(tried: TriedCommitments | undefined, answer: Answer): Answer {
  if (tried === undefined) return answer
  const { untried, undecided, moved, returned } = tried
  const { all, unexplained } = untried
  const past = unexplained === 0 ? '' : say('search.unexplained', { number: unexplained })
  const unknown = [
    ...(all > 0 ? [say('search.untried', { all, past })] : []),
    ...(undecided > 0 ? [say('search.undecided', { number: undecided })] : []),
  ]
  const changed = [
    ...(moved.length > 0 ? [say('search.moved', { count: moved.length, named: nameFirst(moved) })] : []),
    ...(returned.length > 0 ? [say('search.returned', { count: returned.length, named: nameFirst(returned) })] : []),
  ]
  const json = { ...answer.json, untried: all, unexplained, moved, returned }
  const lines = [
    ...unknown.map((reason) => say('search.couldNotTell', { reason })),
    ...[...changed, ...(answer.verdict === 'FAILS' ? [say('search.limit')] : [])].map((note) =>
      say('remark', { note }),
    ),
  ]
  if (answer.verdict === 'HOLDS' || unknown.length + changed.length === 0) {
    return { ...answer, text: [answer.text, ...lines].join('\n'), json }
  }
  return untold([...unknown, ...changed].join('; '), json)
}

/** How many entries a sentence names. */
const NAMED = 3

function nameFirst(ids: readonly string[]): string {
  return [...ids.slice(0, NAMED), ...(ids.length > NAMED ? ['…'] : [])].join(', ')
}
