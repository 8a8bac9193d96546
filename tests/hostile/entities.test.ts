/** What a country can answer wrongly when the gateway asks for records that another country’s rows name. */
import type { RequestListener } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { casesOf, MARKER, replyData } from './hostile-country.ts'
import { type HostileGateway, startHostileGateway } from './hostile-gateway.ts'

const QUERY = `query ($countries: [CountryCode!]) {
  cases(first: 5, countries: $countries) { edges { node { id linkedCases { id status } } } outcomes { country code } }
}`

let gateway: HostileGateway

/** Returns GT’s one case, which names two cases of HN. */
function linking(): object {
  const data = casesOf('GT', 1)
  const linkedCases = ['HN:1', 'HN:2'].map((id) => ({ _iT: 'Case', _iId: id, id }))
  Object.assign(data.cases.edges[0]?.node as object, { linkedCases })
  return data
}

const entity = (id: string, over: object = {}): object => ({ _iT: 'Case', _iId: id, status: 'OPEN', ...over })
const TWO = [entity('HN:1'), entity('HN:2')]

beforeAll(async () => {
  gateway = await startHostileGateway(50_000)
  gateway.good.answer = replyData(linking())
})
afterAll(() => gateway.close())

interface Answer {
  readonly data: {
    readonly cases: {
      readonly edges: readonly { node: { linkedCases: readonly unknown[] } }[]
      readonly outcomes: unknown
    }
  }
  readonly errors?: readonly unknown[]
  readonly extensions: { readonly countries: readonly { country: string; code: string | null }[] }
}

async function ask(entities: RequestListener) {
  gateway.hostile.answer = entities
  const { text, requestId } = await gateway.ask({ query: QUERY, variables: { countries: ['GT'] } })
  const answer = JSON.parse(text) as Answer
  const [row] = answer.data.cases.edges
  const codes = Object.fromEntries(answer.extensions.countries.map(({ country, code }) => [country, code]))
  return { text, requestId, linked: row?.node.linkedCases, outcomes: answer.data.cases.outcomes, codes, answer }
}

const IDS = [
  { id: 'HN:1', status: null },
  { id: 'HN:2', status: null },
]

describe('a country that is asked for two records and answers with', () => {
  it.each<[string, unknown, string]>([
    ['one', [entity('HN:1')], 'BAD_ANSWER'],
    ['none', [], 'BAD_ANSWER'],
    ['three', [...TWO, entity('HN:3')], 'BAD_ANSWER'],
    ['ten thousand', Array.from({ length: 2_000 }, () => ({})), 'BAD_ANSWER'],
    ['an object in place of the list', entity('HN:1'), 'BAD_ANSWER'],
    ['null', null, 'BAD_ANSWER'],
    ['text', [MARKER, MARKER], 'BAD_ANSWER'],
    ['the two swapped', TWO.toReversed(), 'FOREIGN_RECORD'],
    ['the first twice', [entity('HN:1'), entity('HN:1')], 'FOREIGN_RECORD'],
    ['a record of another country', [entity('HN:1'), entity('GT:1')], 'FOREIGN_RECORD'],
    ['a record of another type', [entity('HN:1'), entity('HN:2', { _iT: 'Warrant' })], 'BAD_ANSWER'],
  ])(
    '%s does not get a value into the answer, and its next good answer is used completely',
    async (_, entities, code) => {
      const { text, requestId, linked, outcomes, codes, answer } = await ask(replyData({ _entities: entities }))
      expect(linked).toEqual(IDS)
      expect(outcomes).toEqual([{ country: 'GT', code: null }])
      expect(codes).toEqual({ GT: null, HN: code })
      expect(answer.errors).toMatchObject(
        IDS.map((_, i) => ({
          path: ['cases', 'edges', 0, 'node', 'linkedCases', i, 'status'],
          extensions: { code: 'UNAVAILABLE', country: 'HN' },
        })),
      )
      expect(text).not.toContain(MARKER)
      expect(gateway.log.some((line) => line.includes(requestId) && line.includes('expected'))).toBe(true)

      const recovered = await ask(replyData({ _entities: TWO }))
      expect(recovered.answer.errors).toBeUndefined()
      expect(recovered.linked).toEqual(IDS.map(({ id }) => ({ id, status: 'OPEN' })))
      expect(recovered.codes).toEqual({ GT: null, HN: null })
    },
  )
})

it('ten thousand errors at different places become a hundred, and one that reports the cut', async () => {
  const aliases = Array.from({ length: 125 }, (_, index) => `a${index}`)
  const wide = await startHostileGateway(4_194_304)
  try {
    const query = `{ cases(first: 80) { edges { node { id ${aliases.map((alias) => `${alias}: status`).join(' ')} } } } }`
    wide.good.answer = replyData(casesOf('GT', 1))
    const rows = casesOf('HN', ...Array.from({ length: 80 }, (_, index) => 100 + index))
    const errors = rows.cases.edges.flatMap((_, row) =>
      aliases.map((alias) => ({ message: MARKER, path: ['cases', 'edges', row, 'node', alias] })),
    )
    expect(errors).toHaveLength(10_000)
    wide.hostile.answer = replyData(rows, errors)
    const { text, requestId } = await wide.ask({ query })
    const answer = JSON.parse(text)
    expect(answer.data.cases.edges).toHaveLength(80)
    expect(answer.errors).toHaveLength(101)
    expect(answer.errors.at(-1).extensions.code).toBe('ERRORS_CUT')
    expect(text).not.toContain(MARKER)
    const line = wide.log.map((text) => JSON.parse(text)).find(({ errors }) => errors === 10_000)
    expect(line).toMatchObject({ requestId, country: 'HN', domain: 'cases', codes: [] })

    wide.hostile.answer = replyData(casesOf('HN', 2))
    const recovered = JSON.parse((await wide.ask({ query: '{ cases(first: 5) { edges { node { id } } } }' })).text)
    expect(recovered.errors).toBeUndefined()
    expect(recovered.data.cases.edges).toEqual([{ node: { id: 'GT:1' } }, { node: { id: 'HN:2' } }])
  } finally {
    await wide.close()
  }
})
