import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { parse as parseGraphQL } from 'graphql'
import { parse as parseYaml, stringify } from 'yaml'
import { generateSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { policiesNamed, type Rule, scopesNamed } from '../../contract/access/rule.ts'
import { type RuleTable, readRuleTable } from '../../contract/access/rule-table.ts'
import { DOMAINS, type Domain } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { readCountryFile } from '../../service/country-file.ts'
import { UsageError } from '../../service/usage-error.ts'
import { coordinatesIn } from './coordinates.ts'
import {
  type Identity,
  OFFICERS_COUNTRY,
  OTHER_TASK_FORCE,
  type RulesFacts,
  STRANGE_AGENCY,
  TEST_AGENCY,
  TEST_AUTHORITY,
  TEST_LEGS_PER_QUESTION,
  TEST_ROWS_PER_DAY,
  writeIdentity,
} from './identity.ts'
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
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = await readFileOf(preparation)
  const facts = await readFacts(preparation, file)
  const { keys, mandates } = await makeTestMandates(
    {
      authority: TEST_AUTHORITY,
      officersOf: OFFICERS_COUNTRY,
      asked: facts.country,
      scopes: facts.scopes,
      taskForces: taskForcesOf(facts),
    },
    nowMs,
  )
  const [gateway, authority, stranger] = await Promise.all([makeTestKey(), makeTestKey(), makeTestKey()])
  const identity: Identity = { ...facts, gateway, authority, stranger, mandates }
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text, { mode: 0o600 })
    return resolve(folder, name)
  }
  const gatewayJwks = await write('gateway.jwks.json', `${JSON.stringify({ keys: [gateway.publicJwk] })}\n`)
  await write('authority.jwks.json', `${JSON.stringify({ keys: [authority.publicJwk] })}\n`)
  await write('policies.cedar', [await readPolicies(preparation, file), ...facts.policies.map(permitFor)].join('\n'))
  const text = stringify(testFileOf({ ...preparation, facts, file, keys, authorityKey: authority.publicJwk.kid }))
  const rules = await write(`${facts.country}.yaml`, text)
  await readCountryFile(rules)
  await writeIdentity(folder, identity, preparation.domains)
  const auditLogKey = await write('audit-log.key', generateSignerKey(LOG_NAME, SIGNATURE_TYPES.ed25519))
  const auditLogRefKeys = resolve(folder, 'audit-log-refs.json')
  await rotateKeyFile(auditLogRefKeys, nowMs)
  return { identity, gatewayJwks, rules, auditLogKey, auditLogRefKeys }
}

/** The task forces that the checks ask as. */
function taskForcesOf({ taskForce, secondTaskForce }: RulesFacts): readonly string[] {
  return [taskForce, OTHER_TASK_FORCE, ...(secondTaskForce === null ? [] : [secondTaskForce])]
}

type CountryYaml = Readonly<Record<string, unknown>>

async function readFileOf({ rules, country }: Preparation): Promise<CountryYaml | null> {
  if (rules === undefined) return null
  const settings = await readCountryFile(rules)
  if (settings.country !== country) {
    throw new UsageError(`--rules: expected the file of ${country}; came that of ${settings.country}`)
  }
  return parseYaml(await readFile(rules, 'utf8')) as CountryYaml
}

async function readPolicies({ rules }: Preparation, file: CountryYaml | null): Promise<string> {
  if (rules === undefined || typeof file?.policies !== 'string') return ''
  return readFile(resolve(dirname(rules), file.policies), 'utf8')
}

/** Lets the test officers pass each policy, so that the checks see what is behind it. A `forbid` of the country still counts. */
function permitFor(policy: string, at: number): string {
  return `@id("conformance-${at + 1}") @policy(${JSON.stringify(policy)}) permit (principal, action, resource) when { principal has agency && principal.agency == "${TEST_AGENCY}" };`
}

