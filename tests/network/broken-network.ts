/**
 * A broken network between the gateway and a national node, which are processes of the demo of tests/demo/demo.test.ts. Each fault costs only
 * that country’s rows, and after it the same operation has a complete answer again.
 */
import { readdirSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { type DemoCertificates, demoCertificatesIn } from '../../demo/certificates.ts'
import { nodePort } from '../../demo/countries.ts'
import { homeIn } from '../../demo/home.ts'
import { listOpen } from '../demo/open-files.ts'
import { ASK_AGAIN_MS, type DemoPlace, type RunningDemo, tokenOf, until } from '../demo/running-demo.ts'
import { type BrokenWire, openWire, type WireKeys } from './broken-wire.ts'

/** The deadline of a leg to HN, in milliseconds. It limits how long a test waits for a fault. */
const DEADLINE_MS = 3_000
const QUERY = `{ cases(first: 50, countries: ["GT", "HN"]) {
  edges { node { id country } }
  outcomes { country reach code }
} }`

interface Cases {
  readonly edges: readonly { readonly node: { readonly id: string; readonly country: string } }[]
  readonly outcomes: readonly { readonly country: string; readonly reach: string; readonly code: string | null }[]
}

let place: DemoPlace
let demo: RunningDemo
let wire: BrokenWire
let token: string
let complete: Cases

/** Tells the story as tests of the file that calls it. The demo was started under the most generous umask, and has HN’s file afterwards as before. */
export function describeBrokenNetwork(running: () => { readonly place: DemoPlace; readonly demo: RunningDemo }): void {
  let file: string
  beforeAll(async () => {
    ;({ place, demo } = running())
    wire = await openWire(nodePort(place.port, 'HN'), await wireKeys())
    token = await tokenOf(place, 'analyst')
    file = await changeCountry(place, 'HN', (text) => throughWire(text, wire.port))
    complete = await askInTime(['GT', 'HN'])
    expect(complete.edges.map(({ node }) => node.country)).toEqual(expect.arrayContaining(['GT', 'HN']))
  })
  afterAll(async () => {
    await changeCountry(place, 'HN', () => file)
    await wire.close()
  })
  describe('a wire that', describeWire)
  describe('a national node that', describeNode)
  describe('afterwards', describeAfterwards)
}

/** Reads the keys of the node and of the gateway in the home. */
async function wireKeys(): Promise<WireKeys> {
  const { ca, nodes, gateway } = demoCertificatesIn(homeIn(place.home))
  const read = async ({ cert, key }: DemoCertificates['gateway']) => ({
    cert: await readFile(cert, 'utf8'),
    key: await readFile(key, 'utf8'),
  })
  const { HN: node } = nodes
  if (node === undefined) throw new Error('expected a certificate of HN’s node')
  return { ca: await readFile(ca, 'utf8'), node: await read(node), gateway: await read(gateway) }
}

/** Returns a country’s file, changed so that the gateway asks the country through the wire. */
const throughWire = (text: string, port: number): string =>
  changeSubgraphs(text, (domain) => ({ url: `https://127.0.0.1:${port}/${domain}`, deadlineMs: DEADLINE_MS }))

/** Returns a country’s file, changed so that the gateway waits so long for it, in milliseconds. */
export const withDeadline = (text: string, deadlineMs: number): string => changeSubgraphs(text, () => ({ deadlineMs }))

function changeSubgraphs(text: string, change: (domain: string) => object): string {
  const country = parse(text)
  for (const [domain, subgraph] of Object.entries<object>(country.domains)) Object.assign(subgraph, change(domain))
  return stringify(country)
}

/** Changes a country’s file, and waits until the demo’s gateway has loaded it. Returns the file as it was. */
export async function changeCountry(
  { home, port }: DemoPlace,
  country: string,
  change: (text: string) => string,
): Promise<string> {
  const loadedAt = async (): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port}/status`)
    return ((await response.json()) as { graph: { loadedAt: string } }).graph.loadedAt
  }
  const file = join(homeIn(home).countries, `${country}.yaml`)
  const [text, before] = [await readFile(file, 'utf8'), await loadedAt()]
  await writeFile(`${file}.new`, change(text), { mode: 0o600 })
  await rename(`${file}.new`, file)
  await until(async () => (await loadedAt()) !== before)
  return text
}

async function ask(): Promise<Cases> {
  const response = await fetch(`http://127.0.0.1:${place.port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: QUERY }),
  })
  const text = await response.text()
  expect(response.status, text).toBe(200)
  return (JSON.parse(text) as { data: { cases: Cases } }).data.cases
}

/** Asks until none of these countries is late: on a busy machine a leg may be, whatever the wire does. */
async function askInTime(countries: readonly string[]): Promise<Cases> {
  for (;;) {
    const cases = await ask()
    const isLate = cases.outcomes.some(({ country, reach }) => reach === 'TIMED_OUT' && countries.includes(country))
    if (!isLate) return cases
  }
}

