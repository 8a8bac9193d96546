import { hash } from 'node:crypto'
import { parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closedAccess } from '../../contract/access/country-access.ts'
import type { Mandate } from '../../contract/access-token.ts'
import { normaliseDocument } from '../../contract/audit-log/document.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { SAMPLE_LEG, SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { deriveLegSalt, deriveQuestionSalt, saltedHash } from '../../contract/leg-salt.ts'
import { createTestSession } from '../../contract/trust/question-statement/testing.ts'
import { showQuestion, verifyQuestion } from '../../contract/trust/question-statement.ts'
import { OPEN_SUPERGRAPH_SDL } from '../../gateway/plan/testing.ts'
import { openReplay, type ReplayedLeg } from '../../gateway/replay-question.ts'
import type { JournalLeg, JournalQuestion } from '../journal/read-journal.ts'
import { type DeriveSources, deriveQuestion, verdictOf } from './derive-question.ts'

/** A question over two countries, whose later legs ask about ids that earlier answers gave, and what a captured gateway may make of it. */

const DOCUMENT = `query ($id: ID!, $countries: [CountryCode!], $first: Int) {
  person(id: $id) { id sameAs { id country sex } }
  cases(countries: $countries, first: $first) { edges { node { id status } } }
}`
const VARIABLES = { id: 'GT:1', countries: null, first: 3 }
const ATH = 'a'.repeat(43)
const NOW_S = 1_795_000_000
const ID = '019ab7e5-2f40-7c3a-9c1d-3a1b2c3d4e5f'
const MANDATE: NonNullable<JournalQuestion['mandate']> & { readonly type: 'istmo_mandate' } = {
  type: 'istmo_mandate',
  task_force: 'jtf-2026-03',
  purposes: ['INVESTIGATION'],
  countries: ['GT', 'HN'],
  not_after: '2999-12-31',
}
const countries = ['GT', 'HN'].map((country) => ({
  access: closedAccess(country),
  sdl: new Map(['cases', 'persons', 'legal'].map((domain) => [domain, null])),
}))

/** What an honest country answers. */
function answerOf({ country, variables }: ReplayedLeg): unknown {
  const { representations } = variables
  if (Array.isArray(representations)) {
    const rows = representations.map(({ id }) => ({ _iT: 'Person', _iId: id, country: 'HN', sex: 'F' }))
    return { data: { _entities: rows } }
  }
  const sameAs = ['HN:7', 'HN:8'].map((id) => ({ _iT: 'Person', _iId: id, id }))
  const person = { _iT: 'Person', _iId: 'GT:1', id: 'GT:1', sameAs }
  const page = { hasNextPage: false, hasPreviousPage: false }
  return { data: { ...(country === 'GT' && { person }), cases: { edges: [], pageInfo: page } } }
}

/** A leg of a history: what was sent, and what came. */
interface SentLeg extends ReplayedLeg {
  readonly answer: unknown
  readonly hasEvidence?: boolean
}

let honest: readonly SentLeg[]
const session = createTestSession('EdDSA')
const made = session.ask({
  ...{ aud: 'https://istmo.example', iat: NOW_S, ath: ATH, document: DOCUMENT, variables: VARIABLES },
  countries: ['GT', 'HN'],
})

const replay = openReplay({ supergraphSdl: OPEN_SUPERGRAPH_SDL, countries })

beforeAll(async () => {
  const { hash: _, ...mandate } = MANDATE
  const caller = { issuer: '', subject: 's', scopes: [], expiresAt: 9e9, mandate: mandate as Mandate }
  const asked = { document: DOCUMENT, operationName: undefined, variables: VARIABLES }
  const grounds = { purpose: 'INVESTIGATION' as const, legalBasis: [] }
  const question = { caller, grounds, timeMs: NOW_S * 1_000, ...asked }
  const legs = await replay.ask(question, (leg) => ({ body: answerOf(leg) }))
  honest = legs.map((leg) => ({ ...leg, answer: answerOf(leg) }))
})

afterAll(() => replay.close())

const saltOf = (at: number) => Buffer.alloc(16, at + 1)
const bodyOf = ({ query, variables }: SentLeg) => JSON.stringify({ query, variables })

