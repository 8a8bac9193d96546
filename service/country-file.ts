/**
 * The file of a country, `<CC>.yaml`: where its domains are served, whom it recognises, and by which policies it decides. The gateway
 * reads the published copy, and the country's node reads its own. Both have the same form, so that neither accepts what the other rejects.
 */
import { basename, extname, resolve } from 'node:path'
import { z } from 'zod'
import { parseVerifierKey } from '../audit/note/key.ts'
import { followRotations, parseRotation } from '../audit/note/rotation.ts'
import type { CountryAccess } from '../contract/access/country-access.ts'
import { createPolicySet } from '../contract/access/policy-set.ts'
import { taskForcesSchema } from '../contract/access/recognition.ts'
import { isCountryCode } from '../contract/country-code.ts'
import { DOMAINS, type Domain } from '../contract/domain.ts'
import { parseDuration } from '../contract/duration.ts'
import { GROUNDS_PARTS, type GroundsPart, LEG_TOKEN_USES, type LegTokenUse } from '../contract/leg-token.ts'
import { type CallerPartner, callersSchema, readCallerPartners } from './country-file-callers.ts'
import { patchDomains, tightenSchema, withholdSchema } from './country-file-patch.ts'
import {
  capsSchema,
  partnersSchema,
  type QuestionSettings,
  questionsSchema,
  toQuestionSettings,
} from './country-file-questions.ts'
import { readServerTrust, tlsSchema } from './country-file-tls.ts'
import { describeFileError } from './describe-error.ts'
import type { ServerTrust } from './http/server-trust.ts'
import { readPlainFile } from './read-plain-file.ts'
import { suspendersSchema } from './suspensions/suspenders.ts'
import type { SuspensionSigner } from './suspensions/suspensions.ts'
import { readYamlFile, wrongSetting } from './yaml-file.ts'

const REMEDY = 'docs/operating.md describes each setting; countries/ has examples.'

/** The settings of one domain. Only the gateway uses all but `sdl`. */
const domainSchema = z.strictObject({
  /** Where the domain is served: an http(s) URL without credentials and fragment. */
  url: z.string().refine(isEndpointUrl, 'expected an http or https URL without credentials and without «#»'),
  /** How long one leg may take from its start to its last byte, in milliseconds. Default: the gateway's `--leg-deadline`. */
  deadlineMs: z.int().min(1).max(600_000).optional(),
  /** The largest answer that the gateway reads, in bytes after inflating. Default: the gateway's `--max-answer-bytes`. */
  maxAnswerBytes: z.int().min(1024).max(1_073_741_824).optional(),
  /** The country's own SDL of the domain: a path from the folder of this file. Absent: the contract's complete domain. */
  sdl: z.string().min(1).optional(),
  /** By what the gateway knows the domain's server: the country's own authorities or pins. Absent: those of the operating system. */
  tls: tlsSchema.optional(),
})

const domainsShape = Object.fromEntries(DOMAINS.map((domain) => [domain, domainSchema.optional()])) as Record<
  Domain,
  z.ZodOptional<typeof domainSchema>
>

