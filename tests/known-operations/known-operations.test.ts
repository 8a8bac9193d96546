/** A morning: a gateway that was stopped at night is started, and the first callers of the day ask what their tools may ask. */
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPlace, type GatewayProcess, type Place } from '../tokens/gateway-process.ts'

const PROJECT = join(import.meta.dirname, '../..')
const TRUSTED = 'query Person($id: ID!, $all: Boolean!) { who: person(id: $id) { id sex @include(if: $all) } }'
const UNASKED = 'query Cases { cases(first: 3) { edges { node { id status } } } }'
const plain = (id: string): string => `query MariaLopez { person(id: "${id}") { id names { full } } }`
const aliased = '{ MariaLopez: person(id: "GT:P-1") { id } }'

let place: Place
let supergraph: string
let documents: string

beforeAll(async () => {
  place = await createPlace()
  supergraph = join(place.folder, 'graph.graphql')
  documents = join(place.folder, 'documents.json')
  await writeFile(supergraph, await readFile(join(PROJECT, 'supergraph.graphql'), 'utf8'))
  await writeFile(documents, JSON.stringify({ one: TRUSTED, two: UNASKED }))
})
afterAll(() => place.remove())

const start = (): Promise<GatewayProcess> =>
  place.start(
    ...['--supergraph', supergraph, '--documents', documents, '--documents-mode', 'log'],
    ...['--anonymous', '--operator-listen', '127.0.0.1:0'],
  )

async function ask({ url }: GatewayProcess, query: string, variables = {}): Promise<void> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  expect(await response.json()).toHaveProperty('data')
  expect(response.status).toBe(200)
}

/** Returns the jobs of the planning thread for which a caller waited, by kind. */
async function jobsOf({ said }: GatewayProcess, payer = 'caller'): Promise<Record<string, number>> {
  const operator = /(http:\S+)\/status/.exec(said())?.[1] ?? ''
  const text = await (await fetch(`${operator}/metrics`)).text()
  const found = text.matchAll(/^istmo_planning_jobs_total\{kind="(\w+)",payer="(\w+)"\} (\d+)$/gm)
  return Object.fromEntries(
    [...found].flatMap(([, kind, who, count]) => (who === payer ? [[kind, Number(count)]] : [])),
  )
}

/** Lists what a gateway has logged with this message. */
function logged({ said }: GatewayProcess, message: string): Record<string, unknown>[] {
  const lines = said().split('\n').slice(0, -1)
  return lines.flatMap((line) => (line.includes(`"msg":"${message}"`) ? [JSON.parse(line)] : []))
}

describe('a gateway with trusted documents', () => {
  it('has read, prepared and planned them before anybody asks, at its start and when the supergraph changes', async () => {
    const gateway = await start()
    await expect.poll(() => logged(gateway, 'known operations planned')).toMatchObject([{ failed: 0, leftOut: 0 }])
    expect(await jobsOf(gateway, 'ahead')).toHaveProperty('plan')
    await ask(gateway, TRUSTED, { id: 'GT:P-1', all: true })
    await ask(gateway, UNASKED)
    // Fields are removed from what this caller asks, so that each operation needs a plan of its own.
    expect(await jobsOf(gateway)).toEqual({ plan: 2 })
    await ask(gateway, plain('GT:P-1'))
    await ask(gateway, aliased)
    expect(await jobsOf(gateway)).toMatchObject({ read: 2 })

    await writeFile(`${supergraph}.new`, `# changed\n${await readFile(supergraph, 'utf8')}`)
    await rename(`${supergraph}.new`, supergraph)
    await expect.poll(() => logged(gateway, 'graph reloaded')).toHaveLength(1)
    // On a busy machine, the gateway may answer before it has planned all of them.
    await expect.poll(() => logged(gateway, 'known operations planned')).toHaveLength(2)
    const { plan: _, ...before } = await jobsOf(gateway)
    await ask(gateway, TRUSTED, { id: 'HN:P-9', all: true })
    expect(await jobsOf(gateway)).toMatchObject(before)
    await gateway.stop()
  })
})
