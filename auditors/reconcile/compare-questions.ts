/** Compares the questions in tools' journals with the logs of gateway, country and authorities. A journal is one tool's, so it fits into memory. */
import { saltedHash } from '../../contract/leg-salt.ts'
import { ALL_COUNTRIES, QUESTION_MAX_AGE_S } from '../../contract/trust/question-statement.ts'
import { hashDocumentOf, type Journal, type JournalLeg, type JournalQuestion } from '../journal/read-journal.ts'
import { createPartitions, type Partitions } from '../partitions.ts'
import { type Difference, type DifferenceClass, differenceOf, MAX_SKEW_MS, SETTLED_MS } from './classes.ts'
import type {
  AuthoritySummary,
  CallerProof,
  CountryLegRecord,
  ExchangeRecord,
  GatewayLegRecord,
  GatewayRequestRecord,
  LogEnds,
} from './read-logs.ts'

/** What is known when all logs are read. */
interface QuestionsAround {
  /** The country whose legs are compared. */
  readonly country: string
  readonly gateway: LogEnds['gateway']
  /** How many entries the gateway's log has. */
  readonly gatewaySize: number
  /** By the id of a request: how many entries the gateway's log had when it signed for the tool that it has the entry. */
  readonly provenSizes: ReadonlyMap<string, number>
  /** Whether it is an export: then requests are missing that do not concern the country. */
  readonly isExport: boolean
  /** Whether a question of this time belongs to the comparison. */
  readonly isInRange: (timeMs: number) => boolean
}

/** Creates the check. */
export function createQuestionCheck(journals: readonly Journal[]) {
  const questions = journals.flatMap((journal) => journal.questions)
  const hashes = new Set(questions.map(tokenHashOf))
  const ids = new Set(questions.flatMap(({ answer }) => answer?.requestId ?? []))
  const known: Known = { requests: new Map(), gatewayLegs: [], countryLegs: [], exchanges: [] }
  const otherTools = new Map<string, number>()
  return {
    addRequest(request: GatewayRequestRecord) {
      const { tokenHash, ref, statement } = request
      if (tokenHash !== null && hashes.has(tokenHash)) known.requests.set(request.id, request)
      else if (ids.has(request.id)) known.requests.set(request.id, request)
      else if (ref !== null && statement !== null) otherTools.set(ref, (otherTools.get(ref) ?? 0) + 1)
    },
    addGatewayLeg(leg: GatewayLegRecord) {
      if (ids.has(leg.requestId)) known.gatewayLegs.push(leg)
    },
    addCountryLeg(leg: CountryLegRecord) {
      if (leg.requestId !== null && ids.has(leg.requestId)) known.countryLegs.push(leg)
    },
    /** To be called after both logs were read. */
    addExchange(exchange: ExchangeRecord) {
      const grants = new Set([...known.requests.values()].map(({ tokenId }) => tokenId))
      if (grants.has(exchange.grant)) known.exchanges.push(exchange)
    },
    *finish(around: QuestionsAround) {
      yield* journals.flatMap(listFaults)
      yield* compareRequests(questions, known, around)
      yield* compareEvidence(questions, known, around)
      yield* compareExchanges(questions, known, around)
      yield* compareOfficers(journals, known, otherTools)
    },
  }
}

interface Known {
  readonly requests: Map<string, GatewayRequestRecord>
  readonly gatewayLegs: GatewayLegRecord[]
  readonly countryLegs: CountryLegRecord[]
  readonly exchanges: ExchangeRecord[]
}

function tokenHashOf({ statement }: JournalQuestion): string {
  return Buffer.from(statement.ath, 'base64url').toString('hex')
}

function listFaults({ faults }: Journal): readonly Difference[] {
  return faults.map(({ line, kind, reason }) => {
    const name = kind === 'TORN' ? 'JOURNAL_TORN' : 'JOURNAL_INVALID'
    return differenceOf(name, `line ${line}`, 0, `line ${line} of the journal: ${reason}`)
  })
}