async function expectComplete(): Promise<void> {
  expect(await askInTime(['GT', 'HN'])).toEqual(complete)
}

const pidOf = async (name: string): Promise<number> => (await demo.children())[name] ?? 0
const idsOf = ({ edges }: Cases, country: string) =>
  edges.flatMap(({ node }) => (node.country === country ? [node.id] : []))
const ANSWERED = { country: 'GT', reach: 'ANSWERED', code: null }
const broken = { country: 'HN', reach: 'UNAVAILABLE', code: 'CONNECTION' }
const bad = { country: 'HN', reach: 'UNAVAILABLE', code: 'BAD_ANSWER' }
const late = { country: 'HN', reach: 'TIMED_OUT', code: 'LEG_DEADLINE' }

/** Expects all earlier rows of GT and no row of HN. */
function expectOnlyGuatemala(cases: Cases): void {
  expect(idsOf(cases, 'GT')).toEqual(expect.arrayContaining(idsOf(complete, 'GT')))
  expect(idsOf(cases, 'HN')).toEqual([])
}

function describeWire(): void {
  afterEach(() => wire.set('passes'))

  it.each([
    ['refuses', broken],
    ['resets at once', broken],
    ['resets after the request', broken],
    ['resets within the answer', broken],
    ['closes at once', broken],
    ['closes its half after the request', broken],
    ['cuts the answer', broken],
    ['swallows the request', late],
    ['swallows the answer', late],
    ['swallows the rest of the answer', late],
    ['drips the answer', late],
    ['answers with noise', bad],
  ] as const)('%s costs only its country’s rows, and they are back when it works again', async (act, outcome) => {
    await wire.set(act)
    const cases = await askInTime(['GT'])
    expect(cases.outcomes).toEqual([ANSWERED, outcome])
    expectOnlyGuatemala(cases)
    await wire.set('passes')
    await expectComplete()
  })

  it.each(['delays the answer', 'cuts the answer into single bytes'] as const)('%s costs nothing', async (act) => {
    await wire.set(act)
    await expectComplete()
  })

  it('breaks idle connections does not cost the next operation anything', async () => {
    for (let round = 0; round < 5; round += 1) {
      await wire.set('passes')
      await expectComplete()
    }
  })
}

function describeNode(): void {
  it('is paused times out at its deadline, and answers when it continues', async () => {
    const node = await pidOf('HN')
    process.kill(node, 'SIGSTOP')
    const cases = await askInTime(['GT']).finally(() => process.kill(node, 'SIGCONT'))
    expect(cases.outcomes).toEqual([ANSWERED, late])
    expectOnlyGuatemala(cases)
    await expectComplete()
  })

  it('is killed is unavailable, and its rows are back when it runs again', async () => {
    process.kill(await pidOf('HN'), 'SIGKILL')
    await until(async () => (await demo.children()).HN === undefined)
    const cases = await askInTime(['GT'])
    expect(cases.outcomes).toEqual([ANSWERED, broken])
    expectOnlyGuatemala(cases)
    expect(await place.run('demo/control.ts', 'start', 'HN')).toMatchObject({ code: 0 })
    await until(async () => (await ask()).outcomes[1]?.reach === 'ANSWERED', ASK_AGAIN_MS)
    await expectComplete()
  })

  it('failed repeatedly is not asked for a while, and is asked again when it is back', async () => {
    await wire.set('refuses')
    for (let round = 0; round < 5; round += 1) expect((await ask()).outcomes[1]).toEqual(broken)
    await until(async () => (await ask()).outcomes[1]?.code === 'BREAKER_OPEN')
    await wire.set('passes')
    await until(async () => (await ask()).outcomes[1]?.reach === 'ANSWERED', ASK_AGAIN_MS)
    await expectComplete()
  })
}

function describeAfterwards(): void {
  it('the gateway is still the same process, and its log has no internal error', async () => {
    const log = await readFile(join(homeIn(place.home).logs, 'gateway.log'), 'utf8')
    const levels = log.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line).level as number] : []))
    expect(Math.max(...levels)).toBeLessThan(50)
    expect(log.match(/"listening"/g)).toHaveLength(1)
  })

  it('gateway, nodes, witnesses and authorities have written files and folders that only their user can read', () => {
    const names = readdirSync(place.home)
    const secret = ['authorities', 'mandates', 'node-keys', 'suspenders', 'suspensions', 'tls']
    expect(names).toEqual(expect.arrayContaining([...secret, 'audit-log', 'data', 'issuer', 'run']))
    expect(readdirSync(join(place.home, 'audit-log/gateway'))).toEqual(expect.arrayContaining(['log', 'salts']))
    expect(readdirSync(join(place.home, 'data'))).toContain('HN')
    expect(listOpen(place.home)).toEqual([])
  })
}
