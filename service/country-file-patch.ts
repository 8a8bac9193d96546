/**
 * The members `tighten` and `withhold` of a country's file: where the country demands more than the contract, and what it does not publish
 * (docs/access.md). The SDL that counts is made of them here, for the gateway and the country's node alike.
 */
import { readFile } from 'node:fs/promises'
import { type DocumentNode, parse, print } from 'graphql'
import { z } from 'zod'
import { findPatchFaults, type PatchableDomain } from '../contract/access/patch-faults.ts'
import { readRuleTable } from '../contract/access/rule-table.ts'
import { parseNationalSdl } from '../contract/access/sdl-faults.ts'
import { patchSdl, type SdlPatch, touchesSdl } from '../contract/access/sdl-patch.ts'
import { DOMAINS, type Domain } from '../contract/domain.ts'
import { domainSdl } from '../contract/domain-sdl.ts'
import { ConfigError } from './config-error.ts'
import { wrongSetting } from './yaml-file.ts'
import { findYamlLines } from './yaml-lines.ts'

const coordinate = z
  .string()
  .regex(/^[A-Za-z]\w*(?:\.[A-Za-z]\w*)?$/, 'expected a field, such as Case.court, or a type, such as Case')

const requirement = z
  .array(
    z
      .array(z.string().min(1, 'expected a name'), 'expected a list of names that a caller needs together')
      .min(1, 'expected at least one name'),
    'expected a list of alternatives, each a list of names: [[court_release]]',
  )
  .min(1, 'expected at least one alternative')

const addedRule = z
  .strictObject({
    /** The country recognises the caller. */
    authenticated: z.literal(true, 'expected true, or no such line').optional(),
    /** Scopes: alternatives, each a list of scopes that the caller needs together. */
    scopes: requirement.optional(),
    /** Names of the country's policies, in the same form. */
    policies: requirement.optional(),
  })
  .refine((rule) => Object.keys(rule).length > 0, 'expected `scopes`, `policies` or `authenticated`; came none of them')

/** The form of `tighten`: by a field or a type, what a caller must meet besides what the contract demands. */
export const tightenSchema = z.record(coordinate, addedRule)

/** The form of `withhold`: nullable fields, and types with all fields that return them. */
export const withholdSchema = z.array(coordinate)

/** What a country's file says of its domains and of its patch. */
export interface PatchSettings {
  readonly tighten: z.output<typeof tightenSchema>
  readonly withhold: z.output<typeof withholdSchema>
  /** The text of the country's own SDL of each domain that it publishes; undefined for the contract's. */
  readonly published: ReadonlyMap<Domain, string | undefined>
  /** Whether the country has a policy for a name. */
  readonly decides: (policy: string) => boolean
}

/**
 * Makes the SDL that counts for each domain: the country's own, or the contract's, with the patch.
 * @param file the path of the country's file, for messages.
 * @returns the texts of the domains that the patch changes.
 * @throws {ConfigError} if the patch is wrong, or an SDL beside it. The message names each line, what was expected, what came, and the remedy.
 */
export async function patchDomains(file: string, settings: PatchSettings): Promise<ReadonlyMap<Domain, string>> {
  const { tighten, withhold, published, decides } = settings
  const patch: SdlPatch = { tighten: new Map(Object.entries(tighten)), withhold }
  if (patch.tighten.size === 0 && withhold.length === 0) return new Map()
  const domains = DOMAINS.map((domain): PatchableDomain => {
    const contract = parse(domainSdl(domain))
    if (!published.has(domain)) return { domain, contract, published: null }
    const text = published.get(domain)
    return { domain, contract, published: text === undefined ? contract : readOwn(file, domain, text) }
  })
  const faults = findPatchFaults(patch, domains, decides)
  if (faults.length > 0) {
    const lineOf = findYamlLines(await readFile(file, 'utf8'))
    const listed = faults.map(({ path, text }) => `- line ${lineOf(path)}, ${path[0]}: ${text}`)
    throw new ConfigError(
      `${file}: expected a patch that fits the contract (docs/access.md); came one with faults:\n${listed.join('\n')}`,
    )
  }
  return new Map(
    domains.flatMap(({ domain, published: sdl }) =>
      sdl === null || !touchesSdl(sdl, patch) ? [] : [[domain, print(patchSdl(sdl, patch).document)] as const],
    ),
  )
}

/** Reads the country's own SDL of a domain. Nothing of the country is served while a part of it cannot be patched. */
function readOwn(file: string, domain: Domain, text: string): DocumentNode {
  try {
    const document = parseNationalSdl(text)
    readRuleTable(document)
    return document
  } catch (cause) {
    throw wrongSetting(file, `domains.${domain}.sdl`, `${(cause as Error).message} Correct the SDL.`, cause)
  }
}
