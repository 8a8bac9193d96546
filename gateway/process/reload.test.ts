import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Gateway, startGateway } from '../main.ts'
import { OPEN_SUPERGRAPH_SDL } from '../plan/testing.ts'
import { readGatewayConfig } from './config.ts'

const PROJECT = join(import.meta.dirname, '..', '..')
const EMPTY = '{"data":{"cases":{"edges":[],"pageInfo":{"hasNextPage":false,"hasPreviousPage":false}}}}'

let node: Server
let folder: string
let gateway: Gateway
/** What the node does before it answers. */
let beforeAnswer: () => Promise<void>
const logged: string[] = []

/** Replaces a file in one step, so that nobody reads half of it. */
async function put(name: string, text: string): Promise<void> {
  await writeFile(join(folder, `${name}.new`), text)
  await rename(join(folder, `${name}.new`), join(folder, name))
}

function country(code: string): string {
  const url = `http://127.0.0.1:${(node.address() as AddressInfo).port}/`
  const domains = ['cases', 'persons', 'legal'].map((domain) => `  ${domain}: { url: "${url}" }\n`).join('')
  return `country: ${code}\nname: { es: ${code}, en: ${code} }\ndomains:\n${domains}`
}

const flags = () => ({ supergraph: join(folder, 'graph.graphql'), countries: folder, port: '0' })

beforeAll(async () => {
  node = createServer(async (_, response) => {
    await beforeAnswer()
    response.setHeader('content-type', 'application/json')
    response.end(EMPTY)
  })
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  node.closeAllConnections()
  node.close()
})

beforeEach(async () => {
  beforeAnswer = async () => undefined
  folder = await mkdtemp(join(tmpdir(), 'istmo-reload-'))
  await put('graph.graphql', OPEN_SUPERGRAPH_SDL)
  await put('HN.yaml', country('HN'))
})
afterEach(() => rm(folder, { recursive: true }))

async function startHere(): Promise<void> {
  const log = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) })
  gateway = await startGateway(readGatewayConfig({ ...flags(), anonymous: true }, {}), log)
}

interface Status {
  readonly graph: { readonly hash: string; readonly loadedAt: string; readonly lastError?: { readonly code: string } }
  readonly participants: readonly { readonly country: string; readonly unavailable?: { readonly code: string } }[]
}

async function status(url = gateway.url): Promise<Status> {
  return (await (await fetch(`${url}/status`)).json()) as Status
}

/** The countries that `/status` names. */
async function countries(url?: string): Promise<readonly string[]> {
  return (await status(url)).participants.map((participant) => participant.country)
}

async function askedCountries(): Promise<readonly string[]> {
  const query = '{ cases(first: 1) { outcomes { country } } }'
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  const { data } = (await response.json()) as { data: { cases: { outcomes: { country: string }[] } } }
  return data.cases.outcomes.map((outcome) => outcome.country)
}

const soon = { timeout: 20_000, interval: 50 }

describe('a running gateway', () => {
  beforeEach(startHere)
  afterEach(() => gateway.close())

  it('serves a country as soon as its file exists', async () => {
    expect(await askedCountries()).toEqual(['HN'])
    await put('GT.yaml', country('GT'))
    await vi.waitFor(async () => expect(await countries()).toEqual(['GT', 'HN']), soon)
    expect(await askedCountries()).toEqual(['GT', 'HN'])
  })

  it('serves a new supergraph', async () => {
    const before = (await status()).graph.hash
    await put('graph.graphql', `# changed\n${await readFile(join(folder, 'graph.graphql'), 'utf8')}`)
    await vi.waitFor(async () => expect((await status()).graph.hash).not.toBe(before), soon)
    expect(await askedCountries()).toEqual(['HN'])
  })

  it('serves the last good graph when there is a malformed supergraph, says so without a path, and recovers', async () => {
    const [name, text, code] = ['graph.graphql', 'type Query {', 'GRAPH_INVALID']
    const good = await readFile(join(folder, name), 'utf8')
    const before = await status()
    await put(name, text)
    await gateway.reload()
    const after = await status()
    expect(after).toEqual({
      ...before,
      graph: { ...before.graph, lastError: { code, at: expect.stringMatching(/^\d{4}-.*Z$/) } },
    })
    expect(JSON.stringify(after)).not.toContain(folder)
    expect(logged.some((line) => line.includes(code) && line.includes(name))).toBe(true)
    expect(await askedCountries()).toEqual(['HN'])
    await put(name, good)
    await gateway.reload()
    expect((await status()).graph).toEqual(before.graph)
  })

  it('serves the last good graph when the supergraph is gone', async () => {
    await rm(join(folder, 'graph.graphql'))
    await gateway.reload()
    expect((await status()).graph.lastError?.code).toBe('SUPERGRAPH_UNREADABLE')
    expect(await askedCountries()).toEqual(['HN'])
  })

  it('finishes a request on the graph that it began with, while new requests use the new graph', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>()
    beforeAnswer = () => {
      arrive()
      return released
    }
    const underWay = askedCountries()
    await arrived
    beforeAnswer = async () => undefined
    await put('GT.yaml', country('GT'))
    await gateway.reload()
    expect(await askedCountries()).toEqual(['GT', 'HN'])
    release()
    expect(await underWay).toEqual(['HN'])
  })
})

it('reloads on SIGHUP a file that it cannot watch, and continues to run', async () => {
  const elsewhere = await mkdtemp(join(tmpdir(), 'istmo-sdl-'))
  const sdl = join(elsewhere, 'cases.graphql')
  const contract = await readFile(join(PROJECT, 'subgraphs/cases/domain.graphql'), 'utf8')
  // Without its policies, for which this country has no file.
  const own = contract.replaceAll(/ @policy\(policies: .*?\]\]\)/g, '')
  await writeFile(sdl, own)
  await put('HN.yaml', country('HN').replace('cases: { ', `cases: { sdl: "${sdl}", `))
  const args = Object.entries(flags()).flatMap(([flag, value]) => [`--${flag}`, value])
  const child = spawn(process.execPath, ['cli/istmo.ts', 'gateway', ...args, '--development', '--anonymous'], {
    cwd: PROJECT,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  try {
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? ''
    const { loadedAt } = (await status(url)).graph
    await writeFile(sdl, `# changed\n${own}`)
    child.kill('SIGHUP')
    await vi.waitFor(async () => expect((await status(url)).graph.loadedAt).not.toBe(loadedAt), soon)
    await writeFile(sdl, 'type Query {')
    child.kill('SIGHUP')
    const unavailable = async () => (await status(url)).participants.map((participant) => participant.unavailable?.code)
    await vi.waitFor(async () => expect(await unavailable()).toEqual(['CONFIGURATION_INVALID']), soon)
    expect(await countries(url)).toEqual(['HN'])
  } finally {
    child.kill('SIGTERM')
    if (child.exitCode === null) await once(child, 'exit')
    await rm(elsewhere, { recursive: true })
  }
  expect(child.exitCode).toBe(0)
})
