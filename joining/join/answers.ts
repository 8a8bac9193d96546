/** What `istmo join` must know of a country, in which form. */
import { isIP } from 'node:net'
import { z } from 'zod'
import { isKeyName } from '../../audit/note/key.ts'
import { isCountryCode } from '../../contract/country-code.ts'
import { type Domain, isDomain } from '../../contract/domain.ts'
import { LANGUAGES, type Language } from '../../contract/language.ts'
import { isDevelopmentName, isThisMachine } from '../../service/addresses.ts'
import type { OptionSpec } from '../../service/command-spec.ts'
import { ConfigError } from '../../service/config-error.ts'
import { readYamlFile } from '../../service/yaml-file.ts'

/** What a country answers. Texts are as it gave them, after they were checked. */
export interface Answers {
  /** ISO 3166-1 alpha-2, or UN. */
  readonly country: string
  readonly nameEs: string
  readonly nameEn: string
  readonly domains: readonly Domain[]
  /** The name or address under which the gateway reaches the node. */
  readonly host: string
  readonly port: number
  /** The address to listen on. */
  readonly listen: string
  /** `postgres://…`, or `embedded`. */
  readonly database: string
  /** Whom to contact about a hit. */
  readonly contact: string
  /** The name of the country's audit log. */
  readonly logName: string
  /** The URL at which the authorities of other countries reach the country's witness. */
  readonly witness: string
  readonly gatewayName: string
  /** The gateway's public key set: a URL, or the path of a file; empty if it did not come yet. */
  readonly gatewayKeys: string
  /** The path of a PEM file with the authorities of the gateway's certificate; empty if it did not come yet. */
  readonly gatewayCa: string
  /** `own`: an authority of the country's own is made. `csr`: a certificate request for the authority that the country has. */
  readonly tls: 'own' | 'csr'
}

/** The name of an answer, as in a file of answers. */
export type AnswerKey = keyof Answers

/** One thing to ask. */
interface AnswerSpec extends Pick<OptionSpec, 'flag' | 'value' | 'meaning' | 'expected' | 'isSecret'> {
  readonly meaning: string
  readonly expected: string
  /** Returns what the text means; undefined if it does not have the expected form. */
  readonly parse: (text: string) => unknown
  /** What counts if nobody answers; null if somebody must. */
  readonly fallback: (known: Partial<Answers>) => string | null
}

const LINE = /^[^\p{Cc}]+$/u