const countrySchema = z.strictObject({
  /** ISO 3166-1 alpha-2, or UN. The file has the same name. */
  country: z.string().refine(isCountryCode, 'expected an ISO 3166-1 alpha-2 code, or UN'),
  /** The country's name in Spanish and in English. */
  name: z.strictObject({ es: z.string().min(1), en: z.string().min(1) }),
  /** What it publishes, by domain; at least one. */
  domains: z
    .strictObject(domainsShape)
    .refine((domains) => Object.keys(domains).length > 0, 'expected at least one domain'),
  /** The task forces that the country has joined. Absent: it recognises nobody, and serves only fields without a rule. */
  taskForces: taskForcesSchema.default([]),
  /** Whose officers its node believes, by whose word. Absent: it answers only legs without a caller. */
  callers: callersSchema.optional(),
  /** Who may suspend at its node (docs/design/trust.md, Stop). The one whose name is the country's code is the country itself. */
  suspenders: suspendersSchema.default([]),
  /** For which domains the country demands signed questions. Default: for each. */
  questions: questionsSchema.optional(),
  /** How much one question may take. */
  caps: capsSchema.optional(),
  /** Whose nodes' word counts that a question led to an id. */
  partners: partnersSchema.optional(),
  /** The file of its Cedar policies: a path from the folder of this file. Absent: it denies each field with `@policy`. */
  policies: z.string().min(1).optional(),
  /** Where it demands more of a caller than the contract, or than its SDL: by a field or a type. */
  tighten: tightenSchema.default({}),
  /** Nullable fields, and types, that it does not publish. */
  withhold: withholdSchema.default([]),
  /** `once`: its node accepts a leg token a single time, so each leg and each retry gets a new one. */
  legTokens: z.enum(LEG_TOKEN_USES).default('reuse'),
  /**
   * What each leg carries to the country besides the purpose. Without it, a leg carries what a policy reads. A service behind a sidecar may
   * filter its rows by the case, which no policy shows.
   */
  legClaims: z.array(z.enum(GROUNDS_PARTS)).default([]),
  /**
   * The verifier key of the country's own audit log (C2SP signed note), and whether the gateway drops an answer without its receipt.
   * `rotations`: the proofs of the rotations of that key, oldest first, as paths from the folder of this file.
   */
  receipts: z
    .strictObject({
      vkey: z.string().min(1),
      required: z.boolean().default(true),
      rotations: z.array(z.string().min(1)).default([]),
    })
    .optional(),
  /** Whether the gateway asks the country for nothing, until the file says otherwise: `true`, or since when and why. */
  suspended: z
    .union([
      z.boolean(),
      z.strictObject({
        /** A date of ISO 8601. */
        since: z.iso.date().optional(),
        /** For the operators of the gateway. */
        reason: z.string().min(1).max(500).optional(),
      }),
    ])
    .default(false),
  /**
   * How many rows of the country one caller may be given on one day of UTC. The country's node counts, and the gateway too. Default: the
   * gateway's `--rows-per-day`, and 20,000 at the node.
   */
  rowsPerDay: z.int().min(1).max(1_000_000_000).optional(),
  /** How many different hit searches one caller may ask the country's node on one day of UTC. Default: 2,000. */
  hitsPerDay: z.int().min(1).max(1_000_000).optional(),
  /** How long the gateway's audit log may be without a quorum of witnesses before the gateway sends the country no legs. Absent: for ever. */
  unwitnessed: z
    .strictObject({
      /** A duration of ISO 8601. */
      refuseAfter: z.string().refine((text) => parseDuration(text) !== undefined, 'expected a duration, such as PT4H'),
    })
    .optional(),
})
type CountrySettings = z.output<typeof countrySchema>

/** The settings of one domain, with its SDL read. */
export interface DomainSettings {
  readonly url: string
  /** In milliseconds. */
  readonly deadlineMs?: number
  /** In bytes. */
  readonly maxAnswerBytes?: number
  /** The text of the country's own SDL with its patch, not checked. Absent: the contract's complete domain. */
  readonly sdl?: string
  readonly tls?: ServerTrust
}

/** A country's file, checked, with the files beside it that it names. */
export interface CountryFile {
  readonly country: string
  readonly name: { readonly es: string; readonly en: string }
  /** In the order of the file. */
  readonly domains: ReadonlyMap<Domain, DomainSettings>
  /** Whom the country recognises, and its policies. */
  readonly access: CountryAccess
  /** The authorities whose word the country takes. Absent if the file has no `callers`. */
  readonly callers?: readonly CallerPartner[]
  /** Who may suspend. The one with `isOwner` is the country itself. */
  readonly suspenders: readonly SuspensionSigner[]
  /** The absolute paths of the files beside it that it names, whose texts count as much as its own. */
  readonly namedFiles: readonly string[]
  /** What the country demands of the questions that lead to it. */
  readonly questions: QuestionSettings
  readonly legTokens: LegTokenUse
  /** The parts of the grounds that the country asks for, besides those that its policies read. */
  readonly legClaims: readonly GroundsPart[]
  /** `rotations` has the texts of the proofs. */
  readonly receipts?: { readonly vkey: string; readonly required: boolean; readonly rotations: readonly string[] }
  /** In milliseconds. */
  readonly refuseUnwitnessedAfterMs?: number
  readonly rowsPerDay?: number
  readonly hitsPerDay?: number
  /** Set if the country is suspended. */
  readonly suspended?: { readonly since: string | null; readonly reason: string | null }
}

/**
 * Reads a country's file, and the policies and SDLs that it names.
 * @param file the path of `<CC>.yaml`.
 * @throws {ConfigError} if a file is wrong. The message names the file, the path of the setting in it, what was expected, and the remedy.
 */
