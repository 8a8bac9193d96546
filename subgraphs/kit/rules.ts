import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type DocumentNode, parse } from 'graphql'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { ACCESS_SETTINGS } from '../../contract/access/access-settings.ts'
import { type CountryAccess, closedAccess } from '../../contract/access/country-access.ts'
import { loosened } from '../../contract/access/loosened.ts'
import { readNationalRules } from '../../contract/access/national-rules.ts'
import { createPolicySet } from '../../contract/access/policy-set.ts'
import { type RuleTable, readRuleTable } from '../../contract/access/rule-table.ts'
import { type Domain, isDomain } from '../../contract/domain.ts'
import type { LegTokenUse } from '../../contract/leg-token.ts'
import type { DomainModule } from './types.ts'

/**
 * What a country decides by: its own copy of its country file (countries/<CC>.yaml), the policies and SDLs that the file names. Every
 * doubt stops the start.
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

// The rest of the file is the gateway's: where a domain is served, and how long a leg may take.
const fileSchema = z.strictObject({
  country: z.string(),
  name: z.unknown(),
  domains: z.record(z.string(), z.looseObject({ sdl: z.string().min(1).optional() })),
  ...ACCESS_SETTINGS,
})

/** The rules of a country that says nothing of access: nobody is recognised, and the public law alone is served. */
export function closedRules(country: string): CountryRules {
  return { access: closedAccess(country), legTokens: 'reuse', domains: [], sdl: new Map() }
}

/**
 * Reads a country's rules.
 * @param file path of the country file.
 * @param country whose file it must be; null: whose it is.
 * @throws {Error} naming the file and what was expected, when it is not of its form or another country's, or a file that it names
 * cannot be read or does not parse.
 */
export async function readCountryRules(file: string, country: string | null): Promise<CountryRules> {
  const parsed = fileSchema.safeParse(await explained(file, async () => parseYaml(await readFile(file, 'utf8'))))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new Error(
      `${file}: ${issue?.path.join('.') || '(the whole)'}: ${issue?.message}. docs/access.md has examples.`,
    )
  }
  const { taskForces, policies, legTokens, domains, country: came } = parsed.data
  if (country !== null && came !== country) throw new Error(`${file}: country: expected ${country}; came ${came}.`)
  const beside = (path: string): Promise<string> => readFile(resolve(file, '..', path), 'utf8')
  const policySet = await explained(`${file}: policies`, async () =>
    createPolicySet(came, policies === undefined ? '' : await beside(policies)),
  )
  const sdl = new Map<string, DocumentNode>()
  for (const [domain, { sdl: path }] of Object.entries(domains)) {
    if (path === undefined) continue
    sdl.set(domain, await explained(`${file}: domains.${domain}.sdl`, async () => parse(await beside(path))))
  }
  return {
    access: { country: came, taskForces, policies: policySet },
    legTokens,
    domains: Object.keys(domains).filter(isDomain),
    sdl,
  }
}

async function explained<T>(place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new Error(`${place}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
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
