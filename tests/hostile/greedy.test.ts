/** What a country can answer to take time, memory or rows from the others, while all else of its answer is in order. */
import type { IncomingMessage, RequestListener } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { decodeCursor, encodeCursor } from '../../contract/cursor.ts'
import { casesOf, reply, replyData } from './hostile-country.ts'
import { type HostileGateway, startHostileGateway } from './hostile-gateway.ts'

const CAP_BYTES = 4_194_304
const PAGE = '{ cases(first: 5) { edges { node { id } } outcomes { country reach code } } }'

let gateway: HostileGateway
beforeAll(async () => {
  gateway = await startHostileGateway(CAP_BYTES)
})
afterEach(() => expectWhole())
afterAll(() => gateway.close())

/** Expects that both countries, which now behave, answer a question completely. */
async function expectWhole(): Promise<void> {
  gateway.good.answer = replyData(casesOf('GT', 1))
  gateway.hostile.answer = replyData(casesOf('HN', 2))
  const { answer } = await ask(PAGE)
  expect(answer.errors).toBeUndefined()
  expect(answer.data.cases).toEqual({
    edges: [{ node: { id: 'GT:1' } }, { node: { id: 'HN:2' } }],
    outcomes: ['GT', 'HN'].map((country) => ({ country, reach: 'ANSWERED', code: null })),
  })
}

interface LegBody {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>> & {
    readonly representations?: readonly { readonly id: string }[]
  }
}

async function readLeg(request: IncomingMessage): Promise<LegBody> {
  let text = ''
  for await (const chunk of request) text += chunk
  return JSON.parse(text)
}

/** Makes a script out of a function from a leg to the data of its answer. Notes each leg in `legs`. */
function play(answer: (leg: LegBody) => unknown, legs: LegBody[] = []): RequestListener {
  return async (request, response) => {
    const leg = await readLeg(request)
    legs.push(leg)
    replyData(answer(leg))(request, response)
  }
}

interface Outcome {
  readonly country: string
  readonly reach: string
  readonly code: string | null
}

async function ask(query: string, variables: object = {}) {
  const { text, status } = await gateway.ask({ query, variables: { ...variables } })
  expect(status, text.slice(0, 500)).toBe(200)
  const answer = JSON.parse(text)
  const outcomes: readonly Outcome[] = answer.extensions.countries
  return { answer, outcomeOf: (country: string) => outcomes.find((each) => each.country === country) }
}

const linkTo = (ids: readonly string[]) => {
  const data = casesOf('HN', 1)
  Object.assign(data.cases.edges[0]?.node as object, { linkedCases: ids.map((id) => ({ _iT: 'Case', _iId: id, id })) })
  return data
}
const entities = ({ variables }: LegBody): object => ({
  _entities: (variables.representations ?? []).map(({ id }) => ({ _iT: 'Case', _iId: id, status: 'OPEN' })),
})

describe('a country that names more records of another country than the gateway takes', () => {
  const QUERY =
    '{ cases(first: 5, countries: ["HN"]) { edges { node { id linkedCases { id status } } } outcomes { country reach code } } }'

  it('has the rest left out, which its outcome says, and the other country answers all that it is asked', async () => {
    const legs: LegBody[] = []
    gateway.hostile.answer = replyData(linkTo(Array.from({ length: 1_500 }, (_, i) => `GT:${i}`)))
    gateway.good.answer = play((leg) => {
      // A node of the contract answers at most a thousand, and a national system may answer fewer.
      expect(leg.variables.representations?.length).toBeLessThanOrEqual(200)
      return entities(leg)
    }, legs)
    const { answer, outcomeOf } = await ask(QUERY)
    const [edge] = answer.data.cases.edges
    expect(edge.node.linkedCases).toHaveLength(1_000)
    expect(new Set(edge.node.linkedCases.map(({ status }: { status: string }) => status))).toEqual(new Set(['OPEN']))
    expect(legs).toHaveLength(5)
    expect(outcomeOf('GT')).toMatchObject({ reach: 'ANSWERED', code: null })
    expect(outcomeOf('HN')).toMatchObject({ reach: 'ANSWERED', code: 'ROWS_DROPPED' })
    expect(answer.data.cases.outcomes).toEqual([{ country: 'HN', reach: 'ANSWERED', code: 'ROWS_DROPPED' }])
    expect(answer.errors).toMatchObject([{ extensions: { code: 'ROWS_DROPPED', country: 'HN' } }])
  })

  it('costs only its own records if the other country fails in one leg', async () => {
    gateway.hostile.answer = replyData(
      linkTo(Array.from({ length: 400 }, (_, i) => `GT:${String(i).padStart(3, '0')}`)),
    )
    gateway.good.answer = play((leg) => {
      return leg.variables.representations?.[0]?.id === 'GT:000' ? { _entities: null } : entities(leg)
    })
    const { answer, outcomeOf } = await ask(QUERY)
    const statuses = answer.data.cases.edges[0].node.linkedCases.map(({ status }: { status: string | null }) => status)
    expect([statuses.slice(0, 200), statuses.slice(200)].map((half) => [...new Set(half)])).toEqual([[null], ['OPEN']])
    expect(outcomeOf('GT')).toMatchObject({ reach: 'UNAVAILABLE', code: 'BAD_ANSWER' })
  })
})