export async function readCountryFile(file: string): Promise<CountryFile> {
  const settings = await readYamlFile(file, countrySchema, { remedy: REMEDY })
  const { country, name, legTokens, legClaims, receipts, unwitnessed, rowsPerDay, hitsPerDay } = settings
  const fileName = basename(file, extname(file))
  if (fileName !== country) {
    const remedy = `Rename the file to ${country}.yaml, or correct the country.`
    throw wrongSetting(file, 'country', `expected ${fileName}; came ${country}. ${remedy}`)
  }
  const access = await readAccess(file, settings)
  return Object.freeze({
    country,
    name,
    domains: await readDomains(file, settings, access),
    access,
    suspenders: settings.suspenders.map((one) => Object.freeze({ ...one, isOwner: one.name === country })),
    namedFiles: listNamedFiles(file, settings),
    legTokens,
    legClaims,
    questions: toQuestionSettings(settings),
    ...(settings.callers && { callers: await readCallerPartners(file, settings.callers) }),
    ...(receipts && { receipts: await readReceipts(file, receipts) }),
    ...(rowsPerDay !== undefined && { rowsPerDay }),
    ...(hitsPerDay !== undefined && { hitsPerDay }),
    ...(settings.suspended !== false && { suspended: readSuspension(settings.suspended) }),
    ...(unwitnessed && { refuseUnwitnessedAfterMs: parseDuration(unwitnessed.refuseAfter) ?? 0 }),
  })
}

function listNamedFiles(file: string, { policies, domains }: CountrySettings): readonly string[] {
  const paths = [policies, ...Object.values(domains).map((domain) => domain?.sdl)]
  return paths.flatMap((path) => (path === undefined ? [] : [resolve(file, '..', path)]))
}

function readSuspension(
  suspended: Exclude<CountrySettings['suspended'], false>,
): NonNullable<CountryFile['suspended']> {
  if (suspended === true) return Object.freeze({ since: null, reason: null })
  const { since = null, reason = null } = suspended
  return Object.freeze({ since, reason })
}

async function readReceipts(
  file: string,
  { vkey, required, rotations: paths }: NonNullable<CountrySettings['receipts']>,
): Promise<NonNullable<CountryFile['receipts']>> {
  const key = orWrong(file, 'receipts.vkey', () => parseVerifierKey(vkey))
  const rotations = await Promise.all(paths.map((path, at) => readBeside(file, `receipts.rotations.${at}`, path)))
  orWrong(file, 'receipts.rotations', () => followRotations([key], rotations.map(parseRotation)))
  return Object.freeze({ vkey, required, rotations })
}

function orWrong<Value>(file: string, setting: string, read: () => Value): Value {
  try {
    return read()
  } catch (cause) {
    throw wrongSetting(file, setting, `${(cause as Error).message}. Copy it from the country.`, cause)
  }
}

async function readDomains(
  file: string,
  { domains, tighten, withhold }: CountrySettings,
  { policies }: CountryAccess,
): Promise<CountryFile['domains']> {
  const read = new Map<Domain, DomainSettings>()
  for (const [domain, settings] of Object.entries(domains)) {
    if (settings !== undefined) read.set(domain as Domain, await readDomain(file, domain, settings))
  }
  const published = new Map([...read].map(([domain, { sdl }]) => [domain, sdl]))
  const patched = await patchDomains(file, { tighten, withhold, published, decides: policies.decides })
  return new Map(
    [...read].map(([domain, settings]) => {
      const sdl = patched.get(domain)
      return [domain, sdl === undefined ? settings : Object.freeze({ ...settings, sdl })]
    }),
  )
}

async function readDomain(
  file: string,
  domain: string,
  { url, deadlineMs, maxAnswerBytes, sdl, tls }: z.output<typeof domainSchema>,
): Promise<DomainSettings> {
  const trust = await readServerTrust(file, `domains.${domain}.tls`, { url, tls })
  return Object.freeze({
    url,
    ...(deadlineMs !== undefined && { deadlineMs }),
    ...(maxAnswerBytes !== undefined && { maxAnswerBytes }),
    ...(sdl !== undefined && { sdl: await readBeside(file, `domains.${domain}.sdl`, sdl) }),
    ...(trust && { tls: trust }),
  })
}

async function readAccess(file: string, { country, taskForces, policies }: CountrySettings): Promise<CountryAccess> {
  const text = policies === undefined ? '' : await readBeside(file, 'policies', policies)
  try {
    return Object.freeze({ country, taskForces, policies: createPolicySet(country, text) })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw wrongSetting(file, 'policies', `${reason} Correct ${resolve(file, '..', policies ?? '')}.`, cause)
  }
}

/** How large a file may be that a country's file names, in bytes. */
const MAX_NAMED_FILE = 1_048_576

/** Reads a file that a setting of the country's file names, from that file's folder. */
async function readBeside(file: string, setting: string, path: string): Promise<string> {
  try {
    return readPlainFile(resolve(file, '..', path), MAX_NAMED_FILE)
  } catch (cause) {
    const reason = describeFileError(cause)
    throw wrongSetting(file, setting, `expected a readable file; came ${path}: ${reason}. Correct the path.`, cause)
  }
}

function isEndpointUrl(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false
  return url.username === '' && url.password === '' && !text.includes('#')
}
