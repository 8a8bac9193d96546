import fc from 'fast-check'
import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { idAt, refOf } from '../../audit/index/testing.ts'
import type { WitnessedPart } from '../../audit/reader/log-reader.ts'
import { normaliseDocument } from '../../contract/audit-log/document.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { SAMPLE_LEG, SAMPLE_MANDATE_ENTRY, SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { saltedHash } from '../../contract/leg-salt.ts'
import { createTestSession, type MadeQuestion } from '../../contract/trust/question-statement/testing.ts'
import { verifyQuestion } from '../../contract/trust/question-statement.ts'
import type { Journal, JournalQuestion } from '../journal/read-journal.ts'
import { reconcileLogs } from '../reconcile-logs.ts'
import type { DifferenceClass } from './classes.ts'
import { GATEWAY, hex, iso, NODE, neverContradicts, START_MS, sideOf } from './testing.ts'

/**
 * A plain model of an officer's tool, a gateway, a country and the officer's authority, all honest, and of what may happen to honest systems. Whatever
 * happens, the comparison of all four must not say that they contradict each other. Then somebody lies once, and a class names the lie.
 */

const AUTHORITY = 'authority.gt.example'
const ISSUER = 'https://authority.gt.example'
const ADDRESS = 'https://istmo.example'
const MANDATE = 'm'.repeat(43)
const toHex = (base64url: string) => Buffer.from(base64url, 'base64url').toString('hex')
const DOCUMENT = 'query ($id: ID!) { case(id: $id) { id } }'
const session = createTestSession('EdDSA')

type Request = EntryOf<'request'>
type CountryToken = EntryOf<'country-token'>

/** What may happen to a question of honest parties. */
const FATES = [
  ...[
    'ANSWERED',
    'ANSWERED',
    'ANSWERED',
    'ANSWER_LOST',
    'NEVER_SENT',
    'REFUSED',
    'COUNTED',
    'UNUSED_TOKEN',
    'SAME_TOKEN',
  ],
] as const

interface Plan {
  readonly questions: readonly { readonly waitMs: number; readonly fate: (typeof FATES)[number] }[]
  /** How much the clocks of the country and of the authority are ahead of the gateway's. */
  readonly skewMs: number
  readonly authoritySkewMs: number
  /** Whether the mandate is revoked in the end. */
  readonly isRevoked: boolean
}

interface History {
  readonly gateway: Entry[]
  readonly country: Entry[]
  readonly authority: Entry[]
  readonly journal: Journal
}