function* compareRequests(
  questions: readonly JournalQuestion[],
  { requests }: Known,
  around: QuestionsAround,
): Generator<Difference> {
  const free = new Map(requests)
  const unanswered: JournalQuestion[] = []
  for (const question of questions) {
    const requestId = question.answer?.requestId
    if (requestId == null) unanswered.push(question)
    else if (around.isInRange(question.askedMs)) {
      const request = requests.get(requestId)
      if (request === undefined) yield judgeUnlogged(question, requestId, around)
      else if (!free.delete(requestId))
        yield of('QUESTION_DIFFERS', question, `request ${requestId} answers another question already`)
      else yield* listMisfits(question, request)
    } else free.delete(requestId)
  }
  for (const request of free.values()) {
    if (!around.isInRange(request.timeMs)) continue
    const at = unanswered.findIndex((question) => mayBe(question, request))
    const [question] = at < 0 ? [] : unanswered.splice(at, 1)
    const what = `request ${request.id}`
    if (question !== undefined) yield of('QUESTION_UNANSWERED', question, `${what} may be its entry`)
    else
      yield differenceOf(
        'QUESTION_UNASKED',
        what,
        request.timeMs,
        `${what} has the tool’s access token, and no question of the journal`,
      )
  }
  for (const question of unanswered) {
    if (around.isInRange(question.askedMs)) yield of('QUESTION_UNANSWERED', question, 'the gateway has no entry of it')
  }
}

function judgeUnlogged(
  question: JournalQuestion,
  requestId: string,
  { gateway, isExport, gatewaySize, provenSizes }: QuestionsAround,
): Difference {
  const what = `the gateway’s log does not have request ${requestId}`
  const proven = isExport ? undefined : provenSizes.get(requestId)
  if (proven !== undefined && proven <= gatewaySize) {
    return of('QUESTION_UNLOGGED', question, `${what}, and its key signed for the tool that it has`)
  }
  // Some rejections are only counted, and an answer without data tells the tool nothing.
  if ((question.answer?.status ?? 500) >= 400) return of('QUESTION_UNANSWERED', question, what)
  if (question.askedMs < gateway.firstMs - MAX_SKEW_MS) return of('BEFORE_LOG', question, what)
  if (question.askedMs > gateway.lastMs - SETTLED_MS && !gateway.isStopped)
    return of('QUESTION_AFTER_END', question, what)
  if (question.askedMs > gateway.lastMs - MAX_SKEW_MS) return of('QUESTION_AFTER_END', question, what)
  return of(isExport ? 'INCOMPLETE' : 'QUESTION_UNLOGGED', question, what)
}

/** Whether an entry may be that of a question without an answer. A statement is at most a minute old when it comes. */
function mayBe(question: JournalQuestion, { tokenHash, timeMs, durationMs }: GatewayRequestRecord): boolean {
  const latestMs = question.askedMs + QUESTION_MAX_AGE_S * 1_000 + 2 * MAX_SKEW_MS
  return (
    tokenHash === tokenHashOf(question) && timeMs >= question.askedMs - MAX_SKEW_MS && timeMs - durationMs <= latestMs
  )
}

function* listMisfits(question: JournalQuestion, request: GatewayRequestRecord): Generator<Difference> {
  const { statement, document, answer } = question
  const fields = [
    ...(request.tokenHash === tokenHashOf(question) ? [] : ['access token']),
    ...(mayBe(question, { ...request, tokenHash: tokenHashOf(question) }) ? [] : ['time']),
    ...(answer?.status === request.status ? [] : ['status']),
    ...(request.isRefused ? [] : listOther(statement, document, answer?.evidence?.salt ?? null, request)),
  ]
  if (fields.length === 0) return
  yield { ...of('QUESTION_DIFFERS', question, `request ${request.id}: ${fields.join(', ')}`), fields }
}

function listOther(
  statement: JournalQuestion['statement'],
  document: string,
  salt: string | null,
  { statement: hashed, documentHash, grounds }: GatewayRequestRecord,
): readonly string[] {
  const isOther =
    salt !== null && hashed !== null && hashed !== saltedHash(Buffer.from(salt, 'base64url'), statement.jwt)
  return [
    ...(hashed === null || isOther ? ['statement'] : []),
    ...(documentHash === null || documentHash === hashDocumentOf({ document }) ? [] : ['document']),
    ...(grounds === null || grounds.purpose === statement.purpose ? [] : ['purpose']),
  ]
}

/** Compares what the tool was shown of each leg with what the logs have of it. */
function* compareEvidence(
  questions: readonly JournalQuestion[],
  { requests, gatewayLegs, countryLegs }: Known,
  { country, isInRange }: QuestionsAround,
): Generator<Difference> {
  for (const question of questions) {
    const requestId = question.answer?.requestId ?? ''
    if (!requests.has(requestId) || !isInRange(question.askedMs)) continue
    const shown = (question.answer?.evidence?.legs ?? []).filter((leg) => leg.country === country)
    const sent = gatewayLegs.filter((leg) => leg.requestId === requestId)
    const came = countryLegs.filter((leg) => leg.requestId === requestId)
    for (const leg of shown) {
      const hashes = { request: hashWith(leg, leg.request), answer: hashWith(leg, leg.answer) }
      const isSent = sent.some((each) => each.requestHash === hashes.request && each.responseHash === hashes.answer)
      if (!isSent)
        yield of('EVIDENCE_DIFFERS', question, `${country} ${leg.domain}: the gateway’s log has another leg or answer`)
      const received = came.find((each) => each.requestHash === hashes.request)
      if (received === undefined) continue
      if (received.responseHash !== hashes.answer)
        yield of('EVIDENCE_DIFFERS', question, `${country} ${leg.domain}: the country gave another answer`)
      const statement = saltedHash(Buffer.from(leg.salt, 'base64url'), question.statement.jwt)
      if (received.statement != null && received.statement !== statement) {
        yield of('QUESTION_DIFFERS', question, `${country} ${leg.domain}: the country was shown another statement`)
      }
    }
  }
}

