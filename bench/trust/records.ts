/**
 * The records of the bench's countries: a service that answers the domains of all of them from memory, in a process of its own. Each node stands in
 * front of it as in front of any service of its country, so that a node's own work is what is measured and not a database. Prints one line with
 * its port when it listens.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { execute, parse } from 'graphql'
import { descendingDateKey, encodeCursor } from '../../contract/cursor.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { stubEntity } from '../../subgraphs/kit/entities.ts'
import { buildNodeSchema } from '../../subgraphs/kit/node-schema.ts'
import type { DomainModule } from '../../subgraphs/kit/types.ts'
import { COUNTRIES, courtOf, FILED_ON, nameOf, neighbourOf, PARTICIPANTS } from './questions.ts'

type Row = { readonly id: string }

function modulesOf(country: string): readonly DomainModule[] {
  const caseOf = (id: string) => ({
    ...{ id, country, category: 'COURT', court: courtOf(id), offences: [], filedOn: FILED_ON },
    participants: page(
      PARTICIPANTS.map((number) => ({ role: 'ACCUSED', person: { id: `${neighbourOf(country)}:P-${number}` } })),
    ),
  })
  const personOf = ({ id }: Row) => ({
    ...{ id, country, names: [{ category: 'LEGAL', full: nameOf(id) }] },
    sameAs: [{ id: `${neighbourOf(country)}:P-9` }],
  })
  const cases = (_: unknown, { first = 20 }: { readonly first?: number }) =>
    page(Array.from({ length: first }, (_, at) => caseOf(`${country}:C-${at}`)))
  return [
    {
      domain: 'cases',
      typeDefs: parse(domainSdl('cases')),
      resolvers: {
        Query: { case: (_: never, { id }: Row) => caseOf(id), cases: cases as never },
        Case: { __resolveReference: (({ id }: Row) => caseOf(id)) as never },
        Person: { __resolveReference: stubEntity as never, cases: cases as never },
      },
      migrations: new URL('../../subgraphs/cases/migrations/', import.meta.url),
    },
    {
      domain: 'persons',
      typeDefs: parse(domainSdl('persons')),
      resolvers: {
        Query: { person: ((_: unknown, one: Row) => personOf(one)) as never },
        Person: { __resolveReference: personOf as never },
      },
      migrations: new URL('../../subgraphs/persons/migrations/', import.meta.url),
    },
  ]
}

function page(nodes: readonly (object & { readonly id?: string })[]): object {
  const edges = nodes.map((node, at) => {
    const { id } = node
    const place =
      id === undefined
        ? { order: 'ROW_ASC', key: '', id: `row-${at}` }
        : { order: 'FILED_ON_DESC', key: descendingDateKey(FILED_ON), id }
    return { cursor: encodeCursor(place), node }
  })
  return { edges, pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null } }
}

const schemas = new Map(
  COUNTRIES.flatMap((country) =>
    modulesOf(country).map((module) => [`/${country}/${module.domain}`, { country, schema: buildNodeSchema(module) }]),
  ),
)

/** The bench asks few different questions. */
const answers = new Map<string, Buffer>()

async function answerOf(path: string, body: string): Promise<Buffer> {
  const key = `${path} ${body}`
  const known = answers.get(key)
  if (known !== undefined) return known
  const served = schemas.get(path)
  if (served === undefined) throw new Error(`expected a domain of one of the bench's countries; came ${path}`)
  const { query, variables } = JSON.parse(body) as { query: string; variables?: Record<string, unknown> }
  const { schema, country } = served
  const result = await execute({ schema, document: parse(query), variableValues: variables, contextValue: { country } })
  const answer = Buffer.from(JSON.stringify(result))
  answers.set(key, answer)
  return answer
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const answer = await answerOf(request.url ?? '', Buffer.concat(chunks).toString())
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length }).end(answer)
}

const server = createServer((request, response) => {
  serve(request, response).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    response.destroy()
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
