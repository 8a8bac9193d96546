import { readdir, readFile } from 'node:fs/promises'
import { basename, extname, join, resolve } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { parseVerifierKey } from '../../audit/note/key.ts'
import { ACCESS_SETTINGS } from '../../contract/access/access-settings.ts'
import type { CountryAccess } from '../../contract/access/country-access.ts'
import { createPolicySet } from '../../contract/access/policy-set.ts'
import { isCountryCode } from '../../contract/country-code.ts'
import { DOMAINS } from '../../contract/domain.ts'
import { parseDuration } from '../../contract/duration.ts'
import { ConfigError } from '../../service/config-error.ts'
import type { NationalSubgraph, Participant, ReceiptSettings } from '../types/flow.ts'

/** What a subgraph has where its country's file says nothing else. */
export interface SubgraphDefaults {
  readonly deadlineMs: number
  readonly maxAnswerBytes: number
}

const subgraphSchema = z.strictObject({
  /** Where the domain is served: an http(s) URL without credentials and fragment. */
  url: z.string().refine(isEndpointUrl, 'expected an http or https URL without credentials and without «#»'),
  /** How long one leg may take from its start to its last byte, in milliseconds. Default: `--leg-deadline`. */
  deadlineMs: z.int().min(1).max(600_000).optional(),
  /** The largest answer that is read, in bytes after inflating. Default: `--max-answer-bytes`. */
  maxAnswerBytes: z.int().min(1024).max(1_073_741_824).optional(),
  /** The country's own SDL of the domain: a path from the folder of this file. Without it, the contract's whole domain. */
  sdl: z.string().min(1).optional(),
})

const participantSchema = z.strictObject({
  /** ISO 3166-1 alpha-2, or UN; the file has the same name. */
  country: z.string().refine(isCountryCode, 'expected an ISO 3166-1 alpha-2 code, or UN'),
  /** The country's name in Spanish and in English. */
  name: z.strictObject({ es: z.string().min(1), en: z.string().min(1) }),
  /** What it publishes, by domain; at least one. */
  domains: z
    .strictObject(Object.fromEntries(DOMAINS.map((domain) => [domain, subgraphSchema.optional()])))
    .refine((domains) => Object.keys(domains).length > 0, 'expected at least one domain'),
  ...ACCESS_SETTINGS,
})
type ParticipantFile = z.infer<typeof participantSchema>

/**
 * The participants, in code order: one file `<CC>.yaml` each in `folder`. Files of other kinds are not looked at, nor tables of
 * cases for `istmo policy test` (`<CC>.policy-test.yaml`).
 * @throws {ConfigError} naming file, path, what was expected and the remedy.
 */
export async function readParticipants(folder: string, defaults: SubgraphDefaults): Promise<readonly Participant[]> {
  const names = (await listFolder(folder)).filter(isParticipantFile).sort()
  if (names.length === 0) {
    throw new ConfigError(
      `${folder}: expected one file per participant, as GT.yaml; came none. Add one, or leave --countries out.`,
    )
  }
  const participants = await Promise.all(names.map((name) => readParticipant(join(folder, name), defaults)))
  const doubled = participants.find(({ country }, index) => participants[index + 1]?.country === country)
  if (doubled !== undefined) {
    throw new ConfigError(`${folder}: expected one file for ${doubled.country}; came two. Remove one.`)
  }
  return Object.freeze(participants)
}

function isParticipantFile(name: string): boolean {
  return ['.yaml', '.yml'].includes(extname(name)) && !name.endsWith('.policy-test.yaml')
}

async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (cause) {
    throw new ConfigError(`${folder}: expected a folder that can be read. Correct --countries (COUNTRIES_DIR).`, {
      cause,
    })
  }
}

async function readParticipant(file: string, defaults: SubgraphDefaults): Promise<Participant> {
  const parsed = participantSchema.safeParse(await readYaml(file))
  if (!parsed.success) throw wrongFile(file, parsed.error)
  const { country, name, domains, legTokens, receipts, unwitnessed } = parsed.data
  const common = { ...defaults, ...(legTokens === 'once' && { legTokens }) }
  if (basename(file, extname(file)) !== country) {
    throw new ConfigError(
      `${file}: country: expected the file's own name; came ${country}. Rename the file to ${country}.yaml.`,
    )
  }
  const entries = await Promise.all(
    Object.entries(domains).map(async ([domain, subgraph]) =>
      subgraph === undefined ? [] : [[domain, await toSubgraph(file, domain, subgraph, common)] as const],
    ),
  )
  return Object.freeze({
    country,
    name,
    domains: Object.freeze(Object.fromEntries(entries.flat())),
    access: await readAccess(file, parsed.data),
    ...(receipts && { receipts: readReceipts(file, receipts) }),
    ...(unwitnessed && { refuseUnwitnessedAfterMs: parseDuration(unwitnessed.refuseAfter) ?? 0 }),
  })
}

function readReceipts(file: string, receipts: ReceiptSettings): ReceiptSettings {
  try {
    parseVerifierKey(receipts.vkey)
    return Object.freeze(receipts)
  } catch (cause) {
    throw new ConfigError(`${file}: receipts.vkey: ${(cause as Error).message}. Copy it from the country.`, { cause })
  }
}

async function readAccess(file: string, { country, taskForces, policies }: ParticipantFile): Promise<CountryAccess> {
  const text = policies === undefined ? '' : await readBeside(file, 'policies', policies)
  try {
    return Object.freeze({ country, taskForces, policies: createPolicySet(country, text) })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigError(`${file}: policies: ${reason} Correct ${policies}.`, { cause })
  }
}

/** Reads a file that a setting of the country's file names, from that file's folder. */
async function readBeside(file: string, setting: string, path: string): Promise<string> {
  try {
    return await readFile(resolve(file, '..', path), 'utf8')
  } catch (cause) {
    throw new ConfigError(`${file}: ${setting}: expected a file that can be read; came ${path}.`, { cause })
  }
}

async function readYaml(file: string): Promise<unknown> {
  try {
    return parseYaml(await readFile(file, 'utf8'))
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : ''
    throw new ConfigError(`${file}: expected a YAML file: ${reason} Correct it; countries/ has examples.`, { cause })
  }
}

async function toSubgraph(
  file: string,
  domain: string,
  subgraph: NonNullable<ParticipantFile['domains'][string]>,
  common: Pick<NationalSubgraph, 'deadlineMs' | 'maxAnswerBytes' | 'legTokens'>,
): Promise<NationalSubgraph> {
  const { url, deadlineMs = common.deadlineMs, maxAnswerBytes = common.maxAnswerBytes } = subgraph
  const endpoint = { ...common, url, deadlineMs, maxAnswerBytes }
  if (subgraph.sdl === undefined) return Object.freeze(endpoint)
  const sdl = await readBeside(file, `domains.${domain}.sdl`, subgraph.sdl)
  return Object.freeze({ ...endpoint, sdl })
}

function wrongFile(file: string, error: z.ZodError): ConfigError {
  const issue = error.issues[0]
  const path = issue?.path.join('.') || '(the whole)'
  const remedy = 'docs/onboarding.md and docs/access.md say what the file holds; countries/ has examples.'
  return new ConfigError(`${file}: ${path}: ${issue?.message}. ${remedy}`, { cause: error })
}

function isEndpointUrl(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false
  return url.username === '' && url.password === '' && !text.includes('#')
}
