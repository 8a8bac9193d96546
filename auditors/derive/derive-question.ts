import { hash } from 'node:crypto'
import { parse, visit } from 'graphql'
import { opensTo } from '../../audit/salts/slot.ts'
import { normaliseDocument } from '../../contract/audit-log/document.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { IstmoError } from '../../contract/errors.ts'
import { parseJson } from '../../contract/json-value.ts'
import { deriveLegSalt, deriveQuestionSalt, saltedHash } from '../../contract/leg-salt.ts'
import { LEG_EXTENSION } from '../../contract/trust/leg-extensions.ts'
import {
  ALL_COUNTRIES,
  QUESTION_MAX_AGE_S,
  showQuestion,
  type VerifiedQuestion,
} from '../../contract/trust/question-statement.ts'
import { mergeLegs, mergeTexts, plainText, splitLeg } from '../../gateway/merged-legs.ts'
import type { PastCountry, PastQuestion, Replay, ReplayedAnswer, ReplayedLeg } from '../../gateway/replay-question.ts'
import { hashDocumentOf, type JournalLeg, type JournalQuestion } from '../journal/read-journal.ts'

/** A graph of the past that questions can be asked of again. */
export interface OpenGraph {
  readonly countries: readonly PastCountry[]
  readonly replay: Replay
}

/** What is at hand about one question. */
export interface DeriveSources {
  readonly question: JournalQuestion
  /** The gateway's entry with the lists of its continuations. */
  readonly entry: EntryOf<'request'>
  /** The countries whose parts of the entry are at hand; null for all. */
  readonly visible: ReadonlySet<string> | null
  /** The graph of that time; null if the gateway refused the request before it read the document. */
  readonly graph: OpenGraph | null
  /** The legs that countries' own logs have of the request. */
  readonly countryLegs: readonly EntryOf<'leg'>[]
  /** The salt of the request, if the gateway's salts are at hand. */
  readonly requestSalt: Uint8Array | undefined
}

/** What is said of one question. `findings`: what does not fit; `untold`: what cannot be told. Sentences for people. */
export interface DerivedQuestion {
  readonly legs: readonly JudgedLeg[]
  readonly findings: readonly string[]
  readonly untold: readonly string[]
}

/** Asks a question again, and compares its legs with those that the logs have. */
export async function deriveQuestion(sources: DeriveSources): Promise<DerivedQuestion> {
  const { question, entry, visible } = sources
  const isForeign = sources.requestSalt !== undefined && isForeignSalt(question, entry, sources.requestSalt)
  const requestSalt = isForeign ? undefined : sources.requestSalt
  const doubts = isForeign ? ['the salt at hand is that of another request or log: it does not open the statement'] : []
  const findings = [...describeMisfits(question, entry, requestSalt)]
  const evidence = question.answer?.evidence?.legs ?? []
  const answered = entry.legs.map((leg) => openLeg(leg, evidence)).flatMap(takeApart)
  const recorded = answered.map((leg) => leg.recorded)
  const { foreign, repeated } = splitCountryLegs(sources)
  const [seen, unseen] = [true, false].map((is) =>
    evidence.filter(({ country }) => (visible === null || visible.has(country)) === is),
  ) as [JournalLeg[], JournalLeg[]]
  findings.push(...listForeignEvidence(entry, seen), ...foreign)
  const { isDryRun, status } = entry.result
  if ((isDryRun || status >= 400) && recorded.every(isUnsent)) return { legs: [], findings, untold: doubts }
  // Otherwise a gateway could hide any leg behind the word.
  if (isDryRun) findings.push('the entry says that it was a dry run, and it has legs that were sent')
  // What the legs to other countries were answered is at hand only in the journal.
  const played = playAnswers([...answered, ...unseen.map(toAnsweredLeg).flatMap(takeApart)])
  if (sources.graph === null) return { legs: [], findings, untold: ['the log does not say which graph was asked'] }
  const derived = await replay(sources, sources.graph, played.answer)
  if (derived instanceof IstmoError) {
    const why = `the question is refused today (${derived.code}), and the log says that it was asked`
    return { legs: [], findings, untold: [why] }
  }
  const opened = requestSalt === undefined ? recorded : openWithSalt(recorded, derived, question, requestSalt)
  const isShown = ({ country }: { readonly country: string | null }): boolean =>
    visible === null || country === null || visible.has(country)
  const parts = takeRecordedApart(opened)
  const legs = compareDerived(parts.filter(isShown), derived.filter(isShown), played.isComplete())
  const isEnded = entry.result.isHangup || entry.result.status >= 500
  return {
    legs: isEnded ? legs.map(excuseMissing) : legs,
    findings,
    untold: [...doubts, ...repeated, ...listUntold(sources)],
  }
}

