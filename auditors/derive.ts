import { dirname, join } from 'node:path'
import { createSaltFinder, type FindSalt } from '../audit/salts/salts.ts'
import { isCountryPart } from '../contract/audit-log/country-part.ts'
import type { Entry, EntryOf } from '../contract/audit-log/entry.ts'
import { deriveQuestionSalt, saltedHash } from '../contract/leg-salt.ts'
import { openReplay, type PastCountry } from '../gateway/replay-question.ts'
import { LIST, NEEDED_LIST, TEXT } from '../service/command-texts.ts'
import { createProgressBar } from '../service/progress-bar.ts'
import { type Answer, type AuditIo, defineAudit, type Verdict } from './command.ts'
import {
  type DerivedQuestion,
  deriveQuestion,
  type JudgedLeg,
  type OpenGraph,
  verdictOf,
} from './derive/derive-question.ts'
import { doubtExport, type ExportDoubts, listUnwitnessed } from './derive/doubt-logs.ts'
import { findReader, noteReading } from './desk.ts'
import { findLogFolder, readPolicies } from './inputs.ts'
import { type Journal, type JournalQuestion, readJournal } from './journal/read-journal.ts'
import { KEPT_OPTION, OWN_LOG_OPTIONS, POLICY_OPTION } from './options.ts'
import { parseIfReadable } from './readable-entries.ts'
import { openSide, readOwner, type Side } from './reconcile/sides.ts'
import { type ContentStore, NotStoredError, openContentStore } from './stored-rules.ts'

/** `istmo audit derive`: plans questions again, and says whether each leg in the logs follows from what an officer signed. */
export const deriveCommand = defineAudit(
  'derive',
  {
    arguments: { journal: TEXT },
    options: {
      log: NEEDED_LIST,
      ...POLICY_OPTION,
      policy: LIST,
      question: LIST,
      salts: TEXT,
      ...KEPT_OPTION,
      ...OWN_LOG_OPTIONS,
    },
  },
  async (line, io) => {
    const journal = await readJournal(line.journal)
    const questions = pickQuestions(journal, line.question)
    if (questions.length === 0) return toAnswer(journal, [])
    const given = line.policy.length > 0 ? line.policy : (await findReader(line)).policies
    const { gateway, countries, place } = await openLogs(line.log, await readPolicies(given, line.development))
    const findSalt = line.salts === undefined ? undefined : createSaltFinder(line.salts)
    const read = await readGatewayEntries(gateway, questions, findSalt, io)
    const ids = new Set([...read.requests.values()].map(({ entry }) => entry.id))
    const legs = await readCountryLegs(countries, ids)
    const exported = gateway.isExport ? await doubtExport(gateway) : null
    const logs = [gateway, ...countries].map(({ name }) => name)
    const sought = { question: questions.map(({ statement }) => statement.jti) }
    const entries = read.requests.size + legs.length
    await noteReading(line, { channel: 'DERIVE', country: null, entries, logs, sought }, io)
    const store = openContentStore(line.kept ?? join(await findHome(place), 'kept'))
    const { open: openGraph, close } = createGraphOpener(store)
    const told: Told[] = []
    try {
      for (const question of questions) {
        told.push(await tellQuestion(question, { gateway, countries, read, legs, openGraph, findSalt, exported }))
      }
    } finally {
      await close()
    }
    return toAnswer(journal, told)
  },
)

