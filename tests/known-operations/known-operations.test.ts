/** A morning: a gateway that was stopped at night is started, and the first callers of the day ask what was asked the day before. */
import { readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPlace, type GatewayProcess, type Place } from '../tokens/gateway-process.ts'

const PROJECT = join(import.meta.dirname, '../..')
const TRUSTED = 'query Person($id: ID!, $all: Boolean!) { who: person(id: $id) { id sex @include(if: $all) } }'
const UNASKED = 'query Cases { cases(first: 3) { edges { node { id status } } } }'
const plain = (id: string): string => `query MariaLopez { person(id: "${id}") { id names { full } } }`
const aliased = '{ MariaLopez: person(id: "GT:P-1") { id } }'

let place: Place
let hotList: string
let supergraph: string
let documents: string

beforeAll(async () => {
  place = await createPlace()
  hotList = join(place.folder, 'hot.json')
  supergraph = join(place.folder, 'graph.graphql')
  documents = join(place.folder, 'documents.json')
  await writeFile(supergraph, await readFile(join(PROJECT, 'supergraph.graphql'), 'utf8'))
  await writeFile(documents, JSON.stringify({ one: TRUSTED, two: UNASKED }))
})
afterAll(() => place.remove())

const start = (): Promise<GatewayProcess> =>
  place.start(
    ...['--supergraph', supergraph, '--hot-list', hotList, '--documents', documents, '--documents-mode', 'log'],
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

describe('a gateway with a hot list', () => {
  it('plans only the trusted documents at its first start, and writes what was asked when it stops', async () => {
    const gateway = await start()
    await expect.poll(() => logged(gateway, 'known operations planned')).toMatchObject([{ failed: 0, leftOut: 0 }])
    await ask(gateway, UNASKED)
    expect(await jobsOf(gateway)).not.toHaveProperty('read')
    for (const id of ['GT:P-1', 'HN:P-2']) await ask(gateway, plain(id))
    await ask(gateway, aliased)
    await ask(gateway, TRUSTED, { id: 'GT:P-1', all: true })
    expect(await jobsOf(gateway)).toMatchObject({ read: 3 })
    await gateway.stop()
    const text = await readFile(hotList, 'utf8')
    expect(text).not.toMatch(/Maria|P-1|P-2|who/)
    expect(JSON.parse(text).operations).toHaveLength(3)
    expect((await stat(hotList)).mode & 0o777).toBe(0o600)
  })

  it('lets the first callers of the next start wait for no plan, and keeps what it knows when the supergraph changes', async () => {
    const gateway = await start()
    await expect.poll(() => logged(gateway, 'known operations planned')).toHaveLength(1)
    expect(await jobsOf(gateway, 'ahead')).toHaveProperty('plan')
    await ask(gateway, TRUSTED, { id: 'HN:P-9', all: true })
    await ask(gateway, UNASKED)
    expect(await jobsOf(gateway)).toEqual({})
    // Its text holds a value, so only its structure was known.
    await ask(gateway, plain('HN:P-9'))
    expect(await jobsOf(gateway)).toEqual({ read: 1, prepare: 1 })

    await writeFile(`${supergraph}.new`, `# changed\n${await readFile(supergraph, 'utf8')}`)
    await rename(`${supergraph}.new`, supergraph)
    await expect.poll(() => logged(gateway, 'graph reloaded')).toHaveLength(1)
    // On a busy machine, the gateway may answer before it has planned all of them.
    await expect.poll(() => logged(gateway, 'known operations planned')).toHaveLength(2)
    await ask(gateway, TRUSTED, { id: 'HN:P-9', all: true })
    await ask(gateway, plain('HN:P-9'))
    expect(await jobsOf(gateway)).toEqual({ read: 1, prepare: 1 })
    await gateway.stop()
  })

  it('starts with a list that is spoilt, says so, and writes a good one', async () => {
    await writeFile(hotList, '{ "form": 1, "operations": [')
    const gateway = await start()
    expect(logged(gateway, 'hot list not read')).toHaveLength(1)
    await ask(gateway, TRUSTED, { id: 'HN:P-9', all: true })
    await gateway.stop()
    expect(JSON.parse(await readFile(hotList, 'utf8')).operations).toHaveLength(1)
  })
})
