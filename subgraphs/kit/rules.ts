import { type DocumentNode, parse } from 'graphql'
import { type CountryAccess, closedAccess } from '../../contract/access/country-access.ts'
import { loosened } from '../../contract/access/loosened.ts'
import { readNationalRules } from '../../contract/access/national-rules.ts'
import { type RuleTable, readRuleTable } from '../../contract/access/rule-table.ts'
import type { Domain } from '../../contract/domain.ts'
import type { LegTokenUse } from '../../contract/leg-token.ts'
import { readCountryFile } from '../../service/country-file.ts'
import { wrongSetting } from '../../service/yaml-file.ts'
import type { DomainModule } from './types.ts'

/**
 * What a country decides by, from its own copy of its country file (`<CC>.yaml`) and the policies and SDLs that the file names. The
 * node does not start with rules that it cannot read in full.
 */
export interface CountryRules {
  readonly access: CountryAccess
  readonly legTokens: LegTokenUse
  /** The domains that its file names. */
  readonly domains: readonly Domain[]
  /** The country's own SDL, by domain; a domain that is not there has the contract's alone. */
  readonly sdl: ReadonlyMap<string, DocumentNode>
}

/** The rules of one domain: the contract's floor, and what the country adds; null where it adds nothing. */
export interface DomainRules {
  readonly floor: RuleTable
  readonly own: RuleTable | null
}

/** The rules of a country that says nothing of access: nobody is recognised, and the public law alone is served. */
export function closedRules(country: string): CountryRules {
  return { access: closedAccess(country), legTokens: 'reuse', domains: [], sdl: new Map() }
}

/**
 * Reads a country's rules from its file. The node checks the whole file, also what only the gateway uses: a mistake there shows before
 * the file is published.
 * @param file path of the country file.
 * @param country whose file it must be; null: whose it is.
 * @throws {ConfigError} naming the file, the path in it, what was expected and the remedy; also if the file is another country's, or
 * an SDL that it names does not parse.
 */
export async function readCountryRules(file: string, country: string | null): Promise<CountryRules> {
  const { country: came, access, legTokens, domains } = await readCountryFile(file)
  if (country !== null && came !== country) {
    throw wrongSetting(file, 'country', `expected ${country}; came ${came}. Correct --rules (RULES_FILE).`)
  }
  const sdl = new Map<string, DocumentNode>()
  for (const [domain, { sdl: text }] of domains) {
    if (text !== undefined) sdl.set(domain, parseSdl(file, domain, text))
  }
  return { access, legTokens, domains: [...domains.keys()], sdl }
}

function parseSdl(file: string, domain: string, text: string): DocumentNode {
  try {
    return parse(text)
  } catch (cause) {
    throw wrongSetting(file, `domains.${domain}.sdl`, `${(cause as Error).message} Correct the SDL.`, cause)
  }
}

/**
 * The rules of a domain.
 * @throws {Error} when a rule cannot be read, or the country's SDL asks less than the floor: naming the coordinates.
 */
export function domainRules(
  { domain, typeDefs }: Pick<DomainModule, 'domain' | 'typeDefs'>,
  { sdl, access }: CountryRules,
): DomainRules {
  const own = sdl.get(domain)
  const floor = readRuleTable(typeDefs)
  if (own === undefined) return { floor, own: null }
  const coordinates = loosened(floor, own)
  if (coordinates.length > 0) {
    throw new Error(
      `${access.country}, ${domain}: its own SDL asks less than the contract at ${coordinates.join(', ')}. Add what the contract has there.`,
    )
  }
  return { floor, own: readNationalRules(own) }
}
