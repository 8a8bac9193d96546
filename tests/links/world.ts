/** A gateway over the nodes of Guatemala and Honduras, and an authority for officers of Honduras. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { stringify } from 'yaml'
import { generateSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { createClient } from '../../clients/client.ts'
import { DOMAINS } from '../../contract/domain.ts'
import { writeLegKey } from '../../demo/keys.ts'
import { loadDomains, startCountry } from '../../subgraphs/domains.ts'
import { openTestDatabase } from '../../subgraphs/kit/testing.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { parseNodeConfig } from '../../subgraphs/node-command.ts'
import { startStubAuthority } from '../questions/stub-authority.ts'
import { createPlace } from '../tokens/gateway-process.ts'
import { claimsOf, createProvider, signAs } from '../tokens/identity-provider.ts'

const SCOPES = ['person:hit', 'person:read', 'person:identifiers']
const SQL_PERSON = `insert into persons.person (id, birth_date, protected, agency, handling, recorded_at, synthetic, shared_with)
  select id, "birthDate", coalesce(protected, false), 'MP', '{H1}', '2026-01-02T03:04:05Z', true, "sharedWith"
  from jsonb_to_recordset($1::jsonb) as p(id text, "birthDate" date, protected boolean, "sharedWith" text[])`
const SQL_NAME = `insert into persons.person_name (person_id, ordinal, category, full_name)
  select id, 1, 'LEGAL', name from jsonb_to_recordset($1::jsonb) as p(id text, name text)`
const SQL_IDENTIFIER = `insert into persons.identifier (person_id, ordinal, category, jurisdiction, value)
  select id, 1, 'NATIONAL_ID', 'HN', dni from jsonb_to_recordset($1::jsonb) as p(id text, dni text) where dni is not null`

/** A person of the test. */
export interface Person {
  readonly id: string
  readonly name: string
  readonly birthDate: string
  /** A national identifier of Honduras. */
  readonly dni?: string
  readonly protected?: boolean
  readonly sharedWith: readonly string[] | null
}

/** Writes persons into a country's tables. */
async function writePersons(db: Database, persons: readonly Person[]): Promise<void> {
  for (const sql of [SQL_PERSON, SQL_NAME, SQL_IDENTIFIER]) await db.query(sql, [JSON.stringify(persons)])
}

/** What runs. */
export interface LinkWorld {
  readonly folder: string
  at(name: string): string
  /** The database of Honduras. */
  readonly honduras: Database
  /** Asks the gateway as the officer. */
  ask(document: string, variables: Readonly<Record<string, unknown>>): Promise<unknown>
  /** Replaces the scopes of the officer's next tokens. */
  grantScopes(scopes: readonly string[]): void
  close(): Promise<void>
}

/** Deadlines that a busy machine keeps, in milliseconds. */
const PATIENT = ['--leg-deadline', '100000', '--request-deadline', '200000', '--planning-deadline', '100000']

/** Starts the world. `ask.yaml` and `login` are what the officer's country gives to the officer. */
export async function startLinkWorld(own: readonly Person[], others: readonly Person[]): Promise<LinkWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-links-'))
  const at = (name: string): string => join(folder, name)
  await writeLegKey(at('leg.json'), at('leg-jwks.json'))
  await mkdir(at('keys'))
  await writeFile(at('keys/log.key'), generateSignerKey('istmo.example/hn', SIGNATURE_TYPES.ed25519), { mode: 0o600 })
  const [guatemala, honduras] = await Promise.all([startOne(at, 'GT', others), startOne(at, 'HN', own)])
  const place = await createPlace((country) => rulesOf((country === 'GT' ? guatemala : honduras).url))
  const provider = await createProvider('HN', place.folder)
  const issuers = await place.writeIssuers([provider.entry])
  const gateway = await place.start(
    '--issuers',
    issuers,
    '--leg-key',
    at('leg.json'),
    '--hit-rate',
    '1000:1000',
    ...PATIENT,
  )
  let scopes: readonly string[] = SCOPES
  const authority = await startStubAuthority((jkt) => {
    const { authorization_details: granted, ...claims } = claimsOf(provider)
    const details = (granted as readonly object[]).map((mandate) => ({ ...mandate, case: 'HN:C-1' }))
    return signAs(provider, { ...claims, authorization_details: details, scope: scopes.join(' '), cnf: { jkt } })
  })
  const settings = { gateway: gateway.url, authority: authority.token, client: 'tool' }
  await writeFile(at('ask.yaml'), stringify(settings))
  await writeFile(at('login'), 'a.b.c')
  const access = { token: authority.token, client: 'tool', providerToken: async () => LOGIN }
  const client = createClient({ gateway: gateway.url, authority: access })
  return {
    ...{ folder, at, honduras: honduras.db },
    grantScopes: (given) => {
      scopes = given
    },
    ask: (document, variables) => client.ask(document, variables, { purpose: 'INVESTIGATION', countries: ['HN'] }),
    async close() {
      await place.remove()
      await authority.close()
      await Promise.all([guatemala.close(), honduras.close()])
      await rm(folder, { recursive: true })
    },
  }
}

const LOGIN = { token: 'a.b.c', type: 'id_token' as const }

/** What a country's file says, for its node and for the gateway. */
function rulesOf(url: string) {
  const member = { issuer: 'HN', agencies: ['HN-MP-FECO'], purposes: ['INVESTIGATION'], scopes: SCOPES }
  return {
    domains: Object.fromEntries(DOMAINS.map((domain) => [domain, { url: `${url}/${domain}` }])),
    taskForces: [{ id: 'jtf-2026-03', notAfter: '2098-12-31', members: [member] }],
  }
}

/** Starts a country's node over a database with these persons. */
async function startOne(at: (name: string) => string, country: string, persons: readonly Person[]) {
  const { db, close } = await openTestDatabase(await loadDomains(DOMAINS), country)
  await writePersons(db, persons)
  const rules = { country, name: { es: country, en: country }, ...rulesOf('http://127.0.0.1:1') }
  await writeFile(at(`${country}.yaml`), stringify(rules))
  const flags = ['--country', country, '--domains', DOMAINS.join(','), '--port', '0', '--development']
  flags.push('--gateway-jwks', at('leg-jwks.json'), '--rules', at(`${country}.yaml`))
  flags.push('--contact-point', `unit@${country.toLowerCase()}.example`)
  const node = await startCountry(parseNodeConfig(flags, {}), { log: pino({ level: 'silent' }), db })
  return { db, url: node.url, close: () => node.close().then(close) }
}
