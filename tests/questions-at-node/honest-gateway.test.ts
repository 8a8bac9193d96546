import { parse } from 'graphql'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeCursor } from '../../contract/cursor.ts'
import { COUNTRY_TOKEN_HEADER } from '../../contract/trust/country-token.ts'
import { verifyQuestion } from '../../contract/trust/question-statement.ts'
import { createLegSender } from '../../gateway/leg/leg-sender.ts'
import { createEngine } from '../../gateway/pipeline/engine.ts'
import { OPEN_SUPERGRAPH_SDL } from '../../gateway/plan/testing.ts'
import { aContext, anEndpoint, aParticipant } from '../../gateway/testing.ts'
import type { Leg, LegAnswer } from '../../gateway/types/flow.ts'
import { createTlsPools } from '../../service/http/tls-pools.ts'
import { nowS, type Question, startWorld, type World } from './world.ts'

const DOCUMENT = `query AcrossBorders($id: ID!, $first: Int, $status: WarrantStatus, $after: String) {
  person(id: $id) {
    id names { category full } sameAs { id country names { full } }
    warrants(status: $status) { edges { node { id } } }
    cases(first: $first, after: $after) {
      edges { cursor node { id country filedOn linkedCases { id category }
        participants(first: 5) { edges { node { role person { id names { full } sameAs { id names { full } } } } } } } }
      pageInfo { hasNextPage endCursor } outcomes { country reach code }
    }
  }
}`
const QUESTION: Question = {
  document: DOCUMENT,
  variables: { id: 'HN:P-1', first: 3, status: null, after: null },
  countries: ['*'],
}
const COUNTRIES = ['HN', 'GT'] as const

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

/** Asks the question through the gateway's engine and its sender of legs, over HTTP. */
async function ask(question: Question, lose: (leg: Leg) => boolean = () => false) {
  const made = world.ask(question)
  const countryTokens = new Map<string, string>()
  // All legs have the same country token, however long they take: with equal claims, equal texts are signed.
  const iat = nowS()
  const leg = { countryToken: { iat, exp: iat + 300 } }
  for (const to of COUNTRIES) {
    // The nodes learn the mandate. A statement that they do not need teaches them no document.
    await world.send({ to, domain: 'persons', query: '{__typename}', statement: null }, question, made)
    countryTokens.set(to, (await world.tokens({ to, query: '', question, made, leg })).countryToken)
  }
  const sent: { readonly leg: Leg; readonly answer: LegAnswer }[] = []
  const pools = createTlsPools()
  const legs = createLegSender({
    pools,
    signLegToken: async ({ country, query }) => {
      const to = country as 'HN' | 'GT'
      return (await world.tokens({ to, query, question, made, leg })).legToken
    },
    // Read when the message is written: a leg that is sent again has a token of its own.
    headersOf: ({ country }) => ({
      get [COUNTRY_TOKEN_HEADER.toLowerCase()]() {
        return countryTokens.get(String(country)) ?? ''
      },
    }),
    log: pino({ level: 'silent' }),
  })
  const engine = createEngine({
    supergraphSdl: OPEN_SUPERGRAPH_SDL,
    participants: COUNTRIES.map((country) =>
      aParticipant(country, {
        domains: Object.fromEntries(
          ['cases', 'persons', 'legal'].map((domain) => [
            domain,
            anEndpoint({ url: world.urlOf(country, domain), deadlineMs: 10_000, maxAnswerBytes: 1 << 22 }),
          ]),
        ),
      }),
    ),
    subgraphDefaults: { deadlineMs: 10_000, maxAnswerBytes: 1 << 22 },
    sendLeg: async (leg, request) => {
      const { question: signed, ...unsigned } = request
      const lost = signed && lose(leg) ? { ...signed, given: { keep: () => undefined, show: () => [] } } : signed
      const answer = await legs.sendLeg(leg, { ...unsigned, ...(lost && { question: lost }) })
      sent.push({ leg, answer })
      return answer
    },
  })
  try {
    const { document, variables = {}, operation: operationName } = question
    const statement = verifyQuestion(made.text, { now: Date.now })
    const context = aContext({ deadlineAt: performance.now() + 20_000, question: { statement, document } })
    const request = { document: parse(document), variables: { ...variables }, operationName, source: document }
    const result = await engine.execute(request, context)
    return { result: JSON.parse(JSON.stringify(result)), sent }
  } finally {
    await pools.close()
    await engine.close()
  }
}

describe('an honest gateway over nodes that demand signed questions', () => {
  it('answers the question over both countries, and each leg is answered', async () => {
    const { result, sent } = await ask(QUESTION)
    expect(sent.filter(({ answer }) => answer.kind === 'failed')).toEqual([])
    expect(result.errors).toBeUndefined()
    const { sameAs, cases } = result.data.person
    expect(sameAs).toEqual([{ id: 'GT:P-9', country: 'GT', names: [{ full: 'Name of GT:P-9' }] }])
    expect(
      cases.outcomes.map(({ country, reach }: { country: string; reach: string }) => `${country} ${reach}`),
    ).toEqual(['GT ANSWERED', 'HN ANSWERED'])
    expect(JSON.stringify(cases)).toContain('Name of HN:P-7')
    expect(sent.length).toBeGreaterThan(6)
  })

  it('gets the page that the officer asked for, also where a country stood when it was silent', async () => {
    const place = { key: '8980215', id: 'GT:C-1' }
    for (const silent of [undefined, { HN: 0 }, { GT: place }] as const) {
      const after = encodeCursor({ order: 'FILED_ON_DESC', key: '8980216', id: 'HN:C-0', ...(silent && { silent }) })
      const { sent } = await ask({ ...QUESTION, variables: { ...QUESTION.variables, after } })
      const failed = sent.flatMap(({ answer }) => (answer.kind === 'failed' ? [answer.outcome.code] : []))
      expect(failed).toEqual([])
      expect(sent.some(({ leg }) => leg.query.includes('after:'))).toBe(true)
    }
  })

  it('is refused the ids of the other country if it loses what that country signed', async () => {
    const { result, sent } = await ask(QUESTION, () => true)
    const failed = sent.flatMap(({ leg, answer }) => (answer.kind === 'failed' ? [[leg.domain, answer.outcome]] : []))
    expect(failed).toContainEqual(['persons', { reach: 'DENIED', code: 'QUESTION_NOT_SIGNED' }])
    expect(result.data.person.sameAs).toEqual([{ id: 'GT:P-9', country: null, names: null }])
  })
})