async function findHome(place: string): Promise<string> {
  if (/^https?:\/\//.test(place)) throw new Error('expected --kept beside the URL of a log')
  const folder = await findLogFolder(place).catch(() => {
    throw new Error('expected --kept, the copy of the gateway’s content store, beside an export')
  })
  return dirname(folder)
}

function pickQuestions({ questions, faults }: Journal, wanted: readonly string[]): readonly JournalQuestion[] {
  const known = new Set(questions.map(({ statement }) => statement.jti))
  const unknown = wanted.find((jti) => !known.has(jti))
  if (unknown !== undefined) throw new Error(`expected a question of the journal; it does not have ${unknown}`)
  const picked = questions.filter(({ statement }) => wanted.length === 0 || wanted.includes(statement.jti))
  const isForged = faults.some(({ kind }) => kind === 'INVALID')
  if (picked.length === 0 && !isForged) throw new Error('expected a journal with a question; came one without any')
  return picked
}

async function openLogs(places: readonly string[], policies: Parameters<typeof openSide>[1]) {
  const sides = await Promise.all(places.map(async (place) => ({ place, side: await openSide(place, policies) })))
  const owned = await Promise.all(sides.map(async (each) => ({ ...each, country: await readOwner(each.side) })))
  const [gateway, ...others] = owned.filter(({ country }) => country === null)
  if (gateway === undefined)
    throw new Error('expected the gateway’s log, or an export of it (--log); came only logs of countries')
  if (others.length > 0) throw new Error('expected one log of a gateway; came several')
  return {
    gateway: gateway.side,
    place: gateway.place,
    countries: owned.filter(({ country }) => country !== null).map(({ side }) => side),
  }
}

interface ReadRequest {
  readonly index: number
  /** The index behind its last part. */
  end: number
  readonly entry: EntryOf<'request'>
  readonly parts: EntryOf<'continuation'>[]
}

interface ReadGateway {
  readonly graphs: PastGraphs
  /** By the question's `jti`. */
  readonly requests: ReadonlyMap<string, ReadRequest>
}

/** Reads the gateway's log once: the graphs, and the entries of the questions. */
async function readGatewayEntries(
  side: Side,
  questions: readonly JournalQuestion[],
  findSalt: FindSalt | undefined,
  io: AuditIo,
): Promise<ReadGateway> {
  const graphs = collectGraphs()
  const byRequest = new Map<string, ReadRequest>()
  const jtiOf = new Map<string, string>()
  const unanswered: JournalQuestion[] = []
  for (const question of questions) {
    const requestId = question.answer?.requestId
    if (requestId == null) unanswered.push(question)
    else jtiOf.set(requestId, question.statement.jti)
  }
  const bar = createProgressBar(io.err, 'read', io.now)
  try {
    for await (const { index, bytes } of side.entries()) {
      bar.report(index, side.size)
      const entry = parseIfReadable(bytes)
      if (entry === null) continue
      graphs.add(index, entry)
      if (entry.kind === 'continuation') addPart(byRequest.get(entry.of), entry, index)
      if (entry.kind !== 'request') continue
      const found = jtiOf.get(entry.id) ?? (await findUnanswered(entry, unanswered, findSalt))
      if (found === undefined) continue
      jtiOf.set(entry.id, found)
      byRequest.set(entry.id, { index, end: index + 1, entry, parts: [] })
    }
  } finally {
    bar.clear()
  }
  const requests = new Map([...byRequest].map(([id, request]) => [jtiOf.get(id) ?? '', request]))
  return { graphs, requests }
}

function addPart(request: ReadRequest | undefined, part: EntryOf<'continuation'>, index: number): void {
  if (request === undefined) return
  request.parts.push(part)
  request.end = Math.max(request.end, index + 1)
}

/** Finds the question that an entry is of by the hash of its statement. */
async function findUnanswered(
  { id, question }: EntryOf<'request'>,
  unanswered: readonly JournalQuestion[],
  findSalt: FindSalt | undefined,
): Promise<string | undefined> {
  if (question === undefined || findSalt === undefined || unanswered.length === 0) return undefined
  const found = await findSalt(id)
  if (found.kind !== 'KEPT') return undefined
  const salt = deriveQuestionSalt(found.salt)
  return unanswered.find(({ statement }) => saltedHash(salt, statement.jwt) === question.statement)?.statement.jti
}

/** A leg in a country's own log. */
interface CountryLeg {
  readonly side: Side
  readonly index: number
  readonly entry: EntryOf<'leg'>
}

async function readCountryLegs(sides: readonly Side[], ids: ReadonlySet<string>): Promise<readonly CountryLeg[]> {
  const legs: CountryLeg[] = []
  for (const side of sides) {
    for await (const { index, bytes } of side.entries()) {
      const entry = parseIfReadable(bytes)
      if (entry?.kind !== 'leg' || entry.requestId === null || !ids.has(entry.requestId)) continue
      legs.push({ side, index, entry })
    }
  }
  return legs
}

interface Reading {
  readonly gateway: Side
  readonly countries: readonly Side[]
  readonly read: ReadGateway
  readonly legs: readonly CountryLeg[]
  readonly openGraph: PastGraphOpener['open']
  readonly findSalt: FindSalt | undefined
  /** What an export may lack; null if the gateway's log itself is at hand. */
  readonly exported: ExportDoubts | null
}

async function tellQuestion(question: JournalQuestion, reading: Reading): Promise<Told> {
  const { jti } = question.statement
  const found = reading.read.requests.get(jti)
  const requestId = question.answer?.requestId ?? null
  if (found === undefined) {
    const isAnswered = requestId !== null && (question.answer?.status ?? 500) < 400
    const why = isAnswered
      ? 'the tool was answered, and the log has no entry of the request'
      : 'the tool got no answer. With --salts, its entry would be found if there is one'
    const derived = { legs: [], findings: isAnswered ? [why] : [], untold: isAnswered ? [] : [why] }
    return { jti, requestId, verdict: verdictOf(derived), derived }
  }
  const derived = await derive(question, found, reading).catch((error: unknown): DerivedQuestion => {
    if (error instanceof NotStoredError && error.isDamaged) return { legs: [], findings: [error.message], untold: [] }
    return { legs: [], findings: [], untold: [error instanceof Error ? error.message : String(error)] }
  })
  return { jti, requestId: found.entry.id, verdict: verdictOf(derived), derived }
}

async function derive(question: JournalQuestion, request: ReadRequest, reading: Reading): Promise<DerivedQuestion> {
  const { index, entry, parts } = request
  const { read, legs, openGraph, findSalt, exported } = reading
  const whole = {
    ...entry,
    coordinates: [...entry.coordinates, ...parts.flatMap(({ coordinates }) => coordinates)],
    legs: [...entry.legs, ...parts.flatMap((part) => part.legs)],
  }
  const hash = entry.operation?.graph
  const graph = hash === undefined ? undefined : read.graphs.find(index, hash)
  const salt = await findSalt?.(entry.id)
  const own = legs.filter((leg) => leg.entry.requestId === entry.id)
  const common = {
    question,
    entry: whole,
    requestSalt: salt?.kind === 'KEPT' ? salt.salt : undefined,
    visible: exported === null ? null : new Set(parts.flatMap((part) => (isCountryPart(part) ? [part.country] : []))),
    countryLegs: own.map((leg) => leg.entry),
  }
  if (hash !== undefined && graph === undefined)
    throw new Error('the log does not say which countries published what at the time of the request')
  const opened = hash === undefined || graph === undefined ? null : await openGraph(graph, hash)
  const derived = await deriveQuestion({ ...common, graph: opened })
  return { ...derived, untold: [...derived.untold, ...listDoubts(request, own, reading)] }
}

/** Says why the logs may lack something of a request, or may not be those that others saw. */
function listDoubts(
  { entry, end, parts }: ReadRequest,
  legs: readonly CountryLeg[],
  { gateway, countries, exported }: Reading,
): readonly string[] {
  const endIn = (side: Side): number =>
    Math.max(0, ...legs.flatMap((leg) => (leg.side === side ? [leg.index] : []))) + 1
  return [
    ...listUnwitnessed(gateway, end),
    ...countries.flatMap((side) => listUnwitnessed(side, endIn(side))),
    ...(exported?.list(entry, parts) ?? []),
  ]
}

/** What `istmo audit derive` says of questions. */

/** What is said of one question. `requestId`: null if its entry is not known. */
export interface Told {
  readonly jti: string
  readonly requestId: string | null
  readonly verdict: Verdict
  readonly derived: DerivedQuestion
}

const WORDS = {
  FOLLOWS: 'follows',
  TEXT_FOLLOWS: 'could not tell',
  DOES_NOT_FOLLOW: 'DOES NOT FOLLOW',
  MISSING: 'MISSING',
  NOT_ASKED: 'not asked',
  UNKNOWN: 'could not tell',
} as const satisfies Record<JudgedLeg['verdict'], string>

const ENDS = {
  HOLDS: 'HOLDS: each leg follows from what the officer signed, and none is missing.',
  FAILS: 'DOES NOT HOLD.',
  UNTOLD: 'COULD NOT TELL all of it.',
} as const satisfies Record<Verdict, string>

/** Makes the answer of the command. A line that nobody signed makes it fail; a torn line is only told. */
export function toAnswer({ faults }: Journal, told: readonly Told[]): Answer {
  const invalid = faults.filter(({ kind }) => kind === 'INVALID')
  const verdicts = new Set(told.map(({ verdict }) => verdict))
  const fails = verdicts.has('FAILS') || invalid.length > 0
  const verdict = fails ? 'FAILS' : verdicts.has('UNTOLD') ? 'UNTOLD' : 'HOLDS'
  const lines = [
    ...faults.map(
      ({ line, kind, reason }) =>
        `line ${line} of the journal: ${kind === 'TORN' ? 'torn, and left out' : 'NOT VALID'}: ${reason}`,
    ),
    ...told.flatMap(describeQuestion),
    ENDS[verdict],
  ]
  const questions = told.map(({ derived, ...each }) => ({ ...each, ...derived }))
  const json = { questions, faults }
  if (verdict !== 'UNTOLD') return { verdict, text: lines.join('\n'), json }
  const reasons = told.flatMap(({ derived }) => [
    ...derived.untold,
    ...derived.legs
      .filter((leg) => WORDS[leg.verdict] === WORDS.UNKNOWN)
      .map(({ country, domain, why }) => `${country} ${domain}: ${why}`),
  ])
  return { verdict, text: lines.join('\n'), json: { ...json, reason: reasons[0] } }
}

function describeQuestion({ jti, requestId, derived: { legs, findings, untold } }: Told): readonly string[] {
  return [
    `question ${jti}, request ${requestId ?? 'unknown'}: ${legs.length} legs`,
    ...findings.map((each) => `  ${each}`),
    ...legs.map(
      ({ country, domain, verdict, why }) =>
        `  ${country ?? '-'} ${domain}: ${WORDS[verdict]}${why === '' ? '' : `: ${why}`}`,
    ),
    ...untold.map((each) => `  could not tell: ${each}`),
  ]
}

/** The graph that a gateway served at the time of a request, from its log and the content store. */

/** A graph entry, with its place in the log. */
interface PlacedGraph {
  readonly index: number
  readonly entry: EntryOf<'graph'>
}

/** Collects the graphs of a log, and finds the one in force. */
export interface PastGraphs {
  readonly add: (index: number, entry: Entry) => void
  /** Returns the last graph that was served before the entry at `index` and has this supergraph. */
  readonly find: (index: number, supergraph: string) => EntryOf<'graph'> | undefined
}

/** Creates the collection. */
export function collectGraphs(): PastGraphs {
  const graphs: PlacedGraph[] = []
  return {
    add(index, entry) {
      if (entry.kind === 'graph' && entry.result === 'SERVED') graphs.push({ index, entry })
    },
    find: (index, supergraph) =>
      graphs.findLast((each) => each.index < index && each.entry.graph === supergraph)?.entry,
  }
}

/** Opens graphs. Many questions have the same one, and opening it takes most of the time, so the last one stays open. */
export interface PastGraphOpener {
  readonly open: (entry: EntryOf<'graph'>, supergraph: string) => Promise<OpenGraph>
  readonly close: () => Promise<void>
}

/** Creates what opens graphs. `open` rejects with a NotStoredError if a text is not in the content store. */
export function createGraphOpener(store: ContentStore): PastGraphOpener {
  let last: { readonly entry: EntryOf<'graph'>; readonly graph: OpenGraph } | undefined
  const close = async (): Promise<void> => last?.graph.replay.close()
  return {
    async open(entry, supergraph) {
      if (last?.entry === entry) return last.graph
      const [supergraphSdl, countries] = await Promise.all([store.text(supergraph), readCountries(entry, store)])
      await close()
      last = { entry, graph: { countries, replay: openReplay({ supergraphSdl, countries }) } }
      return last.graph
    },
    close,
  }
}

/**
 * Reads what the countries published then.
 * @throws {NotStoredError} if a text is not in the content store.
 * @throws {Error} if the entry is of an earlier version, which did not name the domains.
 */
function readCountries({ countries }: EntryOf<'graph'>, store: ContentStore): Promise<readonly PastCountry[]> {
  return Promise.all(
    countries.map(async ({ country, access, domains }): Promise<PastCountry> => {
      if (domains === undefined) throw new Error(`the log does not say which domains ${country} published then`)
      const rules = await store.rules(access)
      const texts = await store.sdl(access)
      return { access: rules.access, sdl: new Map(domains.map((domain) => [domain, texts.get(domain) ?? null])) }
    }),
  )
}