/** A request that ended before its legs did need not have all of them. */
function excuseMissing(leg: JudgedLeg): JudgedLeg {
  return leg.verdict === 'MISSING' ? { ...leg, verdict: 'NOT_ASKED', why: `${leg.why}; the request ended early` } : leg
}

function isUnsent({ requestHash }: RecordedLeg): boolean {
  return requestHash === null
}

/** Opens a recorded leg with the evidence that has its hash. */
function openLeg(leg: EntryOf<'request'>['legs'][number], evidence: readonly JournalLeg[]): AnsweredLeg {
  const { country, domain, operationHash, requestHash, responseHash, reach, code } = leg
  const outcome = code === null ? reach : `${reach}, ${code}`
  const bare = { country, domain, operationHash, requestHash, outcome }
  const found = evidence.find((each) => each.country === country && hashWith(each, each.request) === requestHash)
  const opened = found === undefined ? null : readBody(found.request)
  const isAnswer = found !== undefined && hashWith(found, found.answer) === responseHash
  return { recorded: { ...bare, opened }, body: isAnswer ? parseJson(found.answer) : undefined }
}

function toAnsweredLeg({ country, domain, request, answer }: JournalLeg): AnsweredLeg {
  const hashes = { operationHash: null, requestHash: null }
  const recorded = { country, domain, ...hashes, outcome: 'ANSWERED', opened: readBody(request) }
  return { recorded, body: parseJson(answer) }
}

function hashWith({ salt }: JournalLeg, text: string): string {
  return saltedHash(Buffer.from(salt, 'base64url'), text)
}

function readBody(text: string): RecordedLeg['opened'] {
  const { query, variables } = (parseJson(text) ?? {}) as { query?: unknown; variables?: unknown }
  if (typeof query !== 'string') return null
  return {
    query,
    variables: (typeof variables === 'object' && variables !== null ? variables : {}) as Record<string, unknown>,
  }
}

/** Names the evidence whose leg or answer the gateway's entry does not have. */
function listForeignEvidence({ legs }: EntryOf<'request'>, evidence: readonly JournalLeg[]): readonly string[] {
  return evidence.flatMap((each) => {
    const sent = legs.find((leg) => leg.country === each.country && hashWith(each, each.request) === leg.requestHash)
    const where = `${each.country} ${each.domain}`
    if (sent === undefined) return [`${where}: the tool was shown a leg that the entry does not have`]
    if (sent.responseHash === hashWith(each, each.answer)) return []
    return [`${where}: the tool was shown another answer than that of the entry`]
  })
}

/** The legs in the countries' own logs that the gateway's entry does not have. */
function splitCountryLegs({ countryLegs, entry }: DeriveSources) {
  const foreign: string[] = []
  const repeated: string[] = []
  for (const { country, domain, operationHash, requestHash, result } of countryLegs) {
    const same = entry.legs.filter((leg) => leg.country === country && leg.domain === domain)
    if (same.some((leg) => leg.requestHash === requestHash)) continue
    const what = `${country} ${domain}: the country logged a leg (${result.code ?? result.status}) that the entry does not have`
    if (operationHash === null || !same.some((leg) => leg.operationHash === operationHash)) foreign.push(what)
    // A leg that a node refuses because it lacks something goes once more, with another salt and the same text.
    else if (result.status < 400) repeated.push(`${what}, with the text of one that it has`)
  }
  return { foreign, repeated }
}

/** Matches a policy that reads who the caller is: neither a log nor a journal has the caller's name. */
const READS_THE_CALLER = /principal\s*(==|in|is)\s/

function listUntold({ question, graph, entry }: DeriveSources): readonly string[] {
  const { answer, mandate } = question
  const leftOff = answer?.evidence?.leftOff ?? 0
  const reading = (graph?.countries ?? []).filter(({ access }) => READS_THE_CALLER.test(access.policies.text))
  return [
    ...(mandate === null && entry.actor !== null ? ['the journal does not have the mandate of the access token'] : []),
    ...(leftOff > 0 ? [`the gateway gave no evidence of ${leftOff} legs`] : []),
    ...reading.map(({ access }) => `${access.country}: a policy reads the caller’s name, which no log has`),
  ]
}