function play({ questions, skewMs, authoritySkewMs, isRevoked }: Plan): History {
  const history: History & { journal: { questions: JournalQuestion[]; faults: [] } } = {
    gateway: [
      { v: 1, kind: 'start', id: idAt(START_MS, 1), time: iso(START_MS), gateway: GATEWAY, version: '1', repairs: [] },
    ],
    country: [
      {
        ...{ v: 1, kind: 'node-start', id: idAt(START_MS, 2), time: iso(START_MS + skewMs), node: NODE, country: 'HN' },
        ...{ domains: ['cases'], access: hex('a'), policySet: hex('p'), repairs: [] },
      },
    ],
    authority: [
      {
        ...SAMPLE_MANDATE_ENTRY,
        id: idAt(START_MS, 3),
        time: iso(START_MS - 60_000),
        origin: AUTHORITY,
        mandate: MANDATE,
      },
    ],
    journal: { questions: [], faults: [] },
  }
  let nowMs = START_MS + 1_000
  let grant = 0
  let grantEndsMs = 0
  let token: CountryToken | undefined
  for (const [at, { waitMs, fate }] of questions.entries()) {
    nowMs += waitMs
    if (nowMs > grantEndsMs - 30_000) {
      grant += 1
      grantEndsMs = nowMs + 600_000
      token = undefined
      history.authority.push(grantAt(grant, nowMs + authoritySkewMs))
    }
    const made = session.ask({
      ...{ aud: ADDRESS, iat: Math.floor(nowMs / 1_000), ath: athOf(grant), document: DOCUMENT },
      ...{ variables: { id: `HN:${at}` }, countries: ['HN'] },
    })
    const requestId = idAt(nowMs, at)
    const evidence = fate === 'ANSWERED' || fate === 'SAME_TOKEN' || fate === 'ANSWER_LOST'
    const isOld = token === undefined || Date.parse(token.expires) < nowMs + authoritySkewMs + 10_000
    if ((evidence || fate === 'UNUSED_TOKEN') && (fate !== 'SAME_TOKEN' || isOld)) {
      token = exchangeAt(at, grant, made, nowMs + 100 + authoritySkewMs)
      history.authority.push(token)
    }
    const leg =
      evidence && token !== undefined ? logLeg(at, requestId, token, made, nowMs + 300, skewMs, history.country) : null
    const status = fate === 'REFUSED' ? 400 : fate === 'COUNTED' ? 429 : 200
    if (fate !== 'COUNTED' && fate !== 'NEVER_SENT') {
      history.gateway.push(requestAt(requestId, nowMs + 500, { made, grant, status, leg }))
    }
    const isAnswered = fate !== 'ANSWER_LOST' && fate !== 'NEVER_SENT'
    history.journal.questions.push(
      toQuestion(at, made, isAnswered ? { requestId, status, leg: leg && bodiesOf(at) } : null),
    )
    nowMs += 1_000
  }
  if (isRevoked) {
    history.authority.push({
      ...{ ...SAMPLE_MANDATE_ENTRY, kind: 'mandate-revocation', mandate: MANDATE, origin: AUTHORITY },
      ...{ id: idAt(nowMs, 5_000), time: iso(nowMs + authoritySkewMs) },
    })
  }
  nowMs += 700_000
  const end = { id: idAt(nowMs, 9_999), time: iso(nowMs) }
  history.gateway.push({ v: 1, kind: 'stop', ...end, gateway: GATEWAY })
  history.authority.push({ v: 1, kind: 'authority-stop', ...end, origin: AUTHORITY, country: 'GT' })
  return history
}

const athOf = (grant: number) => Buffer.from(hex(`token ${grant}`), 'hex').toString('base64url')
const grantAt = (grant: number, ms: number): EntryOf<'access-token'> => ({
  ...{ v: 1, kind: 'access-token', id: idAt(ms, 6_000 + grant), time: iso(ms), origin: AUTHORITY, officer: refOf(1) },
  ...{ provider: 'https://login.example', agency: 'GT-MP-FECO', role: 'analyst', assurance: '2', client: 'console' },
  ...{ gateway: 'istmo', scopes: ['case:read'], mandate: MANDATE, isBound: true, tokenId: `grant-${grant}` },
  expires: iso(ms + 600_000),
})

function exchangeAt(at: number, grant: number, made: MadeQuestion, ms: number): CountryToken {
  return {
    ...{ v: 1, kind: 'country-token', id: idAt(ms, 7_000 + at), time: iso(ms), origin: AUTHORITY, officer: refOf(1) },
    ...{ grant: `grant-${grant}`, gateway: 'istmo', country: 'HN', scopes: ['case:read'], mandate: MANDATE },
    ...{ question: statementOf(made).jti, tokenId: `token-${at}`, expires: iso(ms + 300_000) },
  }
}

const statementOf = ({ text }: MadeQuestion) =>
  verifyQuestion(text, { now: () => 8_640_000_000_000_000, maxAgeS: Number.POSITIVE_INFINITY })
const saltOf = (at: number) => Buffer.from(hex(`salt ${at}`), 'hex').subarray(0, 16)
const bodiesOf = (at: number) => ({
  ...{ country: 'HN', domain: 'cases', salt: saltOf(at).toString('base64url'), receipt: null },
  ...{ request: `{"query":"q${at}"}`, answer: `{"data":${at}}` },
})

