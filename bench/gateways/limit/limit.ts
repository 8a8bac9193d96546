/**
 * The limit: a server that answers the operations of the bench by hand. It sends the requests that a gateway must send, and those of one wave to one
 * subgraph as one request. It knows nothing of GraphQL: it parses the answers, joins them, and writes the result. Prints its port when it listens.
 * Arguments: the ports of persons, cases and legal.
 */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createClient } from './http-client.ts'

const [persons, cases, legal] = process.argv.slice(2).map((port) => createClient(Number(port), 64)) as [
  ReturnType<typeof createClient>,
  ReturnType<typeof createClient>,
  ReturnType<typeof createClient>,
]

interface Person {
  readonly id: string
  cases?: readonly Case[]
}
interface Statute {
  readonly id: string
  cases?: readonly Case[]
}
interface Case {
  readonly id: string
  lead?: Person
  statute?: Statute
}

type Variables = Readonly<Record<string, string>>

async function send<Data>(post: typeof persons, query: string, variables: object): Promise<Data> {
  return (JSON.parse(await post(JSON.stringify({ query, variables }))) as { readonly data: Data }).data
}

const represent = (type: string, ids: Iterable<string>) => Array.from(ids, (id) => ({ __typename: type, id }))

/** Asks for entities, each once. @returns them by id. */
async function fetchEntities<Entity extends { readonly id: string }>(
  post: typeof persons,
  query: string,
  type: string,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Entity>> {
  const { e } = await send<{ readonly e: readonly Entity[] }>(post, query, { r: represent(type, ids) })
  return new Map(Array.from(ids, (id, at) => [id, e[at] as Entity]))
}

const PERSON_NAMES = 'query($r:[_Any!]!){e:_entities(representations:$r){...on Person{id name}}}'
const PERSONS = 'query($r:[_Any!]!){e:_entities(representations:$r){...on Person{id name birthplace}}}'
const STATUTES = 'query($r:[_Any!]!){e:_entities(representations:$r){...on Statute{id heading text}}}'
const OF_STATUTES = 'cases{id title summary lead{id cases{id title summary statute{id}}}}'
const OF_PERSONS = `cases{id title summary statute{id ${OF_STATUTES}}}`
const CASES = `query($p:[_Any!]!,$s:[_Any!]!){p:_entities(representations:$p){...on Person{${OF_PERSONS}}} s:_entities(representations:$s){...on Statute{${OF_STATUTES}}}}`

const ANSWERS: Readonly<Record<string, (variables: Variables) => Promise<object>>> = {
  Field: (variables) => send(persons, 'query($id:ID!){person(id:$id){name}}', variables),

  async Flat(variables) {
    const query = 'query($id:ID!){docket(id:$id){id clerk cases{id title lead{id}}}}'
    const data = await send<{ readonly docket: { readonly cases: readonly Case[] } }>(cases, query, variables)
    const ids = new Set(data.docket.cases.map(({ lead }) => lead?.id ?? ''))
    const leads = await fetchEntities<Person>(persons, PERSON_NAMES, 'Person', ids)
    for (const one of data.docket.cases) one.lead = leads.get(one.lead?.id ?? '') as Person
    return data
  },

  async Nested({ registry: registryId, code: codeId }) {
    const [{ registry }, { code }] = await Promise.all([
      send<{ readonly registry: { readonly persons: readonly Person[] } }>(
        persons,
        'query($id:ID!){registry(id:$id){id keeper persons{id name birthplace}}}',
        { id: registryId },
      ),
      send<{ readonly code: { readonly statutes: readonly Statute[] } }>(
        legal,
        'query($id:ID!){code(id:$id){id statutes{id heading text}}}',
        { id: codeId },
      ),
    ])
    const [personIds, statuteIds] = [registry.persons.map(({ id }) => id), code.statutes.map(({ id }) => id)]
    const found = await send<{ readonly p: readonly Person[]; readonly s: readonly Statute[] }>(cases, CASES, {
      p: represent('Person', personIds),
      s: represent('Statute', statuteIds),
    })
    for (const [at, one] of registry.persons.entries()) one.cases = found.p[at]?.cases ?? []
    for (const [at, one] of code.statutes.entries()) one.cases = found.s[at]?.cases ?? []
    await fillDeep([...registry.persons, ...code.statutes])
    return { registry, code }
  },
}

/** Fills in the persons and statutes that cases name, at all levels. */
async function fillDeep(holders: readonly { readonly cases?: readonly Case[] }[]): Promise<void> {
  const all: Case[] = []
  const collect = (list: readonly Case[] = []): void => {
    for (const one of list) {
      all.push(one)
      collect(one.statute?.cases)
      collect(one.lead?.cases)
    }
  }
  for (const { cases: list } of holders) collect(list)
  const idsOf = (of: (one: Case) => { readonly id: string } | undefined) =>
    new Set(all.flatMap((one) => of(one)?.id ?? []))
  const [leads, statutes] = await Promise.all([
    fetchEntities<Person>(
      persons,
      PERSONS,
      'Person',
      idsOf(({ lead }) => lead),
    ),
    fetchEntities<Statute>(
      legal,
      STATUTES,
      'Statute',
      idsOf(({ statute }) => statute),
    ),
  ])
  for (const { lead, statute } of all) {
    if (lead !== undefined) Object.assign(lead, leads.get(lead.id))
    if (statute !== undefined) Object.assign(statute, statutes.get(statute.id))
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => resolve(Buffer.concat(chunks).toString()))
    request.on('error', reject)
  })
}

async function answer(request: IncomingMessage): Promise<string> {
  const asked = JSON.parse(await readBody(request)) as { readonly operationName: string; readonly variables: Variables }
  const data = await ANSWERS[asked.operationName]?.(asked.variables)
  return JSON.stringify({ data })
}

const server = createServer((request, response) => {
  answer(request).then(
    (text) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      response.end(text)
    },
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
      response.destroy()
    },
  )
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
