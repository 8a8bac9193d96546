import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parse } from 'graphql'
import { stringify } from 'yaml'
import { generateSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { policiesNamed, scopesNamed } from '../../contract/access/rule.ts'
import { readRuleTable } from '../../contract/access/rule-table.ts'
import { readSdlFloor } from '../../contract/access/sdl-faults.ts'
import { DOMAINS, type Domain } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { type CountryFile, readCountryFile } from '../../service/country-file.ts'
import { UsageError } from '../../service/usage-error.ts'
import { readNodeConfig } from '../../subgraphs/kit/config.ts'
import { createNodeLog } from '../../subgraphs/kit/logger.ts'
import { startNode } from '../../subgraphs/kit/server.ts'
import type { DomainModule } from '../../subgraphs/kit/types.ts'
import {
  type Identity,
  OFFICERS_COUNTRY,
  OTHER_TASK_FORCE,
  type RulesFacts,
  STRANGE_AGENCY,
  TEST_AGENCY,
  TEST_AUTHORITY,
  TEST_GATEWAY,
  TEST_LEGS_PER_QUESTION,
  TEST_ROWS_PER_DAY,
  writeIdentity,
} from './identity.ts'
import type { Ask } from './leg.ts'
import { askServices, type UpstreamOf } from './send-leg.ts'
import { makeTestKey } from './test-keys.ts'
import { type MandateKeys, makeTestMandates } from './test-mandates.ts'

/** What a node for the checks is prepared from. */
export interface Preparation {
  readonly country: string
  readonly domains: readonly Domain[]
  /** The country's own file; undefined: the contract's rules, and a task force that the checks make up. */
  readonly rules?: string | undefined
  /** The task force whose records are read; undefined: the first of the country's file. */
  readonly taskForce?: string | undefined
  /** Another task force with which other records are shared; undefined: there is none. */
  readonly secondTaskForce?: string | undefined
}

/** The prepared files. */
export interface Prepared {
  readonly identity: Identity
  /** The paths of the test gateway's public keys, of the country's file for the checks, and of the keys of an audit log. */
  readonly gatewayJwks: string
  readonly rules: string
  readonly auditLogKey: string
  readonly auditLogRefKeys: string
}

/** The name of the audit log of a node that is checked. */
const LOG_NAME = 'istmo-conformance/node'
/** The task force that the checks act for if nothing names one. */
const DEFAULT_TASK_FORCE = 'conformance'
const FAR_DAY = '2099-12-31'

/**
 * Writes what a node needs to be checked: the public key of a test gateway, and a country's file that is the country's own but believes the test
 * authority and nobody else. Policies and SDLs are those of the country.
 * @throws {UsageError} if the country's file is another country's. @throws {ConfigError} if it cannot be used.
 */
export async function prepareChecks(folder: string, preparation: Preparation, nowMs: number): Promise<Prepared> {
  const file = await readFileOf(preparation)
  const facts = readFacts(preparation, file)
  const { country, scopes } = facts
  const taskForces = [
    facts.taskForce,
    OTHER_TASK_FORCE,
    ...(facts.secondTaskForce === null ? [] : [facts.secondTaskForce]),
  ]
  const terms = { authority: TEST_AUTHORITY, officersOf: OFFICERS_COUNTRY, asked: country, scopes, taskForces }
  const { keys, mandates } = await makeTestMandates(terms, nowMs)
  const [gateway, authority, stranger] = await Promise.all([makeTestKey(), makeTestKey(), makeTestKey()])
  const identity: Identity = { ...facts, gateway, authority, stranger, mandates }
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text, { mode: 0o600 })
    return resolve(folder, name)
  }
  const gatewayJwks = await write('gateway.jwks.json', `${JSON.stringify({ keys: [gateway.publicJwk] })}\n`)
  await write('authority.jwks.json', `${JSON.stringify({ keys: [authority.publicJwk] })}\n`)
  await write('policies.cedar', [file?.access.policies.text ?? '', ...facts.policies.map(permitFor)].join('\n'))
  const domains: Record<string, object> = {}
  for (const domain of preparation.domains) {
    const sdl = file?.domains.get(domain)?.sdl
    domains[domain] = { url: `http://127.0.0.1:1/${domain}`, ...(sdl && { sdl: `${domain}.graphql` }) }
    if (sdl) await write(`${domain}.graphql`, sdl)
  }
  const name = file?.name ?? { es: country, en: country }
  const settings = { country, name, domains, ...settingsFor(facts, taskForces, keys, authority.publicJwk.kid) }
  const rules = await write(`${country}.yaml`, stringify(settings))
  await readCountryFile(rules)
  await writeIdentity(folder, identity, preparation.domains)
  const auditLogKey = await write('audit-log.key', generateSignerKey(LOG_NAME, SIGNATURE_TYPES.ed25519))
  const auditLogRefKeys = resolve(folder, 'audit-log-refs.json')
  await rotateKeyFile(auditLogRefKeys, nowMs)
  return { identity, gatewayJwks, rules, auditLogKey, auditLogRefKeys }
}

async function readFileOf({ rules, country }: Preparation): Promise<CountryFile | null> {
  if (rules === undefined) return null
  const file = await readCountryFile(rules)
  if (file.country === country) return file
  throw new UsageError(`--rules: expected the file of ${country}; came that of ${file.country}`)
}