/** Writes what the country logs, and returns what the gateway logs of the leg. */
function logLeg(
  at: number,
  requestId: string,
  token: CountryToken,
  made: MadeQuestion,
  ms: number,
  skewMs: number,
  country: Entry[],
): Request['legs'][number] {
  const [sample] = SAMPLE_REQUEST.legs
  if (sample === undefined) throw new TypeError('expected a leg in the sample')
  const salt = saltOf(at)
  const { request, answer } = bodiesOf(at)
  const caller = {
    ...{ authority: ISSUER, tokenId: token.tokenId, tokenHash: hex(token.tokenId), mandate: toHex(MANDATE) },
    question: saltedHash(salt, String(token.question)),
  }
  const hashes = {
    operationHash: hex('q'),
    requestHash: saltedHash(salt, request),
    responseHash: saltedHash(salt, answer),
  }
  country.push({
    ...{
      ...SAMPLE_LEG,
      v: 2,
      id: idAt(ms, 3_000 + at),
      time: iso(ms + skewMs),
      node: NODE,
      requestId,
      caller,
      ...hashes,
    },
    ...{ statement: saltedHash(salt, made.jwt), domain: 'cases', details: 0, records: { count: 0, hash: hex('') } },
    result: { status: 200, code: null, denied: [] },
    grounds: SAMPLE_LEG.grounds && { ...SAMPLE_LEG.grounds, purpose: 'INVESTIGATION', legalBasis: [] },
    actor: SAMPLE_LEG.actor && { ...SAMPLE_LEG.actor, scopes: [...sample.granted.scopes] },
  })
  return {
    ...sample,
    ...hashes,
    domain: 'cases',
    country: 'HN',
    reach: 'ANSWERED',
    code: null,
    caller,
    records: null,
    receipt: null,
  }
}

interface Logged {
  readonly made: MadeQuestion
  readonly grant: number
  readonly status: number
  readonly leg: Request['legs'][number] | null
}

function requestAt(id: string, ms: number, { made, grant, status, leg }: Logged): Request {
  const { operation, actor, grounds } = SAMPLE_REQUEST
  const isRefused = status >= 400
  return {
    ...{ ...SAMPLE_REQUEST, v: 2, id, time: iso(ms), denied: [], continuations: 0, legs: leg === null ? [] : [leg] },
    actor: actor && { ...actor, ref: refOf(1), tokenId: `grant-${grant}`, tokenHash: toHex(athOf(grant)) },
    grounds: grounds && { ...grounds, purpose: 'INVESTIGATION', legalBasis: [] },
    operation:
      isRefused || operation === null ? null : { ...operation, documentHash: normaliseDocument(parse(DOCUMENT)).hash },
    ...(!isRefused && { question: { statement: saltedHash(QUESTION_SALT, made.jwt) } }),
    result: { ...SAMPLE_REQUEST.result, status, codes: [], durationMs: 500, isHangup: false },
  }
}

const QUESTION_SALT = Buffer.alloc(16, 7)

function toQuestion(
  at: number,
  made: MadeQuestion,
  answered: {
    readonly requestId: string
    readonly status: number
    readonly leg: ReturnType<typeof bodiesOf> | null
  } | null,
): JournalQuestion {
  const statement = statementOf(made)
  const evidence = { legs: answered?.leg ? [answered.leg] : [], leftOff: 0, salt: QUESTION_SALT.toString('base64url') }
  return {
    ...{ line: at + 1, askedMs: statement.iat * 1_000, statement, document: DOCUMENT, mandate: null },
    answer: answered && {
      ...{ v: 2, kind: 'answered', at: iso(statement.iat * 1_000), jti: statement.jti, status: answered.status },
      ...{ codes: [], requestId: answered.requestId, proof: null, evidence: answered.status < 400 ? evidence : null },
    },
  }
}