/** A text of one line that a shell, systemd and a container read alike, in quotes of one kind. */
function parseLine(text: string): string | undefined {
  const trimmed = text.trim()
  return trimmed !== '' && trimmed.length <= 200 && LINE.test(trimmed) && !/['"\\`$]/.test(trimmed)
    ? trimmed
    : undefined
}

function nameIn(language: string, { country }: Partial<Answers>): string | null {
  if (country === undefined) return null
  if (country === 'UN') return language === 'es' ? 'Naciones Unidas' : 'United Nations'
  return new Intl.DisplayNames([language], { type: 'region' }).of(country) ?? null
}

const NAME = { value: 'name', expected: 'a name of one line, without quotes' } as const

/** Each thing that is asked, in this order. The command line and the file of answers are made from this table. */
export const ANSWER_SPECS: Readonly<Record<AnswerKey, AnswerSpec>> = {
  country: {
    flag: 'country',
    value: 'code',
    meaning: 'the country’s code',
    expected: 'a code of ISO 3166-1 alpha-2, or UN',
    parse: (text) => (isCountryCode(text.toUpperCase()) ? text.toUpperCase() : undefined),
    fallback: () => null,
  },
  nameEs: {
    ...NAME,
    flag: 'name-es',
    meaning: 'the country’s name in Spanish',
    parse: parseLine,
    fallback: (known) => nameIn('es', known),
  },
  nameEn: {
    ...NAME,
    flag: 'name-en',
    meaning: 'the country’s name in English',
    parse: parseLine,
    fallback: (known) => nameIn('en', known),
  },
  domains: {
    flag: 'domains',
    value: 'names',
    meaning: 'what the country publishes',
    expected: 'one or more of cases, persons, legal, separated by commas',
    parse: parseDomains,
    fallback: () => 'cases,persons,legal',
  },
  host: {
    flag: 'address',
    value: 'host',
    meaning: 'the name or address under which the gateway reaches the node',
    expected: 'a host name such as istmo.mp.gob.ni, or an IP address, without https:// and without a port',
    parse: parseHost,
    fallback: () => null,
  },
  port: {
    flag: 'port',
    value: 'number',
    meaning: 'the port of the node',
    expected: 'a whole number from 1 to 65535',
    parse: (text) => (/^[1-9]\d{0,4}$/.test(text) && Number(text) < 65_536 ? Number(text) : undefined),
    fallback: () => '4443',
  },
  listen: {
    flag: 'listen',
    value: 'address',
    meaning: 'the address of this machine on which the node listens',
    expected: 'an IPv4 or IPv6 address; 0.0.0.0 is each address of this machine',
    parse: (text) => (isIP(text) === 0 ? undefined : text),
    fallback: () => '0.0.0.0',
  },
  database: {
    flag: 'database',
    value: 'url',
    isSecret: true,
    meaning: 'the PostgreSQL server for the rows, or `embedded`',
    expected:
      'postgres://USER:PASSWORD@HOST/DATABASE, percent-encoded; postgres:///DATABASE?host=FOLDER over a socket; or embedded',
    parse: parseDatabase,
    fallback: () => 'embedded',
  },
  contact: {
    flag: 'contact',
    value: 'text',
    meaning: 'whom other countries contact about a hit',
    expected: 'a text of one line, without quotes, such as Unidad de Cooperación, +505 2222 0000',
    parse: parseLine,
    fallback: () => null,
  },
  logName: {
    flag: 'log-name',
    value: 'name',
    meaning: 'the name of the country’s audit log, for ever',
    expected:
      'a name that you own, such as istmo.mp.gob.ni/ni, without spaces and plus signs; not one of .example or .test',
    parse: parseLogName,
    fallback: ({ host, country }) => {
      const name = `${host}/${country?.toLowerCase()}`
      return host === undefined || country === undefined || parseLogName(name) === undefined ? null : name
    },
  },
  witness: {
    flag: 'witness',
    value: 'url',
    meaning: 'where the authorities of other countries reach the country’s witness',
    expected:
      'an http URL such as http://istmo.mp.gob.ni:4106/, or an https URL if a proxy with TLS stands before the witness',
    parse: parseWitnessUrl,
    fallback: ({ host }) => (host === undefined ? null : `http://${host.includes(':') ? `[${host}]` : host}:4106/`),
  },
  gatewayName: {
    flag: 'gateway-name',
    value: 'name',
    meaning: 'the gateway’s name: the `iss` of its leg tokens',
    expected: 'the name that the gateway’s operator told you',
    parse: parseLine,
    fallback: () => 'istmo',
  },
  gatewayKeys: {
    flag: 'gateway-keys',
    value: 'url|file',
    meaning: 'the gateway’s public key set, if you have it already',
    expected: 'an https URL, or the path of the file leg.jwks.json that the gateway’s operator gave you',
    parse: (text) => (/^http:/i.test(text) || !LINE.test(text) || /['"\\`$]/.test(text) ? undefined : text),
    fallback: () => '',
  },
  gatewayCa: {
    flag: 'gateway-ca',
    value: 'file',
    meaning: 'the authority of the gateway’s certificate, if you have it already',
    expected: 'the path of the file ca.cert.pem that the gateway’s operator gave you',
    parse: (text) => (LINE.test(text) ? text : undefined),
    fallback: () => '',
  },
  tls: {
    flag: 'tls',
    value: 'how',
    meaning: 'who issues the node’s certificate: an authority that is made here, or yours',
    expected: 'own, or csr for a certificate request to the authority that your country has',
    parse: (text) => (text === 'own' || text === 'csr' ? text : undefined),
    fallback: () => 'own',
  },
}

/** The names of all answers, in the order in which they are asked. */
export const ANSWER_KEYS = Object.keys(ANSWER_SPECS) as readonly AnswerKey[]

function parseDomains(text: string): readonly Domain[] | undefined {
  const names = text.split(',').map((name) => name.trim())
  return names.every(isDomain) && new Set(names).size === names.length ? (names as Domain[]) : undefined
}

function parseHost(text: string): string | undefined {
  if (isIP(text) !== 0) return text
  const isName = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i.test(
    text,
  )
  return isName && !/^[\d.]+$/.test(text) ? text.toLowerCase() : undefined
}

function parseDatabase(text: string): string | undefined {
  if (text === 'embedded') return text
  // The platform refuses a URL with a user and without a host, whose socket is in `host=`. PostgreSQL's own programs take it, and so does the driver.
  const url = /^postgres(?:ql)?:\/\/[^\s'"\\`$]+$/.test(text) ? URL.parse(text.replace('@/', '@localhost/')) : null
  return url === null || url.pathname.length < 2 ? undefined : text
}

function parseLogName(text: string): string | undefined {
  const isFree = isKeyName(text) && text.length <= 100 && /^[\w.\-/:]+$/.test(text)
  return isFree && !isDevelopmentName(`https://${text}`) && !isThisMachine(text) ? text : undefined
}

function parseWitnessUrl(text: string): string | undefined {
  const url = /^https?:\/\/[\w.:[\]/-]+$/i.test(text) ? URL.parse(text) : null
  return url === null || url.username !== '' || url.hostname === '' ? undefined : url.href
}

const givenSchema = z
  .strictObject(
    Object.fromEntries(
      ANSWER_KEYS.map((key) => [
        key,
        z
          .union([z.string(), z.number(), z.array(z.string())], 'expected a text, a number or a list of texts')
          .optional(),
      ]),
    ) as Record<AnswerKey, z.ZodOptional<z.ZodUnion<[z.ZodString, z.ZodNumber, z.ZodArray<z.ZodString>]>>>,
  )
  .extend({ lang: z.enum(LANGUAGES).optional() })

/** Answers as they were given, by key: not checked yet. */
export type GivenAnswers = Readonly<Partial<Record<AnswerKey, string>>>

/** What a file of answers has. */
export interface AnswersFile {
  readonly answers: GivenAnswers
  /** The language of the pages and comments of the folder; undefined if the file does not say it. */
  readonly lang: Language | undefined
}

/**
 * Reads a file of answers: YAML with the keys of {@link ANSWER_SPECS} and, if wanted, `lang`.
 * @throws {ConfigError} if it is not one. The message names the file, the key and what was expected.
 */
export async function readAnswersFile(file: string): Promise<AnswersFile> {
  const remedy = `The keys are ${ANSWER_KEYS.join(', ')}, lang.`
  const given = await readYamlFile(file, givenSchema, { remedy })
  const texts: Partial<Record<AnswerKey, string>> = {}
  for (const key of ANSWER_KEYS) {
    const value = given[key]
    if (value === undefined) continue
    const text = Array.isArray(value) ? value.join(',') : String(value)
    if (ANSWER_SPECS[key].parse(text) === undefined && text !== '')
      throw new ConfigError(describeWrong(file, key, text))
    texts[key] = text
  }
  return { answers: texts, lang: given.lang }
}

function describeWrong(file: string, key: AnswerKey, text: string): string {
  const { expected, isSecret } = ANSWER_SPECS[key]
  return `${file}: ${key}: expected ${expected}; came ${isSecret === true ? 'something else' : JSON.stringify(text)}`
}