/** Asks the question again. Returns the error of a gateway that refuses it. */
async function replay(
  { question, entry }: DeriveSources,
  { replay: again }: OpenGraph,
  answer: Parameters<Replay['ask']>[1],
): Promise<readonly ReplayedLeg[] | IstmoError> {
  const { statement, document, mandate } = question
  const { actor } = entry
  const past: PastQuestion = {
    document,
    timeMs: Date.parse(entry.time),
    operationName: statement.operation ?? undefined,
    variables: Object.fromEntries(statement.variables),
    grounds: {
      purpose: statement.purpose,
      legalBasis: statement.basis,
      ...(statement.case !== null && { case: statement.case }),
    },
    caller:
      actor === null
        ? null
        : {
            issuer: '',
            subject: actor.ref,
            scopes: actor.scopes,
            expiresAt: Number.MAX_SAFE_INTEGER,
            ...(actor.client !== null && { client: actor.client }),
            ...(actor.assurance !== null && { assurance: actor.assurance }),
            ...(actor.country !== null && {
              organisation: {
                country: actor.country,
                ...(actor.agency !== null && { agency: actor.agency }),
                ...(actor.role !== null && { role: actor.role }),
              },
            }),
            ...(mandate !== null && { mandate: toMandate(mandate) }),
          },
  }
  try {
    return await again.ask(past, answer)
  } catch (error) {
    if (error instanceof IstmoError) return error
    throw error
  }
}

function toMandate({ hash: _, ...mandate }: NonNullable<JournalQuestion['mandate']>) {
  const { task_force, case: caseId, legal_basis, ...rest } = mandate
  return {
    ...rest,
    ...(task_force !== undefined && { task_force }),
    ...(caseId !== undefined && { case: caseId }),
    ...(legal_basis !== undefined && { legal_basis }),
  }
}

/** The verdict on one question. */
export function verdictOf({ legs, findings, untold }: DerivedQuestion): 'HOLDS' | 'FAILS' | 'UNTOLD' {
  const verdicts = new Set(legs.map(({ verdict }) => verdict))
  if (findings.length > 0 || verdicts.has('DOES_NOT_FOLLOW') || verdicts.has('MISSING')) return 'FAILS'
  return untold.length > 0 || verdicts.has('UNKNOWN') || verdicts.has('TEXT_FOLLOWS') ? 'UNTOLD' : 'HOLDS'
}

/** By how much clocks may differ, in milliseconds (docs/design/trust.md, Who signs what). */
const SKEW_MS = 5_000

/**
 * Says in what the gateway's entry of a request does not fit the question that an officer signed.
 * @param requestSalt the salt of the request, if the gateway's salts are at hand.
 * @returns sentences for people, without a value; none if the entry fits.
 */
export function describeMisfits(
  { statement, document, answer }: JournalQuestion,
  entry: EntryOf<'request'>,
  requestSalt: Uint8Array | undefined,
): readonly string[] {
  const { actor, grounds, operation, question } = entry
  const salt = requestSalt === undefined ? readSalt(answer?.evidence?.salt) : deriveQuestionSalt(requestSalt)
  const isRefused = entry.result.status >= 400
  const tokenHash = Buffer.from(statement.ath, 'base64url').toString('hex')
  return [
    ...(actor?.tokenHash === tokenHash ? [] : ['the entry is of another access token']),
    ...(question === undefined && !isRefused ? ['the entry names no signed question'] : []),
    ...(question !== undefined && salt !== undefined && question.statement !== saltedHash(salt, statement.jwt)
      ? ['the entry is of another statement']
      : []),
    ...(operation !== null && operation.documentHash !== hashDocumentOf({ document })
      ? ['the entry is of another document']
      : []),
    ...(operation === null || requestSalt === undefined || opensVariables(document, statement, operation, requestSalt)
      ? []
      : ['the entry is of other values']),
    ...(question === undefined || grounds === null || grounds.purpose === statement.purpose
      ? []
      : ['the entry has another purpose']),
    ...(question === undefined || grounds === null || grounds.legalBasis.join('\n') === statement.basis.join('\n')
      ? []
      : ['the entry has another legal basis']),
    ...(answer === null || answer.status === entry.result.status
      ? []
      : [`the tool was answered with status ${answer.status}, and the entry has ${entry.result.status}`]),
    ...describeTime(statement.iat * 1_000, entry),
    ...describeCountries(statement.countries, entry),
  ]
}

/**
 * Whether a salt is that of another request or log: it does not open the statement in the entry, and the salt that the gateway gave to the tool does. Then
 * nothing speaks against the entry.
 */
export function isForeignSalt(
  { statement, answer }: JournalQuestion,
  { question }: EntryOf<'request'>,
  requestSalt: Uint8Array,
): boolean {
  const ofTool = readSalt(answer?.evidence?.salt)
  if (question === undefined || ofTool === undefined) return false
  const opens = (salt: Uint8Array): boolean => saltedHash(salt, statement.jwt) === question.statement
  return opens(ofTool) && !opens(deriveQuestionSalt(requestSalt))
}

function readSalt(text: string | null | undefined): Uint8Array | undefined {
  return text == null ? undefined : Buffer.from(text, 'base64url')
}