async function readFacts(
  { country, domains, rules, taskForce, secondTaskForce }: Preparation,
  file: CountryYaml | null,
): Promise<RulesFacts> {
  const names: { scopes: Set<string>; policies: Set<string> } = { scopes: new Set(), policies: new Set() }
  const notPublished: string[] = []
  for (const domain of domains) {
    const floor = domainSdl(domain)
    noteNames(floor, names)
    const sdl = sdlPathOf(file, domain, rules)
    if (sdl === undefined) continue
    const own = await readFile(sdl, 'utf8')
    noteNames(own, names)
    const published = new Set(coordinatesIn(parseGraphQL(own)))
    notPublished.push(...coordinatesIn(parseGraphQL(floor)).filter((each) => !published.has(each)))
  }
  const joined = (file?.taskForces ?? []) as readonly { readonly id: string }[]
  return {
    country,
    notPublished,
    taskForce: taskForce ?? joined[0]?.id ?? DEFAULT_TASK_FORCE,
    secondTaskForce: secondTaskForce ?? null,
    scopes: [...names.scopes].sort(),
    policies: [...names.policies].sort(),
    legTokens: file?.legTokens === 'once' ? 'once' : 'reuse',
  }
}

/** Notes each scope and policy that an SDL names. */
function noteNames(sdl: string, names: { readonly scopes: Set<string>; readonly policies: Set<string> }): void {
  const document = parseGraphQL(sdl)
  const table = readRuleTable(document)
  for (const rule of rulesIn(table, coordinatesIn(document))) {
    for (const scope of scopesNamed(rule)) names.scopes.add(scope)
    for (const policy of policiesNamed(rule)) names.policies.add(policy)
  }
}

function rulesIn(table: RuleTable, coordinates: readonly string[]): readonly Rule[] {
  return coordinates.map((coordinate) => {
    const [typeName = '', fieldName = ''] = coordinate.split('.')
    return table.ofField(typeName, fieldName)
  })
}

function sdlPathOf(file: CountryYaml | null, domain: Domain, rules: string | undefined): string | undefined {
  const domains = (file?.domains ?? {}) as Readonly<Record<string, { readonly sdl?: string }>>
  const sdl = domains[domain]?.sdl
  return sdl === undefined || rules === undefined ? undefined : resolve(dirname(rules), sdl)
}

interface TestFileParts extends Preparation {
  readonly facts: RulesFacts
  readonly file: CountryYaml | null
  readonly keys: MandateKeys
  readonly authorityKey: string
}

/** The country's file for the checks. */
function testFileOf({ country, domains, rules, facts, file, keys, authorityKey }: TestFileParts): object {
  const member = { agencies: [TEST_AGENCY], purposes: ['INVESTIGATION'], scopes: [...facts.scopes] }
  const taskForces = taskForcesOf(facts).map((id) => ({
    id,
    notAfter: FAR_DAY,
    members: [{ issuer: OFFICERS_COUNTRY, ...member }],
  }))
  const urls = domains.map((domain) => {
    const sdl = sdlPathOf(file, domain, rules)
    return [domain, { url: `http://127.0.0.1:1/${domain}`, ...(sdl !== undefined && { sdl }) }]
  })
  return {
    country,
    name: file?.name ?? { es: country, en: country },
    domains: Object.fromEntries(urls),
    taskForces,
    callers: [
      {
        country: OFFICERS_COUNTRY,
        authority: TEST_AUTHORITY,
        jwks: 'authority.jwks.json',
        keys: [authorityKey],
        approvers: [keys.approver],
        log: keys.log,
        witnesses: [keys.witness],
        members: [{ ...member, agencies: [TEST_AGENCY, STRANGE_AGENCY] }],
      },
    ],
    // Most checks ask what no officer has signed. Those of signed questions carry one, or a mandate that is bound to a case.
    questions: Object.fromEntries(DOMAINS.map((domain) => [domain, 'any'])),
    policies: 'policies.cedar',
    legTokens: facts.legTokens,
    rowsPerDay: TEST_ROWS_PER_DAY,
    caps: { legs: TEST_LEGS_PER_QUESTION },
  }
}