async function compare({ gateway, country, authority, journal }: History, witnessed?: WitnessedPart) {
  const classes = new Set<DifferenceClass>()
  const { result, matched } = await reconcileLogs({
    ...{ gateway: sideOf(GATEWAY, gateway), country: { side: sideOf(NODE, country), code: 'HN' }, nowMs: 0 },
    ...{ authorities: new Map([[ISSUER, sideOf(AUTHORITY, authority, witnessed)]]), journals: [journal] },
    onDifference: (difference) => void classes.add(difference.class),
  })
  return { result, matched, classes: [...classes] }
}

const skews = fc.integer({ min: -2_400, max: 2_400 })
const plans: fc.Arbitrary<Plan> = fc.record({
  questions: fc.array(fc.record({ waitMs: fc.constantFrom(1_000, 20_000, 200_000), fate: fc.constantFrom(...FATES) }), {
    maxLength: 10,
  }),
  ...{ skewMs: skews, authoritySkewMs: skews, isRevoked: fc.boolean() },
})
const calmPlans: fc.Arbitrary<Plan> = fc.record({
  questions: fc.array(fc.record({ waitMs: fc.constant(60_000), fate: fc.constant('ANSWERED' as const) }), {
    ...{ minLength: 2, maxLength: 6 },
  }),
  ...{ skewMs: skews, authoritySkewMs: skews, isRevoked: fc.constant(false) },
})

/** Replaces the entries of a kind at one place of a log by what `change` makes of it. */
function alter<Kind extends Entry['kind']>(
  log: readonly Entry[],
  kind: Kind,
  at: number,
  change: (entry: EntryOf<Kind>) => readonly Entry[],
): Entry[] {
  const places = log.flatMap((entry, index) => (entry.kind === kind ? [index] : []))
  const place = places[at % places.length]
  return log.flatMap((entry, index) => (index === place ? change(entry as EntryOf<Kind>) : [entry]))
}

type Lie = (honest: History, at: number) => History
const inGateway =
  (change: (entry: Request) => readonly Entry[]): Lie =>
  (honest, at) => ({ ...honest, gateway: alter(honest.gateway, 'request', at, change) })
const inAuthority =
  (change: (entry: CountryToken) => readonly Entry[]): Lie =>
  (honest, at) => ({ ...honest, authority: alter(honest.authority, 'country-token', at, change) })
const inCountry =
  (change: (entry: EntryOf<'leg'>) => readonly Entry[]): Lie =>
  (honest, at) => ({ ...honest, country: alter(honest.country, 'leg', at, change) })
const inJournal =
  (change: (question: JournalQuestion) => readonly JournalQuestion[]): Lie =>
  (honest, at) => {
    const { questions } = honest.journal
    const place = at % questions.length
    const changed = questions.flatMap((question, index) => (index === place ? change(question) : [question]))
    return { ...honest, journal: { ...honest.journal, questions: changed } }
  }
const shown = (question: JournalQuestion, over: object): JournalQuestion => {
  const { answer } = question
  const legs = answer?.evidence?.legs.map((leg) => ({ ...leg, ...over })) ?? []
  return { ...question, answer: answer && { ...answer, evidence: answer.evidence && { ...answer.evidence, legs } } }
}

