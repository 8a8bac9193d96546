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
import { domainSdl } from '../../contract/domain-sdl.ts'
import { startGateway } from '../../gateway/main.ts'
import { SUPERGRAPH_SDL } from '../../gateway/plan/testing.ts'
import { readGatewayConfig } from '../../gateway/process/config.ts'

/**
 * One country's wrong file takes that country out and nobody else, at the start and while the gateway runs, and never holds up what another
 * country withdraws.
 */

const ROOT = join(import.meta.dirname, '..', '..')
const QUESTION = '{ statutes(first: 1) { outcomes { country reach code } } }'
/** An empty page, under the gateway's own keys. */
const EMPTY = '{"data":{"statutes":{"_iE":[],"_iP":{"_in":false,"_ib":false}}}}'

let node: Server
let folder: string
let asked: string[] = []

beforeAll(async () => {
  node = createServer((request, response) => {
    asked.push((request.url ?? '').slice(1, 3))
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
  asked = []
  await makeFolder(['GT', 'HN', 'NI'])
})
afterEach(() => rm(folder, { recursive: true }))

async function makeFolder(countries: readonly string[]): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'istmo-wrong-file-'))
  await put({ 'graph.graphql': SUPERGRAPH_SDL })
  for (const country of countries) await put({ [`${country}.yaml`]: file(country) })
}

function file(country: string, domains: readonly string[] = ['cases', 'persons', 'legal']): string {
  const url = `http://127.0.0.1:${(node.address() as AddressInfo).port}/${country}`
  const lines = domains.map((domain) => `  ${domain}: { url: "${url}/${domain}" }\n`).join('')
  return `country: ${country}\nname: { es: ${country}, en: ${country} }\ndomains:\n${lines}`
}

/** Writes files, or removes them if the text is null. Each is replaced in one step, so that nobody reads half of it. */
async function put(files: Readonly<Record<string, string | null>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    if (text === null) await rm(join(folder, name))
    else {
      await writeFile(join(folder, `${name}.new`), text)
      await rename(join(folder, `${name}.new`), join(folder, name))
    }
  }
}

async function outcomesAt(url: string): Promise<readonly string[]> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUESTION }),
  })
  const { data } = (await response.json()) as { data: { statutes: { outcomes: Record<string, string | null>[] } } }
  return data.statutes.outcomes.map(({ country, reach, code }) => `${country} ${reach} ${code}`)
}

