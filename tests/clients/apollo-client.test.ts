import {
  ApolloClient,
  CombinedGraphQLErrors,
  gql,
  HttpLink,
  InMemoryCache,
  type TypedDocumentNode,
} from '@apollo/client'
import { relayStylePagination } from '@apollo/client/utilities'
import { describe, expect, inject, it } from 'vitest'
import policies from '../../contract/client/apollo-type-policies.json' with { type: 'json' }
import { tokenHere } from './token.ts'

/** Apollo Client, with the settings of contract/client, while El Salvador is down. */

const world = inject('world')
const usualToken = await tokenHere()

interface Sent {
  readonly url: string
  readonly init: RequestInit | undefined
}

function createDesk({ token = usualToken, ...options }: { token?: string; useGETForQueries?: boolean } = {}) {
  const sent: Sent[] = []
  const pages = relayStylePagination(['countries', 'filter', 'orderBy'])
  const client = new ApolloClient({
    link: new HttpLink({
      uri: world.url,
      headers: { authorization: `Bearer ${token}` },
      fetch: (url, init) => {
        sent.push({ url: String(url), init })
        return fetch(url, init)
      },
      ...options,
    }),
    cache: new InMemoryCache({ typePolicies: { ...policies, Query: { fields: { cases: pages } } } as never }),
    clientAwareness: { name: 'desk', version: '1.0' },
  })
  return { client, sent }
}

type Edge = { readonly node: { readonly id: string; readonly country: string } }
type Outcome = { readonly country: string; readonly reach: string }
type Data = {
  readonly cases: {
    readonly edges: readonly Edge[]
    readonly pageInfo: { readonly endCursor: string }
    readonly outcomes?: readonly Outcome[]
  }
}
type Question = TypedDocumentNode<Data, { after?: string; countries?: readonly string[] }>

const questionWith = (more: string): Question => gql`
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

const idsOf = ({ cases }: Data): string[] => cases.edges.map(({ node }) => node.id)

describe('Apollo Client', () => {
  it('keeps the data of the countries that answered beside the error of the one that is down', async () => {
    const { client } = createDesk()
    const { data, error } = await client.query({ query: WITHOUT_OUTCOMES, errorPolicy: 'all' })
    expect(idsOf(data as Data)).toHaveLength(3)
    const errors = error instanceof CombinedGraphQLErrors ? error.errors : []
    expect(errors.map(({ path, extensions }) => [path, extensions?.country, extensions?.code])).toEqual([
      [['cases'], 'SV', 'UNAVAILABLE'],
    ])
  })

  it('gets no error, but an outcome for each country, if it asks for outcomes', async () => {
    const { client } = createDesk()
    const { data } = await client.query({ query: CASES })
    expect(data?.cases.outcomes).toMatchObject([
      { country: 'GT', reach: 'ANSWERED' },
      { country: 'HN', reach: 'ANSWERED' },
      { country: 'SV', reach: 'UNAVAILABLE' },
    ])
  })

  it('adds pages of several countries to one list, in their one order', async () => {
    const { client } = createDesk()
    const question = client.watchQuery({ query: CASES })
    const first = (await question.refetch()).data as Data
    await question.fetchMore({ variables: { after: first.cases.pageInfo.endCursor } })
    const paged = client.readQuery({ query: CASES }) as Data
    const whole = await ask(
      '{ cases(first: 6, countries: ["GT", "HN"]) { edges { node { id country } } outcomes { reach } } }',
    )
    expect(idsOf(paged)).toEqual(idsOf(whole))
    expect(new Set(paged.cases.edges.map(({ node }) => node.country))).toEqual(new Set(['GT', 'HN']))
  })

  it('keeps each record once, by its id, and no outcome as a record', async () => {
    const { client } = createDesk()
    await client.query({ query: CASES })
    await client.query({ query: CASES, variables: { countries: ['GT'] } })
    const cache = client.cache.extract() as Record<string, unknown>
    const records = Object.keys(cache).filter((key) => !key.startsWith('ROOT_'))
    expect(records.length).toBeGreaterThan(3)
    for (const key of records) expect(key).toMatch(/^Case:\{"id":"(GT|HN):/)
    const lists = cache.ROOT_QUERY as Record<string, { readonly outcomes?: readonly object[] }>
    const outcomes = Object.values(lists).map((list) => list.outcomes?.length)
    // One list for each set of countries: the outcomes of one are not those of the other.
    expect(outcomes.filter((length) => length !== undefined)).toEqual([3, 1])
  })

  it('reads the code of a request that the gateway rejects as a whole', async () => {
    const { error } = await createDesk({ token: 'none' }).client.query({ query: CASES, errorPolicy: 'all' })
    const errors = error instanceof CombinedGraphQLErrors ? error.errors : []
    expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['TOKEN_INVALID'])
  })

  it('can use GET, because it sends a content type with it', async () => {
    const { client, sent } = createDesk({ useGETForQueries: true })
    const { data } = await client.query({ query: gql`{ person(id: "GT:P-000001") { id } }` })
    expect(data).toMatchObject({ person: { id: 'GT:P-000001' } })
    expect(sent[0]?.init?.method).toBe('GET')
  })

  it('sends no header that a page of another origin may not send', async () => {
    const { client, sent } = createDesk()
    await client.query({ query: CASES })
    const { ALLOWED_HEADERS } = await import('../../gateway/front/cors.ts')
    // The Fetch standard lets every page send `accept`.
    const allowed = ['accept', ...ALLOWED_HEADERS]
    const headers = Object.keys((sent[0]?.init?.headers ?? {}) as Record<string, string>)
    expect(headers).toContain('apollographql-client-name')
    expect(headers.filter((name) => !allowed.includes(name))).toEqual([])
  })
})

async function ask(query: string): Promise<Data> {
  const response = await fetch(world.url, {
    method: 'POST',
    headers: { authorization: `Bearer ${usualToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  return ((await response.json()) as { readonly data: Data }).data
}
