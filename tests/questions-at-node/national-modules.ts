import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { execute, parse } from 'graphql'
import { descendingDateKey, encodeCursor } from '../../contract/cursor.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { stubEntity } from '../../subgraphs/kit/entities.ts'
import { buildNodeSchema } from '../../subgraphs/kit/node-schema.ts'
import type { DomainModule } from '../../subgraphs/kit/types.ts'

const FILED_ON = '2024-03-01'

/** Two domains with a handful of made-up records: enough that one answer leads to another country. */
export function nationalModules(country: 'HN' | 'GT'): readonly DomainModule[] {
  const other = country === 'HN' ? 'GT' : 'HN'
  const personOf = ({ id }: { readonly id: string }) => ({
    id,
    country,
    names: [{ category: 'LEGAL', full: `Name of ${id}` }],
    sameAs: [{ id: `${other}:P-9` }],
    identifiers: [],
  })
  const caseOf = (id: string) => ({
    id,
    country,
    category: 'COURT',
    narrative: 'what happened',
    offences: [],
    filedOn: FILED_ON,
    participants: page([{ role: 'ACCUSED', person: { id: `${other}:P-7` } }], () => ({
      order: 'ROW_ASC',
      key: '',
      id: 'row',
    })),
    linkedCases: [{ id: `${other}:C-2` }],
  })
  const cases = (_root: unknown, { first = 20 }: { readonly first?: number }) =>
    page(
      Array.from({ length: first }, (_, at) => caseOf(`${country}:C-${at}`)).sort((a, b) => (a.id < b.id ? -1 : 1)),
      ({ id }) => ({ order: 'FILED_ON_DESC', key: descendingDateKey(FILED_ON), id: String(id) }),
    )
  return [
    {
      domain: 'cases',
      typeDefs: parse(domainSdl('cases')),
      resolvers: {
        Query: {
          case: (_root: never, { id }: { readonly id: string }) => caseOf(id),
          cases: cases as never,
          warrants: () => page([]),
          caseCounts: () => ({ counts: [], withheldBy: [] }),
        },
        Case: { __resolveReference: ((one: { readonly id: string }) => caseOf(one.id)) as never },
        Person: { __resolveReference: stubEntity as never, cases: cases as never, warrants: () => page([]) },
      },
      migrations: new URL('../../subgraphs/cases/migrations/', import.meta.url),
    },
    {
      domain: 'persons',
      typeDefs: parse(domainSdl('persons')),
      resolvers: {
        Query: {
          person: ((_root: unknown, one: { readonly id: string }) => personOf(one)) as never,
          persons: () => page([personOf({ id: `${country}:P-1` })]),
        },
        Person: { __resolveReference: personOf as never },
      },
      migrations: new URL('../../subgraphs/persons/migrations/', import.meta.url),
    },
  ]
}

interface Node {
  readonly id?: string
  readonly role?: string
  readonly person?: { readonly id: string }
}

function page(nodes: readonly Node[], placeOf = ({ id = '' }: Node) => ({ order: 'ID_ASC', key: '', id })): object {
  const pageInfo = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null }
  return { edges: nodes.map((node) => ({ cursor: encodeCursor(placeOf(node)), node })), pageInfo }
}

/** A service of a country that answers its domains, each at `/<domain>`, for a node in front of it. */
export async function serveModules(modules: readonly DomainModule[], country: string) {
  const schemas = new Map(modules.map((module) => [`/${module.domain}`, buildNodeSchema(module)]))
  const server = createServer(async (request, response) => {
    const schema = schemas.get(request.url ?? '')
    const { query, variables } = (await json(request)) as { query: string; variables?: Record<string, unknown> }
    const answer =
      schema &&
      (await execute({ schema, document: parse(query), variableValues: variables, contextValue: { country } }))
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