function hashWith({ salt }: JournalLeg, text: string): string {
  return saltedHash(Buffer.from(salt, 'base64url'), text)
}

/** Compares the questions for which gateways got country tokens with those of the journal. */
function* compareExchanges(
  questions: readonly JournalQuestion[],
  { exchanges }: Known,
  { isInRange }: QuestionsAround,
): Generator<Difference> {
  const byJti = new Map(questions.map((question) => [question.statement.jti, question]))
  for (const { tokenId, question: jti, country, timeMs } of exchanges) {
    if (!isInRange(timeMs) || jti === null) continue
    const question = byJti.get(jti)
    const what = `country token ${tokenId}`
    if (question === undefined) {
      yield differenceOf(
        'QUESTION_UNASKED',
        what,
        timeMs,
        `${what}: the gateway showed the authority a question that the journal does not have`,
      )
      continue
    }
    const { countries } = question.statement
    if (!countries.includes(ALL_COUNTRIES) && !countries.includes(country)) {
      yield of('TOKEN_MISUSED', question, `${what} was given for ${country}, which the question does not disclose`)
    }
    const isLate = timeMs > question.askedMs + QUESTION_MAX_AGE_S * 1_000 + 2 * MAX_SKEW_MS
    if (isLate || timeMs < question.askedMs - MAX_SKEW_MS)
      yield of('TOKEN_MISUSED', question, `${what} was given at another time`)
  }
}

/** Says whether a journal has questions of several officers, and how often these officers asked with other tools. */
function* compareOfficers(
  journals: readonly Journal[],
  { requests }: Known,
  otherTools: ReadonlyMap<string, number>,
): Generator<Difference> {
  for (const [at, { questions }] of journals.entries()) {
    const refs = new Set(questions.flatMap(({ answer }) => requests.get(answer?.requestId ?? '')?.ref ?? []))
    const name = `journal ${at + 1}`
    if (refs.size > 1)
      yield differenceOf('SEVERAL_OFFICERS', name, 0, `${name} has questions of ${[...refs].sort().join(', ')}`)
    for (const ref of refs) {
      const count = otherTools.get(ref)
      if (count !== undefined)
        yield differenceOf(
          'OTHER_TOOL',
          `${name} ${ref}`,
          0,
          `${ref} asked ${count} signed questions with tools of other journals`,
        )
    }
  }
}

function of(name: DifferenceClass, { statement: { jti }, askedMs, line }: JournalQuestion, what: string): Difference {
  return differenceOf(name, `question ${jti}`, askedMs, `question ${jti} (line ${line}): ${what}`)
}

/** Compares the country tokens that legs of both logs name with those that the officers' authorities gave. */

/** A leg that names a country token. Times are in milliseconds since the epoch. */
interface TokenUse {
  readonly by: 'GATEWAY' | 'COUNTRY'
  readonly requestId: string | null
  readonly proof: Pick<CallerProof, 'authority' | 'tokenId' | 'tokenHash' | 'mandate'>
  /** The earliest and the latest time at which the leg can have been sent. */
  readonly fromMs: number
  readonly untilMs: number
}

type Item =
  | { readonly kind: 'USE'; readonly use: TokenUse }
  | { readonly kind: 'EXCHANGE'; readonly exchange: ExchangeRecord }

/**
 * Creates the check for legs to one country.
 * @param expected how many entries the logs have together
 * @param perPart how many records are in memory
 */
export async function createTokenCheck(country: string, expected: number, perPart: number) {
  const items: Partitions<Item> = await createPartitions<Item>(expected, perPart)
  return {
    addUse: (use: TokenUse) => items.add(`${use.proof.authority} ${use.proof.tokenId}`, { kind: 'USE', use }),
    addExchange: (exchange: ExchangeRecord) =>
      items.add(`${exchange.authority} ${exchange.tokenId}`, { kind: 'EXCHANGE', exchange }),
    /** Yields the differences. `isInRange`: whether an exchange of this time belongs to the comparison. */
    async *finish(authorities: ReadonlyMap<string, AuthoritySummary>, isInRange: (timeMs: number) => boolean) {
      for await (const part of items.parts()) {
        for (const token of groupByToken(part)) yield* compareToken(token, { country, authorities, isInRange })
      }
    },
    close: () => items.close(),
  }
}

