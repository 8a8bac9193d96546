/**
 * Istmo in production dress: an authority speaks for the officers, the country demands its word, the rules decide on each field, each answer has a receipt,
 * and the audit log is on the disk before an answer leaves. The node of the country is a stub (stub/country.ts).
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import { DOMAINS } from '../../contract/domain.ts'
import { type BenchAuthority, type Officer, startBenchAuthority } from '../trust/authority.ts'
import { countryFiles, type DressPlan, makeNodeKeys, type NodeKeys, startGatewayOver } from '../trust/dress.ts'
import { fetchNonce } from '../trust/hot.ts'
import { makeShots } from '../trust/officers.ts'
import { end, startCommand, startProgram } from '../trust/processes.ts'
import { ask } from './ask.ts'
import { type Ground, type Serving, serve } from './contender.ts'
import type { DressedLimitStart } from './limit/dressed.ts'
import { type Operation, variantsOf } from './operations.ts'
import type { CountriesStart, CountryStart } from './stub/country.ts'
import { worldOf, writeOpenSupergraph, writeSupergraph } from './world.ts'
import type { RawRequest } from './wrk.ts'

/** README's question over many countries costs more than the default allows, and a list of 10,000 has 51 legs to one country. */
const LARGE = ['--max-cost', '1000000000', '--max-country-legs', '1000']

/** A gateway of Istmo without tokens, rules and log, which answers as much as is asked. */
const BARE = [
  ...['--development', '--anonymous', '--port', '0', '--log-level', 'error'],
  ...['--caller-rate', '0', '--cost-rate', '0', '--country-rate', '0', '--rows-per-day', '0'],
  // A machine with other work must not make an answer incomplete.
  ...['--leg-deadline', '20000', '--request-deadline', '30000'],
  ...LARGE,
]

/** Returns the arguments of Node for a gateway of Istmo without tokens, rules and log. */
export function bareArguments({ nodeFlags = [], flags = [] }: Pick<Ground, 'nodeFlags' | 'flags'>): readonly string[] {
  return [...nodeFlags, 'cli/istmo.ts', 'gateway', ...BARE, ...flags]
}

/** The line by which a gateway of Istmo says its port. */
export const ISTMO_LINE = /Istmo listens on http:\/\/[^:]+:(\d+)\/graphql/

/** How many officers take turns. */
const OFFICERS = 8

/** The folder below which the logs of the stubs are: in memory. */
const MEMORY = '/dev/shm'

/** How long officers keep a token, in milliseconds. It lives longer. */
const TOKEN_KEPT_MS = 180_000

/** How long the country tokens of an officer may take, and how long the bench waits until it asks again, in milliseconds. */
const [COUNTRY_TOKENS_MS, AGAIN_MS] = [60_000, 250]

/**
 * Starts a gateway in production dress.
 * @param questions whether officers sign their questions, and the countries demand that.
 */
export async function startDressed(ground: Ground, questions: 'any' | 'signed'): Promise<Serving> {
  const { pins, size, nodeFlags = [], flags = [] } = ground
  const { authority, folder, keys, stub, close } = await startDress(ground, questions)
  const world = worldOf(size)
  const { countries, scopesOf } = world
  const plan: DressPlan = {
    ...{ name: questions, hasAuthority: true, questions, countries, scopesOf, flags: [...LARGE, ...flags] },
    supergraph: await writeSupergraph(world, folder),
    nodeFlags: () => nodeFlags,
  }
  const fileOf = countryFiles({ authority }, plan, keys, null)
  const nodes = { plan, folder, nodes: [], fileOf, ports: stub.ports, close: async () => undefined }
  const gateway = await startGatewayOver({ pins, authority }, nodes, 'gateway')
  const port = Number(new URL(gateway.gateway.said).port)
  return {
    ...{ running: gateway.gateway, port, stub },
    requests: createOfficers(authority, port, questions === 'signed' ? 'bound' : 'bearer', countries),
    ...{ isRuled: true, isSentOnce: questions === 'signed' },
    async close() {
      await gateway.close()
      await close()
    },
  }
}

/** Starts the limit in the same dress: the server that is written by hand, with tokens, receipts, and an entry on the disk before each answer. */
export async function startDressedLimit(ground: Ground): Promise<Serving> {
  const { authority, folder, keys, stub, close } = await startDress(ground, 'limit')
  const { countries } = worldOf(ground.size)
  const [country = ''] = countries
  const port = stub.ports.get(country) ?? 0
  const ports = { persons: port, cases: port, legal: port }
  const dress = { country, vkey: keys.get(country)?.vkey ?? '', jwks: authority.jwks }
  const running = await startByHand(ground, { ports, dress, entries: join(folder, 'entries') })
  return {
    ...{ running, port: Number(running.said), stub, isRuled: true, isSentOnce: false },
    requests: createOfficers(authority, Number(running.said), 'bearer', countries),
    async close() {
      await end(running)
      await close()
    },
  }
}

/** Starts the limit with an audit log: the server that is written by hand, with an entry on the disk before each answer. */
export async function startLoggedLimit(ground: Ground): Promise<Serving> {
  const start = { ports: ground.ports, dress: null, entries: join(ground.folder, 'limit-entries') }
  const running = await startByHand(ground, start)
  return serve(ground, running, Number(running.said))
}

function startByHand({ pins }: Ground, start: DressedLimitStart) {
  const program = [process.execPath, 'bench/gateways/limit/dressed.ts', JSON.stringify(start)]
  return startCommand(pins.gateways, program, /^(\d+)$/m, { env: { NODE_ENV: 'production' } })
}