/** Each lie, and the class that names it. */
const LIES: Readonly<Record<string, readonly [DifferenceClass, Lie]>> = {
  'a leg names a token that the authority never gave': ['TOKEN_UNKNOWN', inAuthority(() => [])],
  'the token was given for another country': ['TOKEN_MISUSED', inAuthority((entry) => [{ ...entry, country: 'SV' }])],
  'the token was given on another mandate': [
    'TOKEN_MISUSED',
    inAuthority((entry) => [{ ...entry, mandate: 'n'.repeat(43) }]),
  ],
  'the token had ended': [
    'TOKEN_MISUSED',
    inAuthority((entry) => [{ ...entry, expires: iso(Date.parse(entry.time) - 3_600_000) }]),
  ],
  'two tokens have one id': [
    'TOKEN_MISUSED',
    inCountry((entry) => [{ ...entry, caller: entry.caller && { ...entry.caller, tokenHash: hex('another') } }]),
  ],
  'the authority gave a token without an access token': [
    'EXCHANGE_UNFOUNDED',
    inAuthority((entry) => [{ ...entry, grant: 'none' }]),
  ],
  'the authority gave a token for another officer': [
    'EXCHANGE_UNFOUNDED',
    inAuthority((entry) => [{ ...entry, officer: refOf(2) }]),
  ],
  'the authority gave a token that lives an hour': [
    'EXCHANGE_UNFOUNDED',
    inAuthority((entry) => [{ ...entry, expires: iso(Date.parse(entry.time) + 3_600_000) }]),
  ],
  'the authority gave two tokens with one id': ['EXCHANGE_UNFOUNDED', inAuthority((entry) => [entry, entry])],
  'the authority gave a token after the mandate was revoked': [
    'EXCHANGE_UNFOUNDED',
    inAuthority((entry) => [
      { ...SAMPLE_MANDATE_ENTRY, kind: 'mandate-revocation', mandate: MANDATE, origin: AUTHORITY, time: entry.time },
      entry,
    ]),
  ],
  'a mandate is not in the log': [
    'EXCHANGE_UNFOUNDED',
    (honest) => ({ ...honest, authority: honest.authority.slice(1) }),
  ],
  'the gateway does not log a question': [
    'QUESTION_UNLOGGED',
    (honest, at) => {
      const [, request] = [
        0,
        honest.gateway.filter((entry) => entry.kind === 'request').at(at % honest.journal.questions.length),
      ]
      const isOf = (entry: Entry) =>
        entry.id === request?.id || ('requestId' in entry && entry.requestId === request?.id)
      return {
        ...honest,
        gateway: honest.gateway.filter((entry) => !isOf(entry)),
        country: honest.country.filter((entry) => !isOf(entry)),
      }
    },
  ],
  'the gateway asks what the tool did not': ['QUESTION_UNASKED', inJournal(() => [])],
  'the gateway shows the authority another question': [
    'QUESTION_UNASKED',
    inAuthority((entry) => [{ ...entry, question: '00000000-0000-4000-8000-000000000000' }]),
  ],
  'the gateway logs another statement': [
    'QUESTION_DIFFERS',
    inGateway((entry) => [{ ...entry, question: { statement: hex('another') } }]),
  ],
  'the gateway logs no statement': ['QUESTION_DIFFERS', inGateway(({ question: _, ...entry }) => [entry])],
  'the gateway logs another document': [
    'QUESTION_DIFFERS',
    inGateway((entry) => [{ ...entry, operation: entry.operation && { ...entry.operation, documentHash: hex('x') } }]),
  ],
  'the gateway logs another time': [
    'QUESTION_DIFFERS',
    inGateway((entry) => [{ ...entry, time: iso(Date.parse(entry.time) + 400_000) }]),
  ],
  'the gateway says that it refused an answered question': [
    'QUESTION_DIFFERS',
    inGateway((entry) => [{ ...entry, result: { ...entry.result, status: 400 } }]),
  ],
  'the country was shown another statement': [
    'QUESTION_DIFFERS',
    inCountry((entry) => [{ ...entry, statement: hex('another') }]),
  ],
  'the tool was shown another answer': [
    'EVIDENCE_DIFFERS',
    inJournal((question) => [shown(question, { answer: '{"data":"other"}' })]),
  ],
  'the tool was shown another leg': [
    'EVIDENCE_DIFFERS',
    inJournal((question) => [shown(question, { request: '{"query":"other"}' })]),
  ],
  'a token was given for a country that the question does not disclose': [
    'TOKEN_MISUSED',
    inAuthority((entry) => [entry, { ...entry, country: 'SV', tokenId: 'another' }]),
  ],
  'a line of the journal is forged': [
    'JOURNAL_INVALID',
    ({ journal, ...honest }) => ({
      ...honest,
      journal: { ...journal, faults: [{ line: 9, kind: 'INVALID', reason: 'expected a signature' }] },
    }),
  ],
}

