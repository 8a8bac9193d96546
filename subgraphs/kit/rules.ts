import { hash } from 'node:crypto'
import { type DocumentNode, parse } from 'graphql'
import { type CountryAccess, closedAccess } from '../../contract/access/country-access.ts'
import { loosened } from '../../contract/access/loosened.ts'
import { readNationalRules } from '../../contract/access/national-rules.ts'
import { findPolicyFaults, type PolicyFault } from '../../contract/access/policy-faults.ts'
import { type RuleTable, readRuleTable } from '../../contract/access/rule-table.ts'
import { describeSdlFault } from '../../contract/access/sdl-fault.ts'
import { findSdlFaults, parseNationalSdl, readSdlFloor } from '../../contract/access/sdl-faults.ts'
import { DOMAINS, type Domain } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { DEFAULT_HITS_PER_DAY } from '../../contract/hit-quota/hit-quota.ts'
import type { LegTokenUse } from '../../contract/leg-token.ts'
import { DEFAULT_ROWS_PER_DAY } from '../../contract/row-quota/row-quota.ts'
import { describeRules } from '../../service/audit-log/describe-rules.ts'
import { ConfigError } from '../../service/config-error.ts'
import { type CountryFile, readCountryFile } from '../../service/country-file.ts'
import type { CallerPartner } from '../../service/country-file-callers.ts'
import { type QuestionSettings, toQuestionSettings } from '../../service/country-file-questions.ts'
import { wrongSetting } from '../../service/yaml-file.ts'
import type { DomainModule } from './types.ts'

/**
 * The rules by which a country decides, from its own copy of its country file (`<CC>.yaml`) and the policies and SDLs that the file
 * names. The node does not start with rules that it cannot read completely.
 */
export interface CountryRules {
  readonly access: CountryAccess
  /** The authorities whose word the country takes for its callers. */
  readonly callers: readonly CallerPartner[]
  /** Who may suspend here. */
  readonly suspenders: CountryFile['suspenders']
  /** The absolute paths of the other files that the country's file names. */
  readonly namedFiles: readonly string[]
  readonly legTokens: LegTokenUse
  /** How many of the country's rows one caller may be given on one day of UTC. */
  readonly rowsPerDay: number
  /** How many different hit searches one caller may ask on one day. */
  readonly hitsPerDay: number
  /** What the country demands of the questions that lead to it. */
  readonly questions: QuestionSettings
  /** The domains that the file names. */
  readonly domains: readonly Domain[]
  /** The country's own SDL, by domain. A domain that is absent has only the contract's rules. */
  readonly sdl: ReadonlyMap<string, DocumentNode>
}

/** The rules of one domain: the contract's floor, and the rules of the country's own SDL (`own`); null if it has none. */
export interface DomainRules {
  readonly floor: RuleTable
  readonly own: RuleTable | null
}

/** Returns the rules of a country without a file of rules: it recognises nobody and serves only the public law. */
export function closedRules(country: string): CountryRules {
  const quotas = { rowsPerDay: DEFAULT_ROWS_PER_DAY, hitsPerDay: DEFAULT_HITS_PER_DAY }
  const nobody = { callers: [], suspenders: [], namedFiles: [], questions: toQuestionSettings({}) }
  return { access: closedAccess(country), ...nobody, legTokens: 'reuse', ...quotas, domains: [], sdl: new Map() }
}

/**
 * Reads a country's rules from its file. Checks the complete file, also the settings that only the gateway uses, so that a mistake
 * there shows before the file is published.
 * @param file path of the country file.
 * @param country the country whose file it must be; null accepts the file of any country.
 * @throws {ConfigError} if the file cannot be used, if it is another country's, or if an SDL that it names does not parse. The message
 * names the file, the path in it, what was expected and the remedy.
 */
export async function readCountryRules(file: string, country: string | null): Promise<CountryRules> {
  const settings = await readCountryFile(file)
  const { country: came, access, callers = [], legTokens, domains, rowsPerDay = DEFAULT_ROWS_PER_DAY } = settings
  const { suspenders, namedFiles, questions, hitsPerDay = DEFAULT_HITS_PER_DAY } = settings
  if (country !== null && came !== country) {
    throw wrongSetting(file, 'country', `expected ${country}; came ${came}. Correct --rules (RULES_FILE).`)
  }
  const sdl = new Map<string, DocumentNode>()
  for (const [domain, { sdl: text }] of domains) {
    if (text !== undefined) sdl.set(domain, parseSdl(file, domain, text))
  }
  const published = { rowsPerDay, hitsPerDay, questions, domains: [...domains.keys()], sdl }
  return { access, callers, suspenders, namedFiles, legTokens, ...published }
}

function parseSdl(file: string, domain: string, text: string): DocumentNode {
  try {
    return parseNationalSdl(text)
  } catch (cause) {
    throw wrongSetting(file, `domains.${domain}.sdl`, `${(cause as Error).message} Correct the SDL.`, cause)
  }
}

/**
 * Returns the SHA-256, in hexadecimal digits, of everything that a country's file says and the files that it names, wherever they are. The operator's
 * server shows that of the rules in force, so that `istmo doctor` sees whether a node decides by a file.
 */
export function hashRules({ access, sdl, namedFiles: _, ...rest }: CountryRules): string {
  const { hashes } = describeRules(access, sdl)
  return hash(
    'sha256',
    JSON.stringify([hashes, rest], (_key, value: unknown) => (value instanceof Set ? [...value] : value)),
  )
}

/** Lists what is suspect in a country's policies, compared with the fields of all domains of the contract: a node may serve one of them only. */
export function listPolicyFaults({ access }: Pick<CountryRules, 'access'>): readonly PolicyFault[] {
  const fields = DOMAINS.flatMap((domain) => [...readSdlFloor(parse(domainSdl(domain))).fields.keys()])
  return findPolicyFaults(access.country, access.policies.text, new Set(fields))
}

/**
 * Reads the rules of a domain.
 * @throws {ConfigError} if the country's SDL is wrong. The message names each line and the remedy.
 * @throws {Error} if a rule cannot be read, or if the country's SDL demands less than the floor. The message names the coordinates.
 */
export function domainRules(
  { domain, typeDefs }: Pick<DomainModule, 'domain' | 'typeDefs'>,
  { sdl, access }: CountryRules,
): DomainRules {
  const own = sdl.get(domain)
  const floor = readRuleTable(typeDefs)
  if (own === undefined) return { floor, own: null }
  const faults = findSdlFaults(own, readSdlFloor(typeDefs), access.policies.decides)
  if (faults.length > 0) {
    throw new ConfigError(
      `${access.country}, ${domain}: the SDL that the country's file names (domains.${domain}.sdl) is wrong:\n${faults.map((fault) => `- ${describeSdlFault(fault)}`).join('\n')}`,
    )
  }
  const coordinates = loosened(floor, own)
  if (coordinates.length > 0) {
    throw new Error(
      `${access.country}, ${domain}: the country's SDL demands less than the contract at ${coordinates.join(', ')}. Add the rules that the contract has there.`,
    )
  }
  return { floor, own: readNationalRules(own) }
}