interface Token {
  readonly authority: string
  readonly tokenId: string
  readonly uses: TokenUse[]
  readonly exchanges: ExchangeRecord[]
}

function groupByToken(items: readonly Item[]): Iterable<Token> {
  const tokens = new Map<string, Token>()
  for (const item of items) {
    const { authority, tokenId } = item.kind === 'USE' ? item.use.proof : item.exchange
    const key = `${authority} ${tokenId}`
    const token = tokens.get(key) ?? { authority, tokenId, uses: [], exchanges: [] }
    tokens.set(key, token)
    if (item.kind === 'USE') token.uses.push(item.use)
    else token.exchanges.push(item.exchange)
  }
  return tokens.values()
}

interface Around {
  readonly country: string
  readonly authorities: ReadonlyMap<string, AuthoritySummary>
  readonly isInRange: (timeMs: number) => boolean
}

function* compareToken(token: Token, around: Around): Generator<Difference> {
  const { authority, tokenId, uses, exchanges } = token
  const [exchange, second] = exchanges
  const summary = around.authorities.get(authority)
  if (summary === undefined) return
  const [first] = uses
  if (exchange === undefined) {
    if (first !== undefined) yield judgeUnknown(token, first, summary)
    return
  }
  const isOwn = exchange.country === around.country
  if ((isOwn || first !== undefined) && (first !== undefined || around.isInRange(exchange.timeMs))) {
    const fault = second === undefined ? exchange.fault : 'two exchanges have its id'
    if (fault !== null) yield ofToken('EXCHANGE_UNFOUNDED', token, exchange.timeMs, `${describe(tokenId)}: ${fault}`)
  }
  if (first === undefined) {
    if (isOwn && around.isInRange(exchange.timeMs)) {
      yield ofToken('TOKEN_UNUSED', token, exchange.timeMs, `${describe(tokenId)}: no leg names it`)
    }
    return
  }
  const misuse = findMisuse(token, exchange, around.country)
  if (misuse !== null)
    yield ofToken('TOKEN_MISUSED', token, first.untilMs, `${describe(tokenId)}${requestOf(first)}: ${misuse}`)
  const revokedMs = summary.revoked.get(exchange.mandate)
  const late = revokedMs === undefined ? undefined : uses.find(({ fromMs }) => fromMs > revokedMs + MAX_SKEW_MS)
  if (late !== undefined) {
    yield ofToken(
      'REVOKED_IN_USE',
      token,
      late.untilMs,
      `${describe(tokenId)}${requestOf(late)}: its mandate was revoked before`,
    )
  }
}

function describe(tokenId: string): string {
  return `country token ${tokenId}`
}

function requestOf({ requestId }: TokenUse): string {
  return requestId === null ? '' : ` of request ${requestId}`
}

/** Judges a leg whose country token is not in the authority's log. The exchange is logged before the token is given. */
function judgeUnknown(token: Token, use: TokenUse, { firstMs, lastMs }: AuthoritySummary): Difference {
  const what = `${describe(token.tokenId)}${requestOf(use)}: the log of ${token.authority} has no such exchange`
  if (use.untilMs < firstMs) return ofToken('BEFORE_LOG', token, use.untilMs, what)
  return ofToken(use.untilMs + MAX_SKEW_MS > lastMs ? 'TOKEN_AFTER_END' : 'TOKEN_UNKNOWN', token, use.untilMs, what)
}

/** Says how the uses of a token do not fit what the authority gave; null if they fit. */
function findMisuse({ uses }: Token, exchange: ExchangeRecord, country: string): string | null {
  if (exchange.country !== country) return `it was given for ${exchange.country}, and ${country} was asked with it`
  if (new Set(uses.map(({ proof }) => proof.tokenHash)).size > 1) return 'two tokens have its id'
  if (uses.some(({ proof }) => proof.mandate !== exchange.mandate)) return 'it was given on another mandate'
  if (uses.some(({ untilMs }) => untilMs < exchange.timeMs - MAX_SKEW_MS)) return 'it was used before it was given'
  if (uses.some(({ fromMs }) => fromMs > exchange.expiresMs + MAX_SKEW_MS)) return 'it was used after its end'
  return null
}

function ofToken(name: DifferenceClass, { authority, tokenId }: Token, timeMs: number, what: string): Difference {
  return differenceOf(name, `token ${authority} ${tokenId}`, timeMs, what)
}
