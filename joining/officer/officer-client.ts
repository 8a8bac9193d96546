import { open, readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { type Client, createClient, type Grounds } from '../../clients/client.ts'
import type { ClientError } from '../../clients/client-error.ts'
import type { WriteJournal } from '../../clients/journal.ts'
import { PURPOSES } from '../../contract/access-token.ts'
import { parseJson } from '../../contract/json-value.ts'
import type { Language } from '../../contract/language.ts'
import { wordsOf } from '../../contract/words.ts'
import { type CommandLine, FILE } from '../../service/command-spec.ts'
import { LIST, NEEDED, TEXT } from '../../service/command-texts.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { createTrustedFetch } from '../../service/http/trusted-fetch.ts'
import { UsageError } from '../../service/usage-error.ts'
import { readYamlFile } from '../../service/yaml-file.ts'
import { COUNTRY, JOINING_TEXTS } from '../commands.ts'

/** How a command asks as an officer: the settings that the officer's country gives to its officers, and the client that they make. */

/** An option whose value is a purpose. */
export const PURPOSE = {
  expected: PURPOSES.join(', '),
  parse: (text: string) => PURPOSES.find((purpose) => purpose === text),
} as const

const OFFICER = JOINING_TEXTS.declare('officer', {
  options: {
    config: NEEDED,
    login: { ...FILE, isRequired: true },
    loginType: { parse: (text: string) => (text === 'id_token' || text === 'access_token' ? text : undefined) },
    purpose: PURPOSE,
    case: TEXT,
    caseFile: FILE,
    basis: LIST,
    countries: { ...COUNTRY, flag: 'country', isRepeated: true },
    journal: FILE,
  },
})

/** The options that say who asks, where, and on what grounds, with what the help says of them. */
export const OFFICER_OPTIONS = OFFICER.options

type AllOptions = CommandLine<typeof OFFICER>

/** What {@link OFFICER_OPTIONS} give. */
export type OfficerLine = Pick<AllOptions, 'config' | 'login'> & Partial<AllOptions>

/** The settings file. The officer's own country gives it to its officers. */
const settingsSchema = z.strictObject({
  /** The gateway's address, exactly as its operator publishes it. */
  gateway: z.url().refine((url) => !/[/?#]$/.test(url), 'expected an address without a slash at its end'),
  /** The authority's token endpoint. */
  authority: z.url(),
  /** The tool's client id at the authority. */
  client: z.string().min(1),
  /** The hash of the mandate, for officers with several. */
  mandate: z.string().length(43).optional(),
  /** The verifier keys of the countries' audit logs, by country. */
  keys: z.record(z.string(), z.string()).optional(),
  /** A PEM file, from the folder of this file, with the authorities that issue the servers' certificates. Default: the operating system's. */
  ca: z.string().min(1).optional(),
})

/** The file of a case that came with a mandate. */
const caseSchema = z.looseObject({ disclosure: z.string().regex(/^[\w-]{1,1024}$/) })

/**
 * Makes the client of an officer.
 * @param command the words of the command whose help lists the settings
 * @throws {UsageError} if the settings or the login cannot be read.
 */
export async function openOfficerClient(line: OfficerLine, language: Language, command: string): Promise<Client> {
  const settings = await readYamlFile(line.config, settingsSchema, {
    remedy: `«${command} --help» lists the settings.`,
  })
  const login = (await readText(line.login === '-' ? '/dev/stdin' : line.login, '--login')).trim()
  const { gateway, authority: token, client, mandate, keys } = settings
  const journal = line.journal === undefined ? undefined : createJournal(line.journal)
  const type = line.loginType ?? readLoginType(login)
  const ca = settings.ca && (await readText(resolve(dirname(line.config), settings.ca), `${line.config}: ca`))
  return createClient({
    gateway,
    language,
    fetch: createTrustedFetch(ca === undefined ? {} : { ca }),
    authority: { token, client, ...(mandate && { mandate }), providerToken: async () => ({ token: login, type }) },
    ...(keys && { keys }),
    ...(journal && { journal }),
  })
}

/**
 * Reads which token of a login provider a text is: an access token says so in its header (RFC 9068, section 2.1), and any other text is taken for an ID token. Only
 * the authority looks at the signature.
 */
export function readLoginType(login: string): 'id_token' | 'access_token' {
  try {
    const { typ } = Object(JSON.parse(Buffer.from(login.split('.', 1)[0] ?? '', 'base64url').toString('utf8')))
    return /^(application\/)?at\+jwt$/i.test(String(typ)) ? 'access_token' : 'id_token'
  } catch {
    return 'id_token'
  }
}

/** Reads the grounds of the questions. @throws {UsageError} if the file of the case is another one. */
export async function readGrounds(line: OfficerLine): Promise<Grounds> {
  const { purpose, case: caseId, caseFile, basis = [], countries = [] } = line
  return {
    ...(purpose !== undefined && { purpose }),
    ...(caseId !== undefined && { case: caseId }),
    ...(caseFile !== undefined && { caseDisclosure: await readCaseFile(caseFile) }),
    ...(basis.length > 0 && { basis }),
    ...(countries.length > 0 && { countries }),
  }
}

/** Reads a file that an option names. @throws {UsageError} if it cannot be read. */
export async function readText(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new UsageError(`${what}: expected a readable file; ${path} is none`, { cause })
  }
}

/** Reads the disclosure of a case, as `istmo mandates draft` writes it. */
async function readCaseFile(path: string): Promise<string> {
  const parsed = caseSchema.safeParse(parseJson(await readText(path, '--case-file')))
  if (parsed.success) return parsed.data.disclosure
  throw new UsageError('--case-file: expected the file that `istmo mandates draft` wrote for the case; came another')
}

/**
 * Creates what appends lines to a journal (docs/design/trust.md, The journal). Each is on the disk before the question is sent, or before the answer
 * is shown. So a question that the gateway, the authority or a country has in its log, and that the tool's journal lacks, was not asked by this
 * tool. A line has values and answers, so only the file's owner can read it. What it returns throws {UsageError} if the file cannot be opened.
 */
export function createJournal(path: string): WriteJournal {
  return (line) =>
    appendWhole(path, `${JSON.stringify(line)}\n`).catch((cause: NodeJS.ErrnoException) => {
      if (cause.syscall !== 'open') throw cause
      throw new UsageError(`--journal: expected a file that can be written; ${path}: ${describeFileError(cause)}`, {
        cause,
      })
    })
}

/**
 * Appends lines to a file that only its owner can read. What a crash or an editor left without an end does not become a part of them.
 * @param head the first line of a new file.
 */
export async function appendWhole(path: string, text: string, head = ''): Promise<void> {
  const file = await open(path, 'a+', 0o600)
  try {
    const { size } = await file.stat()
    const last = size === 0 ? null : (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0]
    const start = size === 0 ? head : last === 0x0a ? '' : '\n'
    await file.appendFile(`${start}${text}`)
    await file.sync()
  } finally {
    await file.close()
  }
}

const words = wordsOf({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})

/** The codes of an authority that gave no token, for which a text says what helps. */
const REFUSALS = ['AUDIENCE_NOT_ALLOWED', 'MANDATE_NONE', 'MANDATE_AMBIGUOUS', 'UNAVAILABLE'] as const

/** Words why there is no answer. */
export function wordClientError({ code, facts }: ClientError, language: Language): string {
  const say = words(language)
  const text = say(`errors.${code}`, facts)
  if (code !== 'TOKEN_REFUSED') return text
  // What the authority answered, such as `invalid_target AUDIENCE_NOT_ALLOWED`.
  const known = REFUSALS.find((refusal) => String(facts.error).split(' ').includes(refusal))
  return `${text} ${known === undefined ? say('logInAgain') : say(`tokenRemedies.${known}`)}`
}
