/**
 * Callers with different rights, countries and purposes, who ask the same text at the same time over HTTP, while the graph changes: nobody gets what
 * another one may read, and nobody loses what is theirs. Each answer must be what the caller would get alone.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ownerOf } from '../../../contract/record-id.ts'
import { type Gateway, startGateway } from '../../../gateway/main.ts'
import { readGatewayConfig } from '../../../gateway/process/config.ts'
import { seededDice } from '../../fuzz/random.ts'
import type { Dice } from '../../oracle/dice.ts'
import { claimsOf, createProvider, type IdentityProvider, signAs } from '../../tokens/identity-provider.ts'
import { readTag, startTaggingNodes, type TaggingNodes } from './tagging-nodes.ts'

const COUNTRIES = ['GT', 'HN', 'SV']
const CLIENTS = 8
const REQUESTS = 8
/** How often the rules of Honduras change meanwhile. */
const CHANGES = 3

/** Two fetches of persons are ready together, with different texts: their legs merge. */
const QUERY = `query Same($first: Int!) {
  cases(first: $first) { edges { node { id court prosecutor participants { edges { node { person { id names { full } } } } } } } }
  warrants(first: $first) { edges { node { id subject { id sex names { full } } } } }
}`

const ALL = ['case:read', 'case:officials', 'person:read', 'warrant:read']
const WITHOUT_OFFICIALS = ['case:read', 'person:read', 'warrant:read']

/** Who asks, each with two tokens. Two of them are one person. */
const CALLERS = [
  { subject: 'one', scopes: ALL, countries: COUNTRIES },
  { subject: 'one', scopes: ['case:read', 'warrant:read'], countries: COUNTRIES },
  { subject: 'two', scopes: ALL, countries: ['GT'] },
  { subject: 'three', scopes: WITHOUT_OFFICIALS, countries: ['HN', 'SV'] },
  { subject: 'four', scopes: ['case:read', 'case:officials'], countries: COUNTRIES },
] as const

const PURPOSES = ['INVESTIGATION', 'PROSECUTION']

/** What the countries recognise. Honduras has two versions, between which it changes. */
type Recognised = Readonly<Record<string, { readonly purposes: readonly string[]; readonly scopes: readonly string[] }>>
const RULES: readonly Recognised[] = [ALL, WITHOUT_OFFICIALS].map((scopes) => ({
  GT: { purposes: PURPOSES, scopes: ALL },
  HN: { purposes: ['INVESTIGATION'], scopes },
  SV: { purposes: ['PROSECUTION'], scopes: WITHOUT_OFFICIALS },
}))

let folder: string
let nodes: TaggingNodes
let provider: IdentityProvider
let gateway: Gateway
/** The rules that were in force one after the other. The last ones may be about to be. */
const inForce = [0]
/** How many of these had begun when the last change was complete, without the last one. */
let settled = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-at-once-'))
  await mkdir(join(folder, 'countries'))
  nodes = await startTaggingNodes(COUNTRIES)
  provider = await createProvider('GT', folder)
  await writeFile(join(folder, 'issuers.yaml'), JSON.stringify({ issuers: [provider.entry] }))
  for (const country of COUNTRIES) await putCountry(country, 0)
  const flags = {
    supergraph: join(import.meta.dirname, '../../../supergraph.graphql'),
    ...{ countries: join(folder, 'countries'), issuers: join(folder, 'issuers.yaml'), port: '0' },
    ...{ callerRate: '0', costRate: '0', countryRate: '0', rowsPerDay: '0' },
    // A busy machine must not end a request.
    ...{ requestDeadline: '20000', legDeadline: '15000' },
  }
  gateway = await startGateway(readGatewayConfig(flags, {}), pino({ level: 'silent' }))
})
afterAll(async () => {
  await gateway?.close()
  await nodes?.close()
  await rm(folder, { recursive: true })
})

async function putCountry(country: string, version: number): Promise<void> {
  const domains = Object.fromEntries(
    ['cases', 'persons', 'legal'].map((domain) => [domain, { url: `${nodes.urlOf(country)}/${domain}` }]),
  )
  const member = { issuer: 'GT', agencies: ['GT-MP-FECO'], ...RULES[version]?.[country] }
  const taskForces = [{ id: 'jtf-2026-03', notAfter: '2099-12-31', members: [member] }]
  const file = { country, name: { es: country, en: country }, domains, taskForces }
  const path = join(folder, 'countries', `${country}.yaml`)
  await writeFile(join(folder, 'new'), JSON.stringify(file))
  await rename(join(folder, 'new'), path)
}

