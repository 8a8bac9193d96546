import { Client, type ClientOptions, fetchExchange, gql } from '@urql/core'
import { cacheExchange } from '@urql/exchange-graphcache'
import { relayPagination } from '@urql/exchange-graphcache/extras'
import { afterEach, describe, expect, inject, it, vi } from 'vitest'
import { keys } from '../../contract/client/urql-keys.js'
import { tokenHere } from './token.ts'

/** urql, with the keys of contract/client, while El Salvador is down. */

const world = inject('world')
const token = await tokenHere()

function createDesk(options: Partial<ClientOptions> = {}, headers: Record<string, string> = {}): Client {
  return new Client({
    url: world.url,
    preferGetMethod: false,
    fetchOptions: () => ({ headers: { authorization: `Bearer ${token}`, ...headers } }),
    exchanges: [cacheExchange({ keys, resolvers: { Query: { cases: relayPagination() } } }), fetchExchange],
    ...options,
  })
}

const questionWith = (more: string) => gql`
  query Cases($after: String, $countries: [CountryCode!] = ["GT", "HN", "SV"]) {
    cases(first: 3, after: $after, countries: $countries) {
      edges { node { id country } }
      pageInfo { endCursor }
      ${more}
    }
  }
`
const CASES = questionWith('outcomes { country reach }')
const WITHOUT_OUTCOMES = questionWith('')
const PERSON = gql`{ person(id: "GT:P-000001") { id sex } }`

interface Data {
  readonly cases: {
    readonly edges: readonly { readonly node: { readonly id: string; readonly country: string } }[]
    readonly pageInfo: { readonly endCursor: string }
    readonly outcomes: readonly { readonly country: string; readonly reach: string }[]
  }
}

const idsOf = ({ cases }: Data): string[] => cases.edges.map(({ node }) => node.id)

describe('urql', () => {
  afterEach(() => vi.restoreAllMocks())

  it('keeps the data of the countries that answered beside the error of the one that is down', async () => {
    const { data, error } = await createDesk().query<Data>(WITHOUT_OUTCOMES, {})
    expect(idsOf(data as Data)).toHaveLength(3)
    expect(error?.graphQLErrors.map(({ path, extensions }) => [path, extensions.country, extensions.code])).toEqual([
      [['cases'], 'SV', 'UNAVAILABLE'],
    ])
  })

  it('gets no error, but an outcome for each country, if it asks for outcomes', async () => {
    const { data, error } = await createDesk().query<Data>(CASES, {})
    expect(error).toBeUndefined()
    expect(data?.cases.outcomes.map(({ country, reach }) => `${country} ${reach}`)).toEqual([
      'GT ANSWERED',
      'HN ANSWERED',
      'SV UNAVAILABLE',
    ])
  })

  it('adds pages of several countries to one list, in their one order, and never warns of a record without a key', async () => {
    const warnings = vi.spyOn(console, 'warn')
    const errors = vi.spyOn(console, 'error')
    const client = createDesk()
    const first = (await client.query<Data>(CASES, {})).data as Data
    const paged = (await client.query<Data>(CASES, { after: first.cases.pageInfo.endCursor })).data as Data
    const plain = createDesk({ exchanges: [fetchExchange] })
    const whole = await plain.query<Data>(
      gql`{ cases(first: 6, countries: ["GT", "HN"]) { edges { node { id country } } outcomes { reach } } }`,
      {},
    )
    expect(idsOf(paged)).toEqual(idsOf(whole.data as Data))
    expect([...warnings.mock.calls, ...errors.mock.calls]).toEqual([])
  })

  it('keeps the outcomes of one set of countries apart from those of another', async () => {
    const client = createDesk()
    await client.query<Data>(CASES, {})
    await client.query<Data>(CASES, { countries: ['GT'] })
    const cached = await client.query<Data>(CASES, {}, { requestPolicy: 'cache-only' })
    expect(cached.data?.cases.outcomes).toHaveLength(3)
    const guatemala = await client.query<Data>(CASES, { countries: ['GT'] }, { requestPolicy: 'cache-only' })
    expect(guatemala.data?.cases.outcomes).toHaveLength(1)
  })

  it('reads the code of a request that the gateway rejects as a whole', async () => {
    const { error } = await createDesk({}, { authorization: 'Bearer none' }).query(PERSON, {})
    expect(error?.graphQLErrors.map(({ extensions }) => extensions.code)).toEqual(['TOKEN_INVALID'])
  })

  it('can use GET with the header that no page sends unasked, and cannot without it', async () => {
    const get = { preferGetMethod: true as const }
    const rejected = await createDesk(get).query(PERSON, {})
    expect(rejected.error?.message).toContain('Apollo-Require-Preflight')
    const { data } = await createDesk(get, { 'apollo-require-preflight': '1' }).query(PERSON, {})
    expect(data).toMatchObject({ person: { id: 'GT:P-000001', sex: 'M' } })
  })
})