function opensVariables(
  document: string,
  { variables }: JournalQuestion['statement'],
  { variables: commitment }: NonNullable<EntryOf<'request'>['operation']>,
  salt: Uint8Array,
): boolean {
  if (commitment === null) return true
  const { literals, names } = normaliseDocument(parse(document))
  return opensTo(commitment, { literals, names, variables: Object.fromEntries(variables) }, salt)
}

/** A statement is at most a minute old when it comes, and it comes once. */
function describeTime(askedMs: number, { time, result }: EntryOf<'request'>): readonly string[] {
  const endMs = Date.parse(time)
  const isTooEarly = endMs < askedMs - SKEW_MS
  const isTooLate = endMs - result.durationMs > askedMs + QUESTION_MAX_AGE_S * 1_000 + 2 * SKEW_MS
  return isTooEarly || isTooLate ? ['the entry is of another time than the statement'] : []
}

function describeCountries(disclosed: readonly string[], { legs }: EntryOf<'request'>): readonly string[] {
  if (disclosed.includes(ALL_COUNTRIES)) return []
  const asked = legs.flatMap(({ country, requestHash }) => (country === null || requestHash === null ? [] : [country]))
  const foreign = [...new Set(asked)].filter((country) => !disclosed.includes(country)).sort()
  return foreign.map((country) => `${country} was asked, and the statement does not disclose it`)
}

/** Plays the countries to a question that is asked again, with what they answered then. */
export interface PlayedAnswers {
  readonly answer: (leg: ReplayedLeg) => ReplayedAnswer
  /** Whether each answer was at hand so far, or the log says that the country gave none. */
  readonly isComplete: () => boolean
}

