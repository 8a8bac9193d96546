import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { DOMAINS } from '../../contract/domain.ts'
import { writeLegKey } from '../../demo/keys.ts'
import { claimsOf, createProvider, type IdentityProvider, signAs } from '../../tests/tokens/identity-provider.ts'

/** Asks a list of searches of several countries: a gateway and a node for each country, each in a process of its own. */

const PROJECT = join(import.meta.dirname, '../..')
const SCOPES = 'person:read person:hit'

const LIST = `query ($countries: [CountryCode!]!, $searches: [PersonHitSearch!]!) {
  personListHits(countries: $countries, searches: $searches) { hits { item country band } outcomes { country reach code } } }`

/** The answer to a list. */
interface ListAnswer {
  /** How long the gateway took, in milliseconds. */
  readonly ms: number
  readonly hits: readonly { readonly item: number; readonly country: string; readonly band: string }[]
}

/**
 * Starts a node on each country's database and a gateway in front of them, and asks the list some times.
 * @param databases the URL of each country's database, by its code.
 * @throws {Error} if a process ends, or if a country did not answer.
 */
export async function askCountries(
  databases: ReadonlyMap<string, string>,
  searches: readonly object[],
  times: number,
): Promise<readonly ListAnswer[]> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-bench-names-'))
  const at = (name: string): string => join(folder, name)
  const children: ChildProcess[] = []
  const start = async (args: readonly string[], pattern: RegExp): Promise<string> => {
    const child = spawn(process.execPath, ['cli/istmo.ts', ...args], {
      cwd: PROJECT,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    children.push(child)
    return firstMatch(child, pattern)
  }
  try {
    const provider = await writeFiles(at)
    for (const [country, url] of databases) {
      await writeFile(at(`rules/${country}.yaml`), countryFile(country, 'http://127.0.0.1:1'))
      const keys = ['--gateway-jwks', at('leg-jwks.json'), '--rules', at(`rules/${country}.yaml`)]
      const served = ['--country', country, '--domains', 'persons', '--database-url', url, '--contact-point', 'bench']
      const port = await start(
        ['node', '--development', '--port', '0', ...served, ...keys],
        /"port":(\d+).*the node listens/,
      )
      const address = `http://127.0.0.1:${port}`
      await writeFile(at(`countries/${country}.yaml`), countryFile(country, address))
    }
    const gateway = await start(['gateway', ...gatewayFlags(at)], /Istmo listens on (\S+)\/graphql/)
    const countries = [...databases.keys()]
    // Each question has a caller of its own, because the gateway bounds what one caller asks.
    const askOnce = async (caller: string): Promise<ListAnswer> =>
      ask(gateway, await signToken(provider, caller, countries), { countries, searches })
    // The first answers read from the disk and plan the statements.
    for (let i = 0; i < 3; i++) await askOnce(`first-${i}`)
    const answers: ListAnswer[] = []
    for (let i = 0; i < times; i++) answers.push(await askOnce(`caller-${i}`))
    return answers
  } finally {
    for (const child of children) child.kill('SIGTERM')
    await rm(folder, { recursive: true })
  }
}

function gatewayFlags(at: (name: string) => string): readonly string[] {
  const graph = ['--development', '--supergraph', join(PROJECT, 'supergraph.graphql'), '--countries', at('countries')]
  const callers = ['--issuers', at('issuers.yaml'), '--leg-key', at('leg.json'), '--port', '0', '--log-level', 'warn']
  // One server has the databases of all countries here.
  return [...graph, ...callers, '--country-rate', '0', '--leg-deadline', '20000']
}

async function ask(gateway: string, token: string, variables: object): Promise<ListAnswer> {
  const startedAt = performance.now()
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ query: LIST, variables })
  const response = await fetch(`${gateway}/graphql`, { method: 'POST', headers, body })
  const text = await response.text()
  const ms = performance.now() - startedAt
  const { data, errors } = JSON.parse(text)
  const list = data?.personListHits
  if (errors || !list || list.outcomes.some(isMissing))
    throw new Error(`expected an answer of each country; came ${JSON.stringify(list?.outcomes ?? errors)}`)
  return { ms, hits: list.hits }
}

const isMissing = ({ reach }: { readonly reach: string }): boolean => reach !== 'ANSWERED'

async function writeFiles(at: (name: string) => string): Promise<IdentityProvider> {
  await mkdir(at('countries'))
  await mkdir(at('rules'))
  await writeLegKey(at('leg.json'), at('leg-jwks.json'))
  const provider = await createProvider('GT', at('.'))
  await writeFile(at('issuers.yaml'), JSON.stringify({ issuers: [provider.entry] }))
  return provider
}

function countryFile(country: string, url: string): string {
  const member = { issuer: 'GT', agencies: ['GT-MP-FECO'], purposes: ['INVESTIGATION'], scopes: SCOPES.split(' ') }
  const taskForces = [{ id: 'jtf-2026-03', notAfter: '2099-12-31', members: [member] }]
  // The gateway wants somebody for each domain; nothing is asked of the other two.
  const domains = Object.fromEntries(DOMAINS.map((domain) => [domain, { url: `${url}/${domain}` }]))
  return JSON.stringify({ country, name: { es: country, en: country }, domains, taskForces })
}

function signToken(provider: IdentityProvider, sub: string, countries: readonly string[]): Promise<string> {
  const claims = claimsOf(provider)
  const [mandate] = claims.authorization_details as readonly object[]
  return signAs(provider, { ...claims, sub, scope: SCOPES, authorization_details: [{ ...mandate, countries }] })
}

async function firstMatch(child: ChildProcess, pattern: RegExp): Promise<string> {
  let text = ''
  for await (const chunk of child.stdout?.setEncoding('utf8').iterator({ destroyOnReturn: false }) ?? []) {
    text += chunk
    const found = pattern.exec(text)?.[1]
    if (found === undefined) continue
    child.stdout?.resume()
    return found
  }
  throw new Error(`expected a process that says it listens; it ended: ${text}`)
}