/** Starts what a dress has beside its gateway: an authority, and the countries with their keys. */
async function startDress(ground: Ground, name: string) {
  const world = worldOf(ground.size)
  const authority = await startBenchAuthority(ground.pins, () => 0, world)
  const folder = join(authority.folder, name)
  await mkdir(folder)
  const at = (file: string): string => join(folder, file)
  const keys = new Map<string, NodeKeys>()
  for (const country of world.countries) keys.set(country, await makeNodeKeys(at, country))
  const stub = await startCountries(ground, world.countries, at)
  const close = async (): Promise<void> => {
    await stub.close()
    await authority.close()
  }
  return { authority, folder, keys, stub, close }
}

/** Starts a gateway without tokens, rules and log over countries that publish the product's own graph. */
export async function startBareOverCountries(ground: Ground): Promise<Serving> {
  const { countries } = worldOf(ground.size)
  const folder = join(ground.folder, `bare-${ground.size}`)
  await mkdir(join(folder, 'countries'), { recursive: true })
  const stub = await startCountries(ground, countries, null)
  for (const [country, port] of stub.ports) {
    const domains = Object.fromEntries(DOMAINS.map((name) => [name, { url: `http://127.0.0.1:${port}/${name}` }]))
    const file = { country, name: { es: country, en: country }, domains }
    await writeFile(join(folder, `countries/${country}.yaml`), JSON.stringify(file))
  }
  const graph = ['--supergraph', await writeOpenSupergraph(folder), '--countries', join(folder, 'countries')]
  const running = await startProgram(ground.pins.gateways, [...bareArguments(ground), ...graph], ISTMO_LINE)
  return {
    ...serve({ stub }, running, Number(running.said)),
    async close() {
      await end(running)
      await stub.close()
    },
  }
}

/** Starts the process of the countries' nodes. `at`: where their keys are; null for countries that make no receipts. */
async function startCountries(
  { pins, size }: Ground,
  countries: readonly string[],
  at: ((name: string) => string) | null,
) {
  const logs = await mkdtemp(join(MEMORY, 'istmo-gateways-'))
  const logOf = (country: string): CountryStart['log'] =>
    at && {
      ...{ folder: join(logs, country), logKey: at(`${country}.key`), refKeys: at(`${country}.refs`) },
      nodeKey: at(`${country}.node.json`),
    }
  const start: CountriesStart = { size, countries: countries.map((country) => ({ country, log: logOf(country) })) }
  const program = ['bench/gateways/stub/country.ts', JSON.stringify(start)]
  const running = await startProgram(pins.others, program, /^(\{"control".+\})$/m)
  const { control, ports } = JSON.parse(running.said) as {
    readonly control: number
    readonly ports: Readonly<Record<string, number>>
  }
  return {
    ...{ pid: Number(running.child.pid), control, ports: new Map(Object.entries(ports)) },
    async close() {
      await end(running)
      await rm(logs, { recursive: true })
    },
  }
}

/** Creates the function that makes the officers' requests. Officers take turns. Who has a key signs each request, which can be sent once. */
function createOfficers(
  authority: BenchAuthority,
  port: number,
  how: 'bearer' | 'bound',
  countries: readonly string[],
): Serving['requests'] {
  const way = how === 'bound' ? 'signed' : 'bearer'
  let kept: { readonly officers: readonly Officer[]; readonly until: number } | null = null
  const shoot = (officer: Officer, operation: Operation, variant: number, nonce: string | null): RawRequest =>
    makeShots([officer], questionOf(operation, variant, countries), way, nonce, 1)[0] as RawRequest
  const getNonce = async (operation: Operation, officers: readonly Officer[]): Promise<string | null> => {
    if (way === 'bearer') return null
    const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 1 })
    const nonce = await fetchNonce({ pool, question: questionOf(operation, 0, countries), way, officers })
    await pool.close()
    return nonce
  }
  const getOfficers = async (operation: Operation): Promise<readonly Officer[]> => {
    if (kept !== null && Date.now() < kept.until) return kept.officers
    const subjects = Array.from({ length: OFFICERS }, (_, at) => `officer-${at}`)
    const officers = await Promise.all(subjects.map((subject) => authority.officer(subject, how)))
    const nonce = await getNonce(operation, officers)
    for (const officer of officers) await awaitCountryTokens(port, () => shoot(officer, operation, 0, nonce))
    kept = { officers, until: Date.now() + TOKEN_KEPT_MS }
    return officers
  }
  return async (operation, count, from = 0) => {
    const officers = await getOfficers(operation)
    const nonce = await getNonce(operation, officers)
    return Array.from({ length: count }, (_, at) =>
      shoot(officers[at % OFFICERS] as Officer, operation, (from + at) % variantsOf(operation), nonce),
    )
  }
}

/**
 * Asks for an officer until the gateway has the country tokens that the answer needs. The authority signs and logs each of them, so those of eight
 * officers for a hundred countries take longer than an answer waits.
 */
async function awaitCountryTokens(port: number, shoot: () => RawRequest): Promise<void> {
  const until = performance.now() + COUNTRY_TOKENS_MS
  for (;;) {
    const { text } = await ask(port, shoot())
    if (!text.includes('AUTHORITY_UNAVAILABLE')) return
    if (performance.now() > until) throw new Error(`expected the authority to give all country tokens; came ${text}`)
    await sleep(AGAIN_MS)
  }
}

function questionOf({ name, document, variables }: Operation, variant: number, countries: readonly string[]) {
  return { name, document, variables: variables(variant), data: null, countries }
}