const own = (country: string, sdl: string, name: string): Record<string, string> => ({
  [`${country}.yaml`]: file(country).replace(/persons: \{ /, `persons: { sdl: "${name}", `),
  [name]: sdl,
})
const loosened = (): string => domainSdl('persons').replace(' @policy(policies: [["location_release"]])', '')

interface WrongFile {
  readonly what: string
  /** Whose file it is when a gateway starts. */
  readonly country: string
  /** The files that make it wrong. */
  readonly files: (country: string) => Readonly<Record<string, string>>
}

const withLine = (line: string) => (country: string) => ({ [`${country}.yaml`]: `${file(country)}${line}\n` })

const WRONG: readonly WrongFile[] = [
  { what: 'is no YAML', country: 'AR', files: (country) => ({ [`${country}.yaml`]: 'country: [' }) },
  { what: 'has an unknown setting', country: 'BO', files: withLine('colour: blue') },
  {
    what: 'names an SDL that asks less than the contract',
    country: 'BR',
    files: (country) => own(country, loosened(), 'loosened.graphql'),
  },
  {
    what: 'names an SDL that is no GraphQL',
    country: 'CL',
    files: (country) => own(country, 'type {', 'none.graphql'),
  },
  {
    what: 'names an SDL that does not exist',
    country: 'CO',
    files: (country) => ({ [`${country}.yaml`]: own(country, '', 'absent.graphql')[`${country}.yaml`] ?? '' }),
  },
  {
    what: 'names policies that do not parse',
    country: 'CR',
    files: (country) => ({ ...withLine('policies: broken.cedar')(country), 'broken.cedar': 'permit (' }),
  },
  { what: 'has a key that is none', country: 'EC', files: withLine('receipts: { vkey: "key" }') },
  { what: 'comes twice', country: 'MX', files: (country) => ({ [`${country}.yml`]: file(country) }) },
  { what: 'says that it is another country', country: 'PE', files: (country) => ({ [`${country}.yaml`]: file('HN') }) },
  {
    what: 'would send legs in plain text to another machine',
    country: 'UY',
    files: (country) => ({ [`${country}.yaml`]: file(country).replace('127.0.0.1', '10.0.0.7') }),
  },
]

const quiet = pino({ level: 'silent' })
const config = () =>
  readGatewayConfig({ supergraph: join(folder, 'graph.graphql'), countries: folder, port: '0', anonymous: true }, {})

describe('when the gateway starts, a country whose file', () => {
  let outcomes: readonly string[]
  let askedAtStart: readonly string[]

  // One gateway for all of them: to make its graph takes seconds.
  beforeAll(async () => {
    asked = []
    await makeFolder(['GT', 'HN', ...WRONG.map(({ country }) => country)])
    for (const { country, files } of WRONG) await put(files(country))
    const gateway = await startGateway(config(), quiet)
    outcomes = await outcomesAt(gateway.url).finally(() => gateway.close())
    askedAtStart = asked.toSorted()
    await rm(folder, { recursive: true })
  })

  it.each(WRONG)('$what is out', ({ country }) => {
    expect(outcomes).toContain(`${country} UNAVAILABLE CONFIGURATION_INVALID`)
  })

  it('is right answers, and nobody else is asked', () => {
    expect(outcomes.filter((outcome) => outcome.includes('ANSWERED'))).toEqual(['GT ANSWERED null', 'HN ANSWERED null'])
    expect(outcomes).toHaveLength(WRONG.length + 2)
    expect(askedAtStart).toEqual(['GT', 'HN'])
  })
})

/** One of each place where a file can be wrong: its text, a file beside it, and its name. Each reload makes a graph, which takes seconds. */
const BECOMES_WRONG = ['is no YAML', 'names an SDL that asks less than the contract', 'comes twice']

it('a country whose file becomes wrong is out while the gateway runs, holds up no withdrawal, and is back when it is right', async () => {
  const gateway = await startGateway(config(), quiet)
  try {
    for (const { what: name, files } of WRONG.filter(({ what }) => BECOMES_WRONG.includes(what))) {
      const wrong = files('NI')
      const before = { 'NI.yaml': file('NI'), ...('NI.yml' in wrong ? { 'NI.yml': null } : {}) }
      // Guatemala withdraws a domain with the first one, and Honduras everything with each.
      await put({
        ...wrong,
        'GT.yaml': file('GT', ['cases', 'persons']),
        'HN.yaml': `${file('HN')}suspended: true\n`,
      })
      asked = []
      await gateway.reload()
      expect(await outcomesAt(gateway.url), name).toEqual([
        'HN UNAVAILABLE SUSPENDED',
        'NI UNAVAILABLE CONFIGURATION_INVALID',
      ])
      expect(asked, name).toEqual([])
      await put({ ...before, 'HN.yaml': file('HN') })
      await gateway.reload()
      expect(await outcomesAt(gateway.url), name).toEqual(['HN ANSWERED null', 'NI ANSWERED null'])
    }
  } finally {
    await gateway.close()
  }
})

describe('a withdrawal', () => {
  it.each([
    ['cannot be served', { 'graph.graphql': 'type Query {' }, 'GRAPH_INVALID'],
    ['is gone', { 'graph.graphql': null }, 'SUPERGRAPH_UNREADABLE'],
  ])('does not wait for a supergraph that %s', async (_, files, code) => {
    const gateway = await startGateway(config(), quiet)
    try {
      await put({ ...files, 'HN.yaml': null })
      await gateway.reload()
      expect(await outcomesAt(gateway.url)).toEqual(['GT ANSWERED null', 'NI ANSWERED null'])
      const { graph } = (await (await fetch(`${gateway.url}/status`)).json()) as {
        graph: { lastError: { code: string } }
      }
      expect(graph.lastError.code).toBe(code)
    } finally {
      await gateway.close()
    }
  })
})

/** Starts `istmo gateway` as a process. `lines`: what it logs. */
function startProcess() {
  const args = ['--supergraph', join(folder, 'graph.graphql'), '--countries', folder, '--port', '0', '--anonymous']
  const child = spawn(
    process.execPath,
    ['cli/istmo.ts', 'gateway', ...args, '--operator-listen', '127.0.0.1:0', '--development'],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const lines: string[] = []
  createInterface(child.stdout).on('line', (line) => lines.push(line))
  createInterface(child.stderr).on('line', (line) => lines.push(line))
  return { child, lines }
}

it('is told with its reason to the operators of a gateway process, and not to everybody', async () => {
  await put({ 'NI.yaml': `${file('NI')}colour: blue\n` })
  const { child, lines } = startProcess()
  try {
    const soon = { timeout: 20_000, interval: 50 }
    const find = (pattern: RegExp) =>
      vi.waitFor(() => {
        const found = lines.map((line) => pattern.exec(line)?.[1]).find((each) => each !== undefined)
        if (found === undefined) throw new Error(`expected ${pattern}`)
        return found
      }, soon)
    const url = await find(/Istmo listens on (http:\/\/[^/]+)/)
    const operatorUrl = await find(/operator’s server is at (http:\/\/[^/]+)/)
    const operators = await (await fetch(`${operatorUrl}/status`)).text()
    const public_ = await (await fetch(`${url}/status`)).text()
    expect(operators).toMatch(/"code":"CONFIGURATION_INVALID","reason":"[^"]*NI\.yaml: .*colour/)
    expect(public_).toMatch(/"country":"NI".*"code":"CONFIGURATION_INVALID"/)
    expect(public_).not.toMatch(/colour|reason/)
    await find(/("level":50.*"country":"NI".*colour)/)
    await put({ 'HN.yaml': `${file('HN')}suspended: { since: 2026-11-26, reason: "El nodo se muda." }\n` })
    child.kill('SIGHUP')
    await vi.waitFor(async () => expect(await outcomesAt(url)).toContain('HN UNAVAILABLE SUSPENDED'), soon)
    expect(await (await fetch(`${url}/status`)).text()).toContain(
      '"unavailable":{"code":"SUSPENDED","since":"2026-11-26"}',
    )
    expect(await (await fetch(`${operatorUrl}/status`)).text()).toContain('El nodo se muda.')
  } finally {
    child.kill('SIGTERM')
    if (child.exitCode === null) await once(child, 'exit')
  }
})

it('ends the start if no country is left, and each reason is told', async () => {
  await put({
    'GT.yaml': 'a: b',
    'HN.yaml': 'c: d',
    'NI.yaml': `${await readFile(join(folder, 'NI.yaml'), 'utf8')}e: f\n`,
  })
  const { child, lines } = startProcess()
  const [code] = (await once(child, 'exit')) as [number]
  expect(code).toBe(2)
  for (const name of ['GT.yaml', 'HN.yaml', 'NI.yaml']) expect(lines.join('\n')).toContain(name)
})