describe('a comparison of tool, gateway, country and authority', () => {
  it('never says that honest parties contradict each other, whatever happened to them', async () => {
    await neverContradicts(plans, (plan) => compare(play(plan)), 60)
  })

  it('holds if nothing happened', async () => {
    await fc.assert(
      fc.asyncProperty(calmPlans, async (plan) => {
        expect(await compare(play(plan))).toEqual({ result: 'HOLDS', matched: plan.questions.length, classes: [] })
      }),
      { numRuns: 20 },
    )
  })

  it.each(Object.entries(LIES))('names it if %s', async (_, [expected, lie]) => {
    await fc.assert(
      fc.asyncProperty(calmPlans, fc.nat(20), async (plan, at) => {
        const { result, classes } = await compare(lie(play(plan), at))
        expect(classes).toContain(expected)
        expect(result).toBe('DOES_NOT_HOLD')
      }),
      { numRuns: 5 },
    )
  })

  it('does not call it a lie if the copy of the authority’s log is older than the legs', async () => {
    const calm = { skewMs: 0, authoritySkewMs: 0, isRevoked: false }
    const honest = play({ ...calm, questions: [1, 2].map(() => ({ waitMs: 60_000, fate: 'ANSWERED' as const })) })
    const { result, classes } = await compare({ ...honest, authority: honest.authority.slice(0, 3) })
    expect({ result, classes }).toEqual({ result: 'UNKNOWN', classes: ['TOKEN_AFTER_END'] })
  })

  it('leaves it open if no quorum cosigned the exchanges in the log of the authority, whose key can write any of them', async () => {
    const calm = { skewMs: 0, authoritySkewMs: 0, isRevoked: false }
    const honest = play({ ...calm, questions: [1, 2].map(() => ({ waitMs: 60_000, fate: 'ANSWERED' as const })) })
    const last = honest.authority.findLastIndex(({ kind }) => kind === 'country-token')
    const timeMs = Date.parse(honest.authority[last]?.time ?? '')
    const forged = await compare(honest, { isDemanded: true, size: 0, timeMs: null })
    expect(forged).toMatchObject({ result: 'UNKNOWN', classes: ['UNWITNESSED'] })
    // The authority wrote its stop later, and no witness saw it.
    const stopped = await compare(honest, { isDemanded: true, size: last + 1, timeMs })
    expect(stopped).toMatchObject({ result: 'HOLDS', classes: [] })
  })

  it('leaves it open if a leg was answered after the mandate was revoked, because its token still lived', async () => {
    const calm = { skewMs: 0, authoritySkewMs: 0, isRevoked: false }
    const questions = [
      { waitMs: 60_000, fate: 'ANSWERED' as const },
      { waitMs: 120_000, fate: 'SAME_TOKEN' as const },
    ]
    const honest = play({ ...calm, questions })
    const exchange = honest.authority.findIndex(({ kind }) => kind === 'country-token')
    const time = iso(Date.parse(honest.authority[exchange]?.time ?? '') + 20_000)
    const revocation: Entry = {
      ...SAMPLE_MANDATE_ENTRY,
      kind: 'mandate-revocation',
      mandate: MANDATE,
      origin: AUTHORITY,
      time,
    }
    const authority = honest.authority.toSpliced(exchange + 1, 0, revocation)
    expect(await compare({ ...honest, authority })).toMatchObject({ result: 'UNKNOWN', classes: ['REVOKED_IN_USE'] })
  })
})