/** Lets the test officers pass each policy, so that the checks see what is behind it. A `forbid` of the country still counts. */
function permitFor(policy: string, at: number): string {
  return `@id("conformance-${at + 1}") @policy(${JSON.stringify(policy)}) permit (principal, action, resource) when { principal has agency && principal.agency == "${TEST_AGENCY}" };`
}

function readFacts(
  { country, domains, taskForce, secondTaskForce }: Preparation,
  file: CountryFile | null,
): RulesFacts {
  const [scopes, policies] = [new Set<string>(), new Set<string>()]
  const notPublished: string[] = []
  for (const domain of domains) {
    const [contract = [], own = contract] = [domainSdl(domain), file?.domains.get(domain)?.sdl].flatMap((sdl) =>
      sdl === undefined ? [] : [noteNames(sdl, scopes, policies)],
    )
    notPublished.push(...contract.filter((coordinate) => !own.includes(coordinate)))
  }
  return {
    country,
    notPublished,
    taskForce: taskForce ?? file?.access.taskForces[0]?.id ?? DEFAULT_TASK_FORCE,
    secondTaskForce: secondTaskForce ?? null,
    scopes: [...scopes].sort(),
    policies: [...policies].sort(),
    legTokens: file?.legTokens ?? 'reuse',
  }
}

/** Notes each scope and policy that an SDL names. Returns the coordinates of its fields. */
function noteNames(sdl: string, scopes: Set<string>, policies: Set<string>): readonly string[] {
  const document = parse(sdl)
  const [table, coordinates] = [readRuleTable(document), [...readSdlFloor(document).fields.keys()]]
  for (const coordinate of coordinates) {
    const [typeName = '', fieldName = ''] = coordinate.split('.')
    const rule = table.ofField(typeName, fieldName)
    for (const scope of scopesNamed(rule)) scopes.add(scope)
    for (const policy of policiesNamed(rule)) policies.add(policy)
  }
  return coordinates
}

/** Whom the country's file for the checks recognises, and what it demands. */
function settingsFor(
  facts: RulesFacts,
  taskForces: readonly string[],
  keys: MandateKeys,
  authorityKey: string,
): object {
  const member = { agencies: [TEST_AGENCY], purposes: ['INVESTIGATION'], scopes: [...facts.scopes] }
  const partner = {
    country: OFFICERS_COUNTRY,
    authority: TEST_AUTHORITY,
    jwks: 'authority.jwks.json',
    keys: [authorityKey],
    approvers: [keys.approver],
    log: keys.log,
    witnesses: [keys.witness],
    members: [{ ...member, agencies: [TEST_AGENCY, STRANGE_AGENCY] }],
  }
  return {
    taskForces: taskForces.map((id) => ({
      id,
      notAfter: FAR_DAY,
      members: [{ issuer: OFFICERS_COUNTRY, ...member }],
    })),
    callers: [partner],
    // Most checks ask what no officer has signed. Those of signed questions carry one, or a mandate that is bound to a case.
    questions: Object.fromEntries(DOMAINS.map((domain) => [domain, 'any'])),
    policies: 'policies.cedar',
    legTokens: facts.legTokens,
    rowsPerDay: TEST_ROWS_PER_DAY,
    caps: { legs: TEST_LEGS_PER_QUESTION },
  }
}

/** A node that stands in front of a country's service for as long as the checks take. */
export interface Sidecar {
  readonly url: string
  readonly identity: Identity
  readonly domains: readonly Domain[]
  /** Asks the services behind it; null if there are none, or they are unknown. */
  readonly askService: Ask | null
  /** The folder of its keys, its rules and its audit log, which goes when it is closed. */
  readonly folder: string
  readonly close: () => Promise<void>
}

/**
 * Starts our node in front of services, on this machine and on a free port: with a test gateway, the country's rules, and an audit log in a temporary
 * folder, as in production.
 * @throws {Error} if the node cannot start. The message says why.
 */
export async function openSidecar({
  upstreams,
  ...preparation
}: Omit<Preparation, 'domains'> & { readonly upstreams: readonly UpstreamOf[] }): Promise<Sidecar> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-conformance-'))
  const removeFolder = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    const domains = upstreams.map(({ domain }) => domain)
    const { identity, ...files } = await prepareChecks(folder, { ...preparation, domains }, Date.now())
    const config = readConfig({
      ...files,
      country: preparation.country,
      domains: domains.join(','),
      port: '0',
      logLevel: 'silent',
      gatewayIssuer: TEST_GATEWAY,
      auditLogDir: join(folder, 'audit-log'),
      upstream: upstreams.map(({ domain, url }) => `${domain}=${url}`),
    })
    const node = await startNode(config, { modules: domains.map(contractOf), log: createNodeLog(config) })
    const close = (): Promise<void> => node.close().then(removeFolder)
    return { url: node.url, identity, domains, askService: askServices(upstreams), folder, close }
  } catch (error) {
    await removeFolder()
    throw error
  }
}

/** @throws {UsageError} if a setting is wrong: the services' addresses are the only ones that come from outside. */
function readConfig(settings: Parameters<typeof readNodeConfig>[0]) {
  try {
    return readNodeConfig(settings, {})
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause })
  }
}

/** A domain as a node in front of a service needs it: its schema, and no resolvers. */
export function contractOf(domain: Domain): DomainModule {
  return { domain, typeDefs: parse(domainSdl(domain)), resolvers: {}, migrations: new URL('.', import.meta.url) }
}