describe('a country that sends one row in a page and always has a next page', () => {
  const QUERY = `query ($after: String) { cases(first: 50, after: $after) {
    edges { node { id } } pageInfo { hasNextPage endCursor } outcomes { country reach code } } }`

  it('does not keep the rows of the others back', async () => {
    const legs: LegBody[] = []
    gateway.hostile.answer = play(({ variables }) => {
      const after = typeof variables._iAfter0 === 'string' ? Number(decodeCursor(variables._iAfter0).id.slice(3)) : 100
      const { cases } = casesOf('HN', after + 1)
      // A key that is before each key of GT.
      const cursor = encodeCursor({ order: 'FILED_ON_DESC', key: '0', id: `HN:${after + 1}` })
      const edges = cases.edges.map((edge) => ({ ...edge, _iC: cursor }))
      const pageInfo = { hasNextPage: true, endCursor: null }
      return { cases: { edges, pageInfo, _iP: { _in: true, _ib: false } } }
    }, legs)
    gateway.good.answer = play(() => {
      const { cases } = casesOf('GT', 1, 2, 3)
      return { cases: { ...cases, pageInfo: { hasNextPage: false, endCursor: null } } }
    })
    const { answer } = await ask(QUERY)
    const ids = answer.data.cases.edges.map(({ node }: { node: { id: string } }) => node.id)
    expect(ids).toEqual(['GT:1', 'GT:2', 'GT:3'])
    expect(answer.data.cases.outcomes).toEqual([
      { country: 'GT', reach: 'ANSWERED', code: null },
      { country: 'HN', reach: 'UNAVAILABLE', code: 'BAD_ANSWER' },
    ])
    expect(legs.length).toBeLessThanOrEqual(21)
  })

  it('and fills each page with megabytes is asked on only as long as its answers to one request are few enough', async () => {
    const legs: LegBody[] = []
    gateway.hostile.answer = play(({ variables }) => {
      const after = typeof variables._iAfter0 === 'string' ? Number(decodeCursor(variables._iAfter0).id.slice(3)) : 100
      const { cases } = casesOf('HN', after + 1)
      const pageInfo = { hasNextPage: true, endCursor: null }
      return { cases: { ...cases, pageInfo, _iP: { _in: true, _ib: false } }, filler: 'x'.repeat(CAP_BYTES - 10_000) }
    }, legs)
    gateway.good.answer = replyData(casesOf('GT', 1))
    const { answer } = await ask(QUERY)
    expect(answer.data.cases.edges).toEqual([{ node: { id: 'GT:1' } }])
    expect(answer.data.cases.outcomes[1]).toMatchObject({
      country: 'HN',
      reach: expect.stringMatching(/UNAVAILABLE|TIMED_OUT/),
    })
    // Four of the largest answers, and the one that is too much.
    expect(legs.length).toBeLessThanOrEqual(5)
  })
})

describe('a country that sends dense answers', () => {
  const fill = (unit: string, before: string, after: string): string => {
    const count = Math.floor((CAP_BYTES - 1_000) / unit.length)
    return `${before}${unit.repeat(count)}${unit.slice(0, -1)}${after}`
  }

  it.each([
    ['empty objects', fill('{},', '{"data":{"cases":{"edges":[', ']}}}')],
    ['empty lists', fill('[],', '{"data":{"x":[', ']}}')],
    ['numbers', fill('0,', '{"data":{"x":[', ']}}')],
    ['errors', fill('{},', '{"data":{"cases":null},"errors":[', ']}')],
    ['long error paths', fill(`{"path":[${'1,'.repeat(200)}2]},`, '{"data":{"cases":null},"errors":[', ']}')],
    ['levels', fill('[', '{"data":{"x":', '')],
    ['texts that do not end', fill('{"a":"', '{"data":{"x":', '')],
  ])(
    'of %s costs only its own rows, six times four megabytes at once, and who asks another country is served',
    async (_, body) => {
      gateway.good.answer = replyData(casesOf('GT', 1))
      gateway.hostile.answer = reply(body)
      const greedy = Array.from({ length: 6 }, () => ask(PAGE))
      const modest = await ask('{ cases(first: 5, countries: ["GT"]) { edges { node { id } } } }')
      expect(modest.answer).toMatchObject({ data: { cases: { edges: [{ node: { id: 'GT:1' } }] } } })
      expect(modest.answer.errors).toBeUndefined()
      for (const { answer } of await Promise.all(greedy)) {
        expect(answer.data.cases.edges).toEqual([{ node: { id: 'GT:1' } }])
        expect(answer.data.cases.outcomes[1]).toEqual({ country: 'HN', reach: 'UNAVAILABLE', code: 'BAD_ANSWER' })
      }
    },
  )
})

describe('an operation that asks one question under many aliases', () => {
  it('sends a country one leg for all of them', async () => {
    const legs: LegBody[] = []
    const ids = Array.from({ length: 30 }, (_, i) => `GT:${i}`)
    const query = `{ ${ids.map((id, i) => `a${i}: case(id: "${id}") { id linkedCases { id status } }`).join(' ')} }`
    gateway.good.answer = play((leg) => {
      if (leg.variables.representations) return entities(leg)
      return Object.fromEntries(
        ids.map((id, i) => {
          const other = `HN:${i}`
          return [`a${i}`, { _iT: 'Case', _iId: id, id, linkedCases: [{ _iT: 'Case', _iId: other, id: other }] }]
        }),
      )
    })
    gateway.hostile.answer = play(entities, legs)
    const { answer } = await ask(query)
    expect(answer.errors).toBeUndefined()
    expect(answer.data.a7).toEqual({ id: 'GT:7', linkedCases: [{ id: 'HN:7', status: 'OPEN' }] })
    expect(legs.map(({ variables }) => variables.representations?.length)).toEqual([30])
  })
})