/** Makes the entry and the journal of what a gateway did. */
function historyOf(legs: readonly SentLeg[], over: Partial<EntryOf<'request'>> = {}): DeriveSources {
  const [sample] = SAMPLE_REQUEST.legs
  const { operation, actor, grounds } = SAMPLE_REQUEST
  if (sample === undefined || operation === null || actor === null || grounds === null)
    throw new TypeError('expected a whole sample')
  const statement = verifyQuestion(made.text, { now: () => NOW_S * 1_000 })
  const evidence = legs.flatMap((leg, at): readonly JournalLeg[] => {
    const { country, domain, answer, hasEvidence = true } = leg
    if (!hasEvidence || country === null) return []
    const salt = saltOf(at).toString('base64url')
    return [{ country, domain, salt, request: bodyOf(leg), answer: JSON.stringify(answer), receipt: null }]
  })
  const question: JournalQuestion = {
    ...{ line: 1, askedMs: NOW_S * 1_000, statement, document: DOCUMENT },
    mandate: MANDATE,
    answer: {
      ...{
        v: 2,
        kind: 'answered',
        at: new Date(NOW_S * 1_000).toISOString(),
        jti: statement.jti,
        status: 200,
        codes: [],
      },
      ...{
        requestId: ID,
        proof: null,
        evidence: { legs: [...evidence], leftOff: 0, salt: saltOf(99).toString('base64url') },
      },
    },
  }
  const entry: EntryOf<'request'> = {
    ...{ ...SAMPLE_REQUEST, v: 2, id: ID, time: new Date(NOW_S * 1_000 + 700).toISOString(), denied: [] },
    actor: { ...actor, tokenHash: Buffer.from(ATH, 'base64url').toString('hex') },
    grounds: { ...grounds, legalBasis: [] },
    operation: { ...operation, documentHash: normaliseDocument(parse(DOCUMENT)).hash },
    question: { statement: saltedHash(saltOf(99), made.jwt) },
    legs: legs.map((leg, at) => ({
      ...{ ...sample, country: leg.country, domain: leg.domain, reach: 'ANSWERED', code: null },
      operationHash: hash('sha256', leg.query),
      requestHash: saltedHash(saltOf(at), bodyOf(leg)),
      responseHash: saltedHash(saltOf(at), JSON.stringify(leg.answer)),
    })),
    result: { ...SAMPLE_REQUEST.result, status: 200, durationMs: 500, isHangup: false },
    ...over,
  }
  const none = { visible: null, countryLegs: [], requestSalt: undefined }
  return { question, entry, graph: { countries, replay }, ...none }
}

async function tell(sources: DeriveSources) {
  const derived = await deriveQuestion(sources)
  const said = [
    ...derived.findings,
    ...derived.untold,
    ...derived.legs.map(({ country, domain, verdict, why }) => `${country} ${domain} ${verdict} ${why}`),
  ]
  return { verdict: verdictOf(derived), said: said.join('\n'), derived }
}

const find = (country: string, domain: string, isOfEntities: boolean) =>
  honest.findIndex(
    (leg) => leg.country === country && leg.domain === domain && 'representations' in leg.variables === isOfEntities,
  )
const change = (at: number, over: (leg: SentLeg) => Partial<SentLeg>) =>
  honest.map((leg, index) => (index === at ? { ...leg, ...over(leg) } : leg))

