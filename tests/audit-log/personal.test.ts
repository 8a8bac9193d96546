import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bytesBelow, createLoggedGateway, type LoggedGatewayWorld } from './logged-gateway.ts'

let place: LoggedGatewayWorld
let collector: Collector
beforeAll(async () => {
  place = await createLoggedGateway()
  collector = await createCollector()
})
afterAll(async () => {
  await collector.close()
  await place.remove()
})

/** An OpenTelemetry collector that stores what it receives. */
interface Collector {
  readonly url: string
  received(): Buffer
  close(): Promise<void>
}

async function createCollector(): Promise<Collector> {
  const parts: Buffer[] = []
  const server = createServer((request, response) => {
    request.on('data', (part: Buffer) => parts.push(part)).on('end', () => response.end('{}'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: () => Buffer.concat(parts),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface Person {
  readonly id: string
  readonly full: string
  readonly birth_date: string | null
  readonly value: string | null
}

const QUERY = `query Find($search: PersonSearch!) {
  persons(search: $search, first: 5) { edges { node { id names { full } birthDate nationalities cases { edges { node { id caseTrackingId } } } } } }
}`
const HITS = 'query Hits($search: PersonHitSearch!) { personHits(search: $search) { hits { country hit } } }'

it('writes no name, identifier, birth date, variable, record id or token of a whole run anywhere', {
  timeout: 120_000,
}, async () => {
  const people = await place.db.query<Person>(`select p.id, n.full_name as full, p.birth_date, i.value
    from persons.person p left join persons.person_name n on n.person_id = p.id left join persons.identifier i on i.person_id = p.id`)
  expect(people.length).toBeGreaterThan(10)
  const gateway = await place.start(['--otlp-endpoint', collector.url])
  const stranger = 'Forastero Inexistente Quiroga'
  let found = 0
  for (const { full, birth_date: birthDate } of people.slice(0, 12)) {
    const search = { name: full, ...(birthDate !== null && { birthDate }) }
    const reply = await gateway.ask({ query: QUERY, variables: { search } })
    if (reply.text.includes(full)) found++
  }
  expect(found).toBeGreaterThan(2)
  await gateway.ask({ query: HITS, variables: { search: { name: stranger, birthDate: '1977-07-17' } } })
  await gateway.ask({ query: `{ persons(search: { name: "${stranger}" }) { edges { node { id } } } }` })
  await gateway.ask({ query: `{ persons(search: { name: "${stranger}" ` })
  await gateway.ask({ query: `{ persons(search: { nme: "${stranger}" }) { edges { node { id } } } }` })
  await gateway.ask({ query: QUERY, variables: { search: { name: stranger, birthDate: stranger } } })
  await gateway.ask({ query: QUERY }, { headers: { authorization: `Bearer ${place.token}x` } })
  const metrics = await (await fetch(`${gateway.operatorUrl}/metrics`)).text()
  const status = await (await fetch(`${gateway.operatorUrl}/status`)).text()
  await gateway.end('SIGTERM')
  await place.stopNode()

  const secrets = new Set([stranger, '1977-07-17', place.token, ...place.token.split('.'), 'pairwise-sujeto-7'])
  for (const { id, full, birth_date: birthDate, value } of people) {
    for (const secret of [id, full, birthDate, value]) if (secret !== null) secrets.add(secret)
  }
  const places = {
    'the gateway’s record': await bytesBelow(join(place.folder, 'record-gateway')),
    'Honduras’s record': await bytesBelow(join(place.folder, 'record-HN')),
    'the gateway’s log': Buffer.from(gateway.said()),
    'the node’s log': Buffer.from(place.nodeSaid()),
    metrics: Buffer.from(metrics),
    status: Buffer.from(status),
    'traces and metrics': collector.received(),
  }
  for (const [name, bytes] of Object.entries(places)) {
    expect(bytes.length, name).toBeGreaterThan(100)
    for (const secret of secrets) expect(bytes.includes(secret), `${secret} in ${name}`).toBe(false)
  }
})