const NO_ANSWER = { outcome: { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' } } as const

/** Creates the answers. A leg that no log has gets none, and what would follow from it is not derived. */
export function playAnswers(legs: readonly AnsweredLeg[]): PlayedAnswers {
  const open = legs.filter(({ recorded, body }) => recorded.opened !== null && body !== undefined)
  const silent = legs.flatMap(({ recorded }) => (recorded.outcome.startsWith('ANSWERED') ? [] : [recorded]))
  const asked: ReplayedLeg[] = []
  const unanswered: ReplayedLeg[] = []
  return {
    isComplete: () => unanswered.every((leg) => isSilent(leg, asked, silent)),
    answer(leg) {
      const ofPlace = open.filter(({ recorded }) => isSamePlace(recorded, leg))
      asked.push(leg)
      const body = findExact(leg, ofPlace) ?? collectRows(leg, ofPlace)
      if (body !== undefined) return { body }
      // A country that did not answer is the same as one that was not asked: nothing follows from it.
      unanswered.push(leg)
      return NO_ANSWER
    },
  }
}

/** Whether the log says that a country gave no answer to a leg, by itself or merged with others of the legs that the question makes. */
function isSilent(leg: ReplayedLeg, asked: readonly ReplayedLeg[], silent: readonly RecordedLeg[]): boolean {
  const texts = [...new Set(asked.filter((each) => isSamePlace(each, leg)).map(({ query }) => query))]
  const hashes = [hash('sha256', leg.query), hash('sha256', plainText(leg.query))]
  return silent.some(({ country, domain, requestHash, operationHash, opened }) => {
    if (!isSamePlace({ country, domain }, leg)) return false
    if (requestHash === null || hashes.includes(operationHash ?? '')) return true
    return opened === null && findMergedTexts(texts, operationHash)?.includes(leg.query) === true
  })
}

type Place = Pick<RecordedLeg, 'country' | 'domain'>

function isSamePlace(one: Place, other: Place): boolean {
  return one.country === other.country && one.domain === other.domain
}

function findExact(leg: ReplayedLeg, open: readonly AnsweredLeg[]): unknown {
  const [text, values] = [plainText(leg.query), canonical(leg.variables)]
  const isIt = (opened: RecordedLeg['opened']): boolean =>
    opened !== null && plainText(opened.query) === text && canonical(opened.variables) === values
  return open.find(({ recorded }) => isIt(recorded.opened))?.body
}

/** Collects the answer to a leg about several entities from legs that asked about them in another order or together with others. */
function collectRows({ query, variables }: ReplayedLeg, open: readonly AnsweredLeg[]): unknown {
  const { representations, ...rest } = variables
  if (!Array.isArray(representations)) return undefined
  const [text, others] = [plainText(query), canonical(rest)]
  const rows = new Map<string, unknown>()
  for (const { recorded, body } of open) {
    const { representations: asked, ...values } = recorded.opened?.variables ?? {}
    if (plainText(recorded.opened?.query ?? '') !== text || canonical(values) !== others || !Array.isArray(asked))
      continue
    const entities = (body as { data?: { _entities?: unknown } } | null)?.data?._entities
    if (!Array.isArray(entities)) continue
    for (const [at, each] of asked.entries()) rows.set(canonical(each), entities[at] ?? null)
  }
  const keys = representations.map(canonical)
  return keys.every((key) => rows.has(key)) ? { data: { _entities: keys.map((key) => rows.get(key)) } } : undefined
}

/** Compares the legs that an audit log has of one question with those that the question makes. */

/**
 * What is said of a leg. `FOLLOWS`: the question makes exactly this leg. `TEXT_FOLLOWS`: it has the text of such a leg, and its values are not known.
 * `MISSING`: the question makes it, and the log does not have it. `NOT_ASKED`: the same, and the log says why.
 */
export type LegVerdict = 'FOLLOWS' | 'TEXT_FOLLOWS' | 'DOES_NOT_FOLLOW' | 'MISSING' | 'NOT_ASKED' | 'UNKNOWN'

/** What is said of one leg, and why; without any value. */
export interface JudgedLeg {
  readonly country: string | null
  readonly domain: string
  readonly verdict: LegVerdict
  /** For people; empty for a leg that follows. */
  readonly why: string
}

/**
 * Judges each recorded leg, and names those that are missing.
 * @param isComplete whether the answers to all derived legs were at hand. If not, a leg may follow from an answer that nobody knows.
 */
export function compareDerived(
  recorded: readonly RecordedLeg[],
  derived: readonly DerivedLeg[],
  isComplete: boolean,
): readonly JudgedLeg[] {
  const sent = recorded.filter(({ requestHash }) => requestHash !== null)
  const unsent = recorded.filter(({ requestHash }) => requestHash === null)
  const places = new Set([...sent, ...derived].map(placeOf))
  return [...places].flatMap((place) => {
    const at = {
      sent: sent.filter(isAt(place)),
      unsent: unsent.filter(isAt(place)),
      derived: derived.filter(isAt(place)),
    }
    return comparePlace(at, isComplete)
  })
}

interface PlacedLegs {
  readonly sent: readonly RecordedLeg[]
  readonly unsent: readonly RecordedLeg[]
  readonly derived: readonly DerivedLeg[]
}

function placeOf({ country, domain }: Pick<DerivedLeg, 'country' | 'domain'>): string {
  return `${country} ${domain}`
}

function isAt(place: string) {
  return (leg: Pick<DerivedLeg, 'country' | 'domain'>): boolean => placeOf(leg) === place
}

/** The legs of one text and of the same values, except for the entities that they ask about. */
interface Group {
  readonly legs: DerivedLeg[]
  /** The entities that these legs ask about; null if they ask about none. */
  readonly entities: Set<string> | null
  /** How many recorded legs were of this group, and about which entities. */
  asked: number
  readonly askedEntities: Set<string>
}

function comparePlace({ sent, unsent, derived }: PlacedLegs, isComplete: boolean): readonly JudgedLeg[] {
  const groups = groupDerived(derived)
  const opened = sent.filter(({ opened: body }) => body !== null)
  const closed = sent.filter(({ opened: body }) => body === null)
  const judged = opened.map((leg) => judgeOpened(leg, groups, derived, isComplete))
  const texts = new Map<string, number>()
  for (const { query } of derived) texts.set(query, (texts.get(query) ?? 0) + 1)
  const closedTexts = new Set<string>()
  for (const leg of closed) {
    const own = findTexts(leg, [...texts.keys()])
    for (const text of own) closedTexts.add(text)
    judged.push(...judgeClosed(leg, own, texts, isComplete))
  }
  for (const group of groups.byText.values()) {
    // A leg whose values nobody knows may be any of its text.
    if (closedTexts.has(group.legs[0]?.query ?? '')) continue
    judged.push(...listMissing(group, unsent))
  }
  return judged
}

/** The legs that the question makes, by what they ask. `byPlainText`: the same groups, for the parts of merged legs. */
interface Groups {
  readonly byText: ReadonlyMap<string, Group>
  readonly byPlainText: ReadonlyMap<string, Group>
}

function groupDerived(derived: readonly DerivedLeg[]): Groups {
  const [byText, byPlainText] = [new Map<string, Group>(), new Map<string, Group>()]
  for (const leg of derived) {
    const { rest, entities } = split(leg.variables)
    const key = keyOf(leg.query, rest)
    const group = byText.get(key) ?? { legs: [], entities: entities && new Set(), asked: 0, askedEntities: new Set() }
    group.legs.push(leg)
    for (const entity of entities ?? []) group.entities?.add(entity)
    byText.set(key, group)
    byPlainText.set(keyOf(plainText(leg.query), rest), group)
  }
  return { byText, byPlainText }
}

/** Splits the values of a leg into its entities and the rest. Legs about several entities may be put together in another way. */
function split({ representations, ...rest }: Readonly<Record<string, unknown>>) {
  return { rest, entities: Array.isArray(representations) ? representations.map(canonical) : null }
}

function keyOf(query: string, values: unknown): string {
  return `${query}\n${canonical(values)}`
}

/** The texts that a leg has whose values are not known: its own, those that were merged into it, or none that the question makes. */
function findTexts({ operationHash }: RecordedLeg, texts: readonly string[]): readonly string[] {
  const own = texts.find((text) => hash('sha256', text) === operationHash)
  return own === undefined ? (findMergedTexts(texts, operationHash) ?? []) : [own]
}

function judgeOpened(leg: RecordedLeg, groups: Groups, derived: readonly DerivedLeg[], isComplete: boolean): JudgedLeg {
  const { query, variables } = leg.opened ?? { query: '', variables: {} }
  if (hash('sha256', query) !== leg.operationHash) {
    return judge(leg, 'DOES_NOT_FOLLOW', 'the log has the hash of another text than that of its own leg')
  }
  const { rest, entities } = split(variables)
  const group = (leg.isPart === true ? groups.byPlainText : groups.byText).get(keyOf(query, rest))
  const mayFollow = !isComplete && entities !== null
  if (group === undefined) {
    const why = describeDifference(query, rest, derived)
    return mayFollow
      ? judge(leg, 'UNKNOWN', `${why}; it may follow from an answer that is not at hand`)
      : judge(leg, 'DOES_NOT_FOLLOW', why)
  }
  group.asked++
  const foreign = (entities ?? []).filter((entity) => !group.entities?.has(entity)).length
  for (const entity of entities ?? []) group.askedEntities.add(entity)
  if (foreign > 0) {
    const why = `it asks about ${foreign} records that neither the question nor an answer to it names`
    return mayFollow ? judge(leg, 'UNKNOWN', `${why}, of those that are at hand`) : judge(leg, 'DOES_NOT_FOLLOW', why)
  }
  if (entities === null && group.asked > group.legs.length) {
    return judge(leg, 'DOES_NOT_FOLLOW', 'the question makes it fewer times')
  }
  return judge(leg, 'FOLLOWS', '')
}

function describeDifference(
  query: string,
  values: Readonly<Record<string, unknown>>,
  derived: readonly DerivedLeg[],
): string {
  if (derived.length === 0) return 'the question asks nothing of this country and domain'
  const text = plainText(query)
  const sameText = derived.find((each) => plainText(each.query) === text)
  if (sameText !== undefined) {
    const { rest } = split(sameText.variables)
    const names = [...new Set([...Object.keys(rest), ...Object.keys(values)])]
    const differing = names.filter((name) => canonical(rest[name]) !== canonical(values[name])).sort()
    return `it has other values than the question: ${differing.map((name) => `$${name}`).join(', ')}`
  }
  const known = new Set(derived.flatMap((each) => fieldsOf(each.query)))
  const foreign = fieldsOf(query).filter((name) => !known.has(name))
  if (foreign.length === 0) return 'the question makes no leg with its text'
  return `it asks for what the question does not: ${foreign.join(', ')}`
}

/** Lists the names of the fields and arguments of a leg, each once. */
function fieldsOf(query: string): readonly string[] {
  const names = new Set<string>()
  try {
    visit(parse(query), {
      Field({ name, arguments: given = [] }) {
        names.add(name.value)
        for (const argument of given) names.add(`${name.value}(${argument.name.value}:)`)
      },
    })
  } catch {
    // The text is not GraphQL, so it asks for nothing.
  }
  return [...names]
}

/** Judges a leg whose values are not known, by its texts. `texts` says how many legs of a text are left. */
function judgeClosed(
  leg: RecordedLeg,
  own: readonly string[],
  texts: Map<string, number>,
  isComplete: boolean,
): readonly JudgedLeg[] {
  if (own.length === 0) return [judgeUnknown(leg, isComplete)]
  return own.map((text) => {
    const left = texts.get(text) ?? 0
    if (left === 0) return judgeUnknown(leg, isComplete)
    texts.set(text, left - 1)
    return judge(leg, 'TEXT_FOLLOWS', `its text follows; nothing at hand opens its values (${leg.outcome})`)
  })
}

function judgeUnknown(leg: RecordedLeg, isComplete: boolean): JudgedLeg {
  if (!isComplete) return judge(leg, 'UNKNOWN', 'it may follow from an answer that is not at hand')
  return judge(leg, 'DOES_NOT_FOLLOW', 'the question makes no further leg with its text')
}

function listMissing(
  { legs, entities, asked, askedEntities }: Group,
  unsent: readonly RecordedLeg[],
): readonly JudgedLeg[] {
  const [first] = legs
  if (first === undefined) return []
  const missing =
    entities === null ? legs.length - asked : [...entities].filter((each) => !askedEntities.has(each)).length
  if (missing <= 0) return []
  const what = entities === null ? 'the question asks for it' : `the question asks for it about ${missing} records`
  const [reason] = unsent
  if (reason !== undefined) return [judge(first, 'NOT_ASKED', `${what}; the log says ${reason.outcome}`)]
  return [judge(first, 'MISSING', `${what}, and the log has no such leg`)]
}

function judge(
  { country, domain }: Pick<DerivedLeg, 'country' | 'domain'>,
  verdict: LegVerdict,
  why: string,
): JudgedLeg {
  return { country, domain, verdict, why }
}

/** Of how many variables each choice of shown ones is tried. More would take seconds. */
const MAX_CHOSEN = 6

/** How many ways to merge legs are tried for one leg. */
const MOST_MERGED = 32

/** How many messages more than legs a request may have had: some legs are sent twice. */
const SENT_AGAIN = 8

/**
 * Opens recorded legs without evidence by the salt of their request: tries the bodies that an honest gateway would have sent for the derived legs. A
 * body with ids that other countries gave, or with the proof of a mandate, cannot be made again, and such a leg stays closed.
 */
export function openWithSalt(
  recorded: readonly RecordedLeg[],
  derived: readonly DerivedLeg[],
  question: { readonly statement: VerifiedQuestion; readonly document: string },
  requestSalt: Uint8Array,
): readonly RecordedLeg[] {
  const salts = Array.from({ length: recorded.length + SENT_AGAIN }, (_, at) => deriveLegSalt(requestSalt, at + 1))
  return recorded.map((leg) => {
    if (leg.opened !== null || leg.requestHash === null) return leg
    const ofPlace = derived.filter(({ country, domain }) => country === leg.country && domain === leg.domain)
    const alone = ofPlace.filter(({ query }) => hash('sha256', query) === leg.operationHash)
    const same = alone.length > 0 ? alone : listMerged(ofPlace, leg.operationHash)
    const opened = same.find((each) =>
      bodiesOf(each, question).some((body) => salts.some((salt) => saltedHash(salt, body) === leg.requestHash)),
    )
    return opened === undefined ? leg : { ...leg, opened }
  })
}

/** Lists the legs that a gateway may have made of several derived legs, if their texts together have this hash. */
function listMerged(derived: readonly DerivedLeg[], operationHash: string | null): readonly DerivedLeg[] {
  const texts = findMergedTexts([...new Set(derived.map(({ query }) => query))], operationHash)
  const [first] = derived
  if (texts === null || first === undefined) return []
  let choices: (readonly DerivedLeg[])[] = [[]]
  for (const text of texts) {
    const ofText = unite(derived.filter(({ query }) => query === text))
    choices = choices.flatMap((chosen) => ofText.map((leg) => [...chosen, leg])).slice(0, MOST_MERGED)
  }
  return choices.flatMap((legs) => {
    const merged = mergeLegs(legs)
    return merged === null ? [] : [{ ...first, ...merged }]
  })
}

/** Adds to legs of one text the leg about all their records, each once: legs of one text that are ready together are one leg. */
function unite(legs: readonly DerivedLeg[]): readonly DerivedLeg[] {
  const [first] = legs
  if (first === undefined || legs.length === 1) return legs
  const records = legs.flatMap(({ variables }) => variables.representations as readonly unknown[])
  const representations = [...new Map(records.map((record) => [canonical(record), record])).values()]
  return [{ ...first, variables: { ...first.variables, representations } }, ...legs]
}

/** Lists the bodies that a leg may have had: without a statement, and with each choice of what the statement shows. */
function bodiesOf(
  { country, query, variables }: DerivedLeg,
  { statement, document }: { readonly statement: VerifiedQuestion; readonly document: string },
): readonly string[] {
  const bodies = [JSON.stringify({ query, variables })]
  if (country === null) return bodies
  const names = [...statement.variables.keys()]
  const chosen = names.slice(0, MAX_CHOSEN)
  for (let choice = 0; choice < 2 ** chosen.length; choice++) {
    const keeps = (name: string): boolean => {
      const at = chosen.indexOf(name)
      return at < 0 || ((choice >> at) & 1) === 1
    }
    for (const withCase of statement.case === null ? [false] : [false, true]) {
      const shown = showQuestion(statement, { country, withCase, keeps })
      for (const carried of [{ question: shown }, { question: shown, document }]) {
        bodies.push(JSON.stringify({ query, variables, extensions: { [LEG_EXTENSION]: carried } }))
      }
    }
  }
  return bodies
}

/** The gateway merges legs that are ready at the same time (docs/decisions/0071). A question that is asked again makes them one by one. */

/** How many ways to merge texts are tried for one leg. More would take seconds. */
const MOST_TRIED = 2_000

/** Takes a recorded leg apart that several legs were merged into. Any other leg, and one that could not be opened, stays as it is. */
export function takeApart({ recorded, body }: AnsweredLeg): readonly AnsweredLeg[] {
  const { opened, operationHash } = recorded
  // A leg whose text has another hash than the log says is judged as it is.
  if (opened === null || (operationHash !== null && hash('sha256', opened.query) !== operationHash)) {
    return [{ recorded, body }]
  }
  const parts = splitLeg(opened)
  if (parts === null) return [{ recorded, body }]
  return parts.map(({ key, query, variables }) => ({
    recorded: {
      ...recorded,
      operationHash: operationHash === null ? null : hash('sha256', query),
      isPart: true,
      opened: { query, variables },
    },
    body: partOf(body, key),
  }))
}

/** Takes the part of one leg out of the answer to a merged leg. */
function partOf(body: unknown, key: string): unknown {
  const data = (body as { data?: unknown } | null | undefined)?.data
  if (typeof data !== 'object' || data === null) return body
  const { [key]: entities = null } = data as Record<string, unknown>
  const { errors, ...rest } = body as { errors?: unknown }
  return { ...rest, data: { _entities: entities }, ...(Array.isArray(errors) && { errors: errorsOf(errors, key) }) }
}

function errorsOf(errors: readonly { readonly path?: readonly unknown[] }[], key: string) {
  return errors.flatMap((error) => {
    const [first, ...below] = error.path ?? []
    if (first === key) return [{ ...error, path: ['_entities', ...below] }]
    return typeof first === 'string' && first.startsWith('_e') ? [] : [error]
  })
}

/**
 * Finds which texts were merged into the text of this hash.
 * @param texts the texts that a question makes for one country and domain, each once.
 * @returns null if no way to merge some of them, of those that are tried, makes a text with this hash.
 */
export function findMergedTexts(texts: readonly string[], operationHash: string | null): readonly string[] | null {
  if (operationHash === null) return null
  let tried = 0
  for (const chosen of orderedChoices(texts)) {
    if (++tried > MOST_TRIED) return null
    const merged = mergeTexts(chosen)
    if (merged !== null && hash('sha256', merged) === operationHash) return chosen
  }
  return null
}

/** All ways to choose two or more of some values in an order, the short ones first. */
function* orderedChoices<Value>(values: readonly Value[]): Generator<readonly Value[]> {
  let longer: (readonly Value[])[] = values.map((value) => [value])
  while (longer.length > 0 && longer.length <= MOST_TRIED) {
    longer = longer.flatMap((chosen) => values.flatMap((value) => (chosen.includes(value) ? [] : [[...chosen, value]])))
    yield* longer
  }
}

/** Returns the recorded legs, each taken apart. */
export function takeRecordedApart(legs: readonly RecordedLeg[]): readonly RecordedLeg[] {
  return legs.flatMap((recorded) => takeApart({ recorded, body: undefined }).map((leg) => leg.recorded))
}

/** The legs that an auditor compares: those of logs, and those that a question makes if it is asked again. */

/** A leg that a question makes, if it is asked again. */
export interface DerivedLeg {
  readonly country: string | null
  readonly domain: string
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** A leg that a log has. */
export interface RecordedLeg {
  readonly country: string | null
  readonly domain: string
  /** SHA-256 of the query's text in hexadecimal digits; null if the leg was not sent. */
  readonly operationHash: string | null
  /** Null if the leg was not sent: then the log says only why a country was not asked. */
  readonly requestHash: string | null
  /** The outcome, such as `ANSWERED` or `UNAVAILABLE, CONNECTION`. */
  readonly outcome: string
  /** Whether it was merged into another leg, and taken out of it again: then its text is as {@link plainText} writes it. */
  readonly isPart?: boolean
  /** The body of the leg, if it could be opened: it has the hash that the log has. */
  readonly opened: { readonly query: string; readonly variables: Readonly<Record<string, unknown>> } | null
}

/** A recorded leg with the answer to it, if the tool has it. */
export interface AnsweredLeg {
  readonly recorded: RecordedLeg
  /** The parsed answer; undefined if it is not at hand. */
  readonly body: unknown
}

/** Writes a value so that equal values have equal texts: the members of objects are sorted. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value).filter(([, each]) => each !== undefined)
  return `{${members
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`)
    .join(',')}}`
}