describe('a question that is planned again', () => {
  it('makes exactly the legs of an honest gateway, also those that follow from answers', async () => {
    const { verdict, derived } = await tell(historyOf(honest))
    expect(derived.legs.map(({ country, domain, verdict: of }) => `${country} ${domain} ${of}`).sort()).toEqual([
      'GT cases FOLLOWS',
      'GT persons FOLLOWS',
      'HN cases FOLLOWS',
      'HN persons FOLLOWS',
    ])
    expect(verdict).toBe('HOLDS')
  })

  it('makes the same legs if they asked about their records in other groups and another order', async () => {
    const at = find('HN', 'persons', true)
    const one = honest[at] as SentLeg
    const split = [1, 0].map((part) => {
      const representations = [(one.variables.representations as object[])[part]]
      const leg = { ...one, variables: { ...one.variables, representations } }
      return { ...leg, answer: answerOf(leg) }
    })
    const { verdict, said } = await tell(historyOf([...honest.toSpliced(at, 1), ...split]))
    expect([verdict, said]).toEqual(['HOLDS', expect.not.stringContaining('DOES_NOT')])
  })

  it.each<[string, () => readonly SentLeg[], RegExp]>([
    [
      'a leg was added',
      () => [...honest, { ...(honest[find('HN', 'cases', false)] as SentLeg), query: '{case(id:"HN:9"){narrative}}' }],
      /HN cases DOES_NOT_FOLLOW it asks for what the question does not: case, case\(id:\), narrative/,
    ],
    [
      'a leg was sent twice',
      () => [...honest, honest[find('HN', 'cases', false)] as SentLeg],
      /HN cases DOES_NOT_FOLLOW the question makes it fewer times/,
    ],
    [
      'a field was added',
      () => change(find('HN', 'cases', false), ({ query }) => ({ query: query.replace('status', 'status narrative') })),
      /HN cases DOES_NOT_FOLLOW it asks for what the question does not: narrative/,
    ],
    [
      'an argument was changed',
      () =>
        change(find('GT', 'persons', false), ({ variables }) => ({
          variables: { ...variables, v0: 'GT:2', id: 'GT:2' },
        })),
      /GT persons DOES_NOT_FOLLOW it has other values than the question: \$/,
    ],
    [
      'it asks about a record that nobody gave',
      () =>
        change(find('HN', 'persons', true), (leg) => {
          const representations = [
            ...(leg.variables.representations as object[]),
            { __typename: 'Person', id: 'HN:99' },
          ]
          const variables = { ...leg.variables, representations }
          return { variables, answer: answerOf({ ...leg, variables }) }
        }),
      /HN persons DOES_NOT_FOLLOW it asks about 1 records/,
    ],
    ['a country was left out', () => honest.toSpliced(find('HN', 'cases', false), 1), /HN cases MISSING/],
    [
      'a country was asked that publishes nothing',
      () => [...honest, { ...(honest[0] as SentLeg), country: 'SV' }],
      /SV was asked/,
    ],
  ])('says what if %s', async (_, legs, expected) => {
    const { verdict, said } = await tell(historyOf(legs()))
    expect(said).toMatch(expected)
    expect(verdict).toBe('FAILS')
  })

  it.each<[string, Partial<EntryOf<'request'>>, string]>([
    ['another token', { actor: SAMPLE_REQUEST.actor }, 'the entry is of another access token'],
    ['another statement', { question: { statement: 'f'.repeat(64) } }, 'the entry is of another statement'],
    ['no statement', { question: undefined }, 'the entry names no signed question'],
    ['another document', { operation: SAMPLE_REQUEST.operation }, 'the entry is of another document'],
    ['another legal basis', { grounds: SAMPLE_REQUEST.grounds }, 'the entry has another legal basis'],
    [
      'another result, such as a refusal, which has no legs',
      { result: { ...SAMPLE_REQUEST.result, status: 403 }, legs: [] },
      'the tool was answered with status 200, and the entry has 403',
    ],
    ['another time', { time: '2027-01-01T00:00:00.000Z' }, 'the entry is of another time than the statement'],
  ])('does not fit an entry of %s', async (_, over, expected) => {
    const { verdict, derived } = await tell(historyOf(honest, over))
    expect(derived.findings).toContain(expected)
    expect(verdict).toBe('FAILS')
  })

  it('says of a leg without evidence that its text follows, and that its values are not known', async () => {
    const at = find('HN', 'persons', true)
    const { verdict, said } = await tell(historyOf(change(at, () => ({ hasEvidence: false }))))
    expect(said).toMatch(/HN persons TEXT_FOLLOWS/)
    expect(verdict).toBe('UNTOLD')
  })

  it('opens a leg without evidence by the salt of its request, with what the leg showed of the question', async () => {
    const requestSalt = Buffer.alloc(32, 9)
    const withheld = honest.map((leg) => ({ ...leg, hasEvidence: false }))
    const sources = historyOf(withheld)
    const { statement } = sources.question
    const legs = sources.entry.legs.map((leg, at) => {
      const { query, variables, country } = withheld[at] as SentLeg
      const shown = showQuestion(statement, {
        country: String(country),
        withCase: false,
        keeps: (name) => name === 'first',
      })
      const body = JSON.stringify({ query, variables, extensions: { istmo: { question: shown, document: DOCUMENT } } })
      return { ...leg, requestHash: saltedHash(deriveLegSalt(requestSalt, at + 2), body) }
    })
    const question = { statement: saltedHash(deriveQuestionSalt(requestSalt), made.jwt) }
    const entry = { ...sources.entry, legs, question, operation: null }
    const { derived } = await tell({ ...sources, requestSalt, entry })
    const verdicts = derived.legs.map(({ country, domain, verdict }) => `${country} ${domain} ${verdict}`).sort()
    // The leg about records follows from an answer that nobody has.
    expect(verdicts).toEqual(['GT cases FOLLOWS', 'GT persons FOLLOWS', 'HN cases FOLLOWS', 'HN persons UNKNOWN'])
    const other = { ...entry, legs: legs.map((leg) => ({ ...leg, requestHash: 'a'.repeat(64) })) }
    expect((await tell({ ...sources, requestSalt, entry: other })).said).not.toMatch(/ FOLLOWS/)
  })

  it('still names a first leg that does not follow if later answers are not at hand', async () => {
    const withheld = honest.map((leg) => ({ ...leg, hasEvidence: false }))
    const added = { ...(honest[find('GT', 'cases', false)] as SentLeg), query: '{cases{edges{node{narrative}}}}' }
    const { verdict, said } = await tell(historyOf([...withheld, added]))
    expect(said).toMatch(/GT cases DOES_NOT_FOLLOW it asks for what the question does not: narrative/)
    expect(verdict).toBe('FAILS')
  })

  it('does not miss the leg to a country that did not answer, and that the log says it did not ask', async () => {
    const at = find('HN', 'cases', false)
    const sources = historyOf(honest)
    const legs = sources.entry.legs.map((leg, index) =>
      index === at
        ? {
            ...leg,
            requestHash: null,
            operationHash: null,
            responseHash: null,
            reach: 'UNAVAILABLE' as const,
            code: 'SUSPENDED',
          }
        : leg,
    )
    const evidence = sources.question.answer?.evidence?.legs.toSpliced(at, 1) ?? []
    const answer = sources.question.answer && {
      ...sources.question.answer,
      evidence: { legs: evidence, leftOff: 0, salt: null },
    }
    const { verdict, said } = await tell({
      ...sources,
      entry: { ...sources.entry, legs },
      question: { ...sources.question, answer },
    })
    expect(said).toMatch(/HN cases NOT_ASKED .*UNAVAILABLE, SUSPENDED/)
    expect(verdict).toBe('HOLDS')
  })

  it('does not hold a salt of another log against the entry, if the salt of the tool opens it', async () => {
    const { verdict, said } = await tell({ ...historyOf(honest), requestSalt: Buffer.alloc(32, 7) })
    expect(said).toMatch(/the salt at hand is that of another request or log/)
    expect(said).not.toMatch(/another statement|DOES_NOT/)
    expect(verdict).toBe('UNTOLD')
    const other = { question: { statement: 'f'.repeat(64) } }
    const forged = await tell({ ...historyOf(honest, other), requestSalt: Buffer.alloc(32, 7) })
    expect([forged.verdict, forged.said]).toEqual(['FAILS', expect.stringContaining('another statement')])
  })

  it('judges the legs of an entry that calls itself a dry run', async () => {
    const added = { ...(honest[find('HN', 'cases', false)] as SentLeg), query: '{case(id:"HN:9"){narrative}}' }
    const result = { ...SAMPLE_REQUEST.result, status: 200, durationMs: 500, isDryRun: true }
    const { verdict, said } = await tell(historyOf([...honest, added], { result }))
    expect(said).toMatch(/it was a dry run, and it has legs that were sent/)
    expect(said).toMatch(/HN cases DOES_NOT_FOLLOW it asks for what the question does not: case/)
    expect(verdict).toBe('FAILS')
  })

  it('finds what the country’s own log has and the gateway’s does not', async () => {
    const leg = { ...SAMPLE_LEG, country: 'HN', domain: 'cases' as const, requestId: ID, operationHash: 'e'.repeat(64) }
    const { verdict, said } = await tell({ ...historyOf(honest), countryLegs: [leg] })
    expect(said).toMatch(/HN cases: the country logged a leg \(200\) that the entry does not have/)
    expect(verdict).toBe('FAILS')
  })

  it('finds that the tool was shown another answer than the country gave', async () => {
    const sources = historyOf(honest)
    const [first, ...others] = sources.entry.legs
    const legs = first === undefined ? [] : [{ ...first, responseHash: 'd'.repeat(64) }, ...others]
    const { verdict, said } = await tell({ ...sources, entry: { ...sources.entry, legs } })
    expect(said).toMatch(/the tool was shown another answer than that of the entry/)
    expect(verdict).toBe('FAILS')
  })
})
