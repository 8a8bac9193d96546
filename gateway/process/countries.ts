/** The folder of the participating countries, which says whom the gateway may ask. */
import { readdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { GROUNDS_PARTS } from '../../contract/leg-token.ts'
import { ConfigError } from '../../service/config-error.ts'
import { type CountryFile, type DomainSettings, readCountryFile } from '../../service/country-file.ts'
import type { NationalSubgraph, Participant } from '../types/flow.ts'

/** The limits of a subgraph whose country's file sets none. */
export interface SubgraphDefaults {
  /** In milliseconds. */
  readonly deadlineMs: number
  /** In bytes. */
  readonly maxAnswerBytes: number
}

/**
 * Reads the participants: one file `<CC>.yaml` each in `folder`. It ignores files of other kinds, and the tables of cases for
 * `istmo policy test` (`<CC>.policy-test.yaml`).
 * @returns the participants, sorted by code.
 * @throws {ConfigError} if a file is wrong. The message names the file, the path, what was expected and the remedy.
 */
export async function readParticipants(folder: string, defaults: SubgraphDefaults): Promise<readonly Participant[]> {
  const names = (await listFolder(folder)).filter(isParticipantFile).sort()
  if (names.length === 0) {
    throw new ConfigError(
      `${folder}: expected one file per participant, such as GT.yaml; came none. Add one, or remove --countries.`,
    )
  }
  const files = await Promise.all(names.map((name) => readCountryFile(join(folder, name))))
  const duplicate = files.find(({ country }, index) => files[index + 1]?.country === country)
  if (duplicate !== undefined) {
    throw new ConfigError(`${folder}: expected one file for ${duplicate.country}; came two. Remove one.`)
  }
  return Object.freeze(files.map((file) => toParticipant(file, defaults)))
}

function isParticipantFile(name: string): boolean {
  return ['.yaml', '.yml'].includes(extname(name)) && !name.endsWith('.policy-test.yaml')
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
  { domains, legTokens, legClaims, ...file }: CountryFile,
  defaults: SubgraphDefaults,
): Participant {
  const read = new Set([...legClaims, ...file.access.policies.reads()])
  const groundsRead = GROUNDS_PARTS.filter((part) => read.has(part))
  const toSubgraph = (settings: DomainSettings): NationalSubgraph =>
    Object.freeze({
      ...{ ...defaults, ...settings },
      ...(legTokens === 'once' && { legTokens }),
      ...(groundsRead.length > 0 && { groundsRead }),
    })
  const subgraphs = [...domains].map(([domain, settings]) => [domain, toSubgraph(settings)] as const)
  return Object.freeze({ ...file, domains: Object.freeze(Object.fromEntries(subgraphs)) })
}
