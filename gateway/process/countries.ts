/** The folder of the participating countries, which says whom the gateway may ask. */
import { readdir } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { closedAccess } from '../../contract/access/country-access.ts'
import { isCountryCode } from '../../contract/country-code.ts'
import { DOMAINS } from '../../contract/domain.ts'
import { GROUNDS_PARTS } from '../../contract/leg-token.ts'
import { ConfigError } from '../../service/config-error.ts'
import { type CountryFile, type DomainSettings, readCountryFile } from '../../service/country-file.ts'
import { listUnsignedDomains } from '../../service/country-file-questions.ts'
import type { NationalSubgraph, Participant } from '../types/participant.ts'

/** The limits of a subgraph whose country's file sets none. */
export interface SubgraphDefaults {
  /** In milliseconds. */
  readonly deadlineMs: number
  /** In bytes. */
  readonly maxAnswerBytes: number
}

/** What the countries folder says. */
export interface Participants {
  /** Sorted by code. */
  readonly participants: readonly Participant[]
  /** What is wrong with files that are not named after a country: one message each, which names the file and the remedy. */
  readonly strays: readonly string[]
}

/**
 * Reads the participants: one file each, `<CC>.yaml` in `folder`, or `<CC>/<CC>.yaml` for a country that has a folder of its own. It ignores files of other kinds,
 * the tables of cases for `istmo policy test` (`<CC>.policy-test.yaml`) and mappings (`<CC>.mapping.yaml`). A wrong file makes the country of its name unavailable, and changes no other country.
 * @throws {ConfigError} if the folder cannot be read or has no file of a participant. The message says what was expected, and the remedy.
 */
export async function readParticipants(folder: string, defaults: SubgraphDefaults): Promise<Participants> {
  const listed = await listFolder(folder)
  const ownFolders = await Promise.all(listed.filter(isCountryCode).map((name) => findInOwnFolder(folder, name)))
  const names = [...listed.filter(isParticipantFile), ...ownFolders.flat()].sort()
  if (names.length === 0) {
    throw new ConfigError(
      `${folder}: expected one file per participant, such as GT.yaml; came none. Add one, or remove --countries.`,
    )
  }
  const participants = new Map<string, Participant>()
  const strays: string[] = []
  for (const read of await Promise.all(names.map((name) => readParticipant(folder, name, defaults)))) {
    if (read instanceof ConfigError) strays.push(read.message)
    else {
      const { country } = read
      const twice = `${folder}: expected one file for ${country}; came two. Remove one.`
      participants.set(country, participants.has(country) ? makeUnavailable(read, twice) : read)
    }
  }
  return Object.freeze({ participants: Object.freeze([...participants.values()]), strays })
}

/** Reads one file. Returns what is wrong with it if it is wrong and its name does not say which country's file it is. */
async function readParticipant(
  folder: string,
  name: string,
  defaults: SubgraphDefaults,
): Promise<Participant | ConfigError> {
  try {
    return toParticipant(await readCountryFile(join(folder, name)), defaults)
  } catch (error) {
    const country = basename(name, extname(name))
    if (!(error instanceof ConfigError)) throw error
    if (!isCountryCode(country)) return error
    const domains = Object.fromEntries(DOMAINS.map((domain) => [domain, { ...defaults, url: NOWHERE }]))
    const unknown = { country, name: { es: country, en: country }, domains, access: closedAccess(country) }
    return makeUnavailable(unknown, error.message)
  }
}

/** The address of a domain that nobody knows, because the country's file cannot be read (RFC 6761, section 6.4). */
export const NOWHERE = 'https://configuration.invalid/'

/**
 * Makes a participant unavailable because what its file says is wrong. It recognises nobody, and the gateway asks it for nothing.
 * @param reason what is wrong, and the remedy.
 */
export function makeUnavailable({ country, name, domains }: Participant, reason: string): Participant {
  // The country's SDL and policies may be what is wrong.
  const plain = Object.entries(domains).map(([domain, { sdl: _, ...endpoint }]) => [domain, endpoint])
  const unavailable = { code: 'CONFIGURATION_INVALID', reason, since: null } as const
  return Object.freeze({
    country,
    name,
    domains: Object.fromEntries(plain),
    access: closedAccess(country),
    unavailable,
  })
}

/** What files of a country are called that may lie beside it and that are not for a gateway. */
const OTHER_KINDS = ['.policy-test.yaml', '.mapping.yaml']

function isParticipantFile(name: string): boolean {
  return ['.yaml', '.yml'].includes(extname(name)) && !OTHER_KINDS.some((ending) => name.endsWith(ending))
}

/** Bundles of countries have files of the same names, so each can have a folder of its own. */
async function findInOwnFolder(folder: string, country: string): Promise<readonly string[]> {
  const names = await readdir(join(folder, country)).catch((): string[] => [])
  return names.filter((name) => name === `${country}.yaml`).map((name) => join(country, name))
}

async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (cause) {
    throw new ConfigError(`${folder}: expected a readable folder. Correct --countries (COUNTRIES_DIR).`, {
      cause,
    })
  }
}

function toParticipant(
  { domains, legTokens, legClaims, suspended, questions, namedFiles: _, ...file }: CountryFile,
  defaults: SubgraphDefaults,
): Participant {
  const read = new Set([...legClaims, ...file.access.policies.reads()])
  const groundsRead = GROUNDS_PARTS.filter((part) => read.has(part))
  const toSubgraph = (settings: DomainSettings): NationalSubgraph =>
    Object.freeze({
      ...defaults,
      ...settings,
      ...(legTokens === 'once' && { legTokens }),
      ...(groundsRead.length > 0 && { groundsRead }),
    })
  const subgraphs = [...domains].map(([domain, settings]) => [domain, toSubgraph(settings)] as const)
  // A country that takes no authority's word demands no signed questions, because nobody could say whose key signs one.
  const unsigned = file.callers === undefined ? [] : listUnsignedDomains(questions)
  return Object.freeze({
    ...file,
    domains: Object.freeze(Object.fromEntries(subgraphs)),
    ...(unsigned.length > 0 && { unsigned: Object.freeze(unsigned) }),
    ...(suspended && { unavailable: Object.freeze({ code: 'SUSPENDED', ...suspended }) }),
  })
}