/** Changes what Honduras recognises. It may be in force from now on, and it is when this resolves. */
async function change(): Promise<void> {
  const version = 1 - (inForce.at(-1) ?? 0)
  inForce.push(version)
  await putCountry('HN', version)
  await gateway.reload()
  settled = inForce.length - 1
}

/** One token of a caller. */
interface Asker {
  readonly caller: (typeof CALLERS)[number]
  readonly tokenId: string
  readonly token: string
}

async function newAsker(caller: (typeof CALLERS)[number]): Promise<Asker> {
  const { subject, scopes, countries } = caller
  const mandate = {
    ...{ type: 'istmo_mandate', task_force: 'jtf-2026-03', purposes: PURPOSES },
    ...{ countries, not_after: '2099-12-31' },
  }
  const tokenId = randomUUID()
  const claims = { sub: subject, jti: tokenId, scope: scopes.join(' '), authorization_details: [mandate] }
  return { caller, tokenId, token: await signAs(provider, { ...claimsOf(provider), ...claims }) }
}

/** A record of an answer with what it says of itself, by the name of its fields. */
type Found = { readonly id: string; readonly [field: string]: unknown }

/** Asks, and compares the answer with what the caller may read by the rules that were in force. Returns how many values it has. */
async function ask({ caller, tokenId, token }: Asker, purpose: string, first: number): Promise<number> {
  const since = settled
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', authorization: `Bearer ${token}` },
      'istmo-mandate': `purpose=${purpose}`,
    },
    body: JSON.stringify({ query: QUERY, variables: { first } }),
  })
  const body = (await response.json()) as { readonly data: unknown }
  expect(response.status, JSON.stringify(body)).toBe(200)
  const rules = inForce.slice(since).map((version) => RULES[version] as Recognised)
  const requestId = response.headers.get('istmo-request-id')
  const own = { requestId, subject: caller.subject, tokenId, purpose }
  const found = listRecords(body.data)
  for (const record of found) {
    const country = ownerOf(record.id)
    const allowed = rules.map((each) => rightsIn(country, each, caller, purpose))
    for (const value of valuesOf(record)) {
      const { scopes, ...tag } = readTag(value)
      expect(tag).toEqual({ ...own, country })
      expect(allowed.some((rights) => scopes.every((scope) => rights.includes(scope)))).toBe(true)
    }
    if ('court' in record) {
      const sees = (scope: string) => allowed.map((rights) => rights.includes(scope))
      expect(sees('case:read')).toContain(record.court !== null)
      expect(sees('case:officials')).toContain(record.prosecutor !== null)
    }
  }
  return found.flatMap(valuesOf).length
}

/** The scopes of a caller that count in a country. */
function rightsIn(country: string, rules: Recognised, caller: (typeof CALLERS)[number], purpose: string): string[] {
  const { purposes = [], scopes = [] } = rules[country] ?? {}
  const isRecognised = (caller.countries as readonly string[]).includes(country) && purposes.includes(purpose)
  return isRecognised ? caller.scopes.filter((scope) => scopes.includes(scope)) : []
}

function listRecords(value: unknown): Found[] {
  if (typeof value !== 'object' || value === null) return []
  const below = Object.values(value).flatMap(listRecords)
  return 'id' in value ? [value as Found, ...below] : below
}

function valuesOf({ court, prosecutor, names }: Found): string[] {
  const full = ((names as readonly { readonly full: unknown }[] | null) ?? []).map((name) => name.full)
  return [court, prosecutor, ...full].filter((value) => typeof value === 'string')
}

async function runClient(dice: Dice, askers: readonly Asker[]): Promise<number> {
  let values = 0
  for (let i = 0; i < REQUESTS; i++) values += await ask(dice.pick(askers), dice.pick(PURPOSES), dice.between(1, 4))
  return values
}

it('gives each caller the own answer, whoever asks the same at the same time, and while the graph changes', async () => {
  const askers = await Promise.all([...CALLERS, ...CALLERS].map(newAsker))
  const clients = Array.from({ length: CLIENTS }, (_, at) => runClient(seededDice(`client ${at}`), askers))
  const changing = (async () => {
    for (let i = 0; i < CHANGES; i++) await change()
  })()
  const [, ...values] = await Promise.all([changing, ...clients])
  expect(values.reduce((sum, each) => sum + each)).toBeGreaterThan(CLIENTS * REQUESTS)
  expect(nodes.came.merged).toBeGreaterThan(CLIENTS)
  // No change is on its way any more: one set of rules decides.
  await Promise.all(askers.map((asker) => ask(asker, 'INVESTIGATION', 4)))
})
