/** What `istmo join` must know of a country, in which form, and how it comes to know it. */
import { isIP } from 'node:net'
import { z } from 'zod'
import { isKeyName } from '../../audit/note/key.ts'
import { isCountryCode } from '../../contract/country-code.ts'
import { type Domain, isDomain } from '../../contract/domain.ts'
import { LANGUAGES, type Language } from '../../contract/language.ts'
import { isDevelopmentName, isThisMachine } from '../../service/addresses.ts'
import type { OptionSpec } from '../../service/command-spec.ts'
import { ConfigError } from '../../service/config-error.ts'
import { helpText } from '../../service/help-words.ts'
import { formatOrigin } from '../../service/http/listen.ts'
import { UsageError } from '../../service/usage-error.ts'
import { readYamlFile } from '../../service/yaml-file.ts'
import { JOINING_TEXTS } from '../commands.ts'
import { joinWords } from './words.ts'

/** One thing to ask. */
interface AnswerSpec extends Pick<OptionSpec, 'flag' | 'isSecret'> {
  readonly expected: string
  /** Returns what the text means; undefined if it does not have the expected form. */
  readonly parse: (text: string) => unknown
  /** What counts if nobody answers; null if somebody must. */
  readonly fallback: (known: Known) => string | null
}

/** The answers from which others are made. */
interface Known {
  readonly country?: string
  readonly host?: string
}

const LINE = /^[^\p{Cc}]+$/u

/** A text of one line that a shell, systemd and a container read alike, in quotes of one kind. */
function parseLine(text: string): string | undefined {
  const trimmed = text.trim()
  return trimmed !== '' && trimmed.length <= 200 && LINE.test(trimmed) && !/['"\\`$]/.test(trimmed)
    ? trimmed
    : undefined
}

function nameIn(language: string, { country }: Known): string | null {
  if (country === undefined) return null
  if (country === 'UN') return language === 'es' ? 'Naciones Unidas' : 'United Nations'
  return new Intl.DisplayNames([language], { type: 'region' }).of(country) ?? null
}

/** Each thing that is asked, in this order. The command line and the file of answers are made from this table; its texts are in commands.yaml. */
const TABLE = {
  country: {
    parse: (text: string) => (isCountryCode(text.toUpperCase()) ? text.toUpperCase() : undefined),
    fallback: () => null,
  },
  nameEs: { parse: parseLine, fallback: (known: Known) => nameIn('es', known) },
  nameEn: { parse: parseLine, fallback: (known: Known) => nameIn('en', known) },
  domains: { parse: parseDomains, fallback: () => 'cases,persons,legal' },
  host: { flag: 'address', parse: parseHost, fallback: () => null },
  port: {
    parse: (text: string) => (/^[1-9]\d{0,4}$/.test(text) && Number(text) < 65_536 ? Number(text) : undefined),
    fallback: () => '4443',
  },
  listen: { parse: (text: string) => (isIP(text) === 0 ? undefined : text), fallback: () => '0.0.0.0' },
  database: { isSecret: true, parse: parseDatabase, fallback: () => 'embedded' },
  contact: { parse: parseLine, fallback: () => null },
  logName: {
    parse: parseLogName,
    fallback: ({ host, country }: Known) => {
      const name = `${host}/${country?.toLowerCase()}`
      return host === undefined || country === undefined || parseLogName(name) === undefined ? null : name
    },
  },
  witness: {
    parse: parseWitnessUrl,
    fallback: ({ host }: Known) => (host === undefined ? null : `${formatOrigin('http', host, 4106)}/`),
  },
  gatewayName: { parse: parseLine, fallback: () => 'istmo' },
  gatewayKeys: {
    parse: (text: string) => (/^http:/i.test(text) || !LINE.test(text) || /['"\\`$]/.test(text) ? undefined : text),
    fallback: () => '',
  },
  gatewayCa: { parse: (text: string) => (LINE.test(text) ? text : undefined), fallback: () => '' },
  tls: { parse: (text: string) => (text === 'own' || text === 'csr' ? text : undefined), fallback: () => 'own' },
}

/** The name of an answer, as in a file of answers. */
export type AnswerKey = keyof typeof TABLE

/** What a country answers, by key. Texts are as it gave them, after they were checked. */
export type Answers = {
  readonly [Key in AnswerKey]: NonNullable<ReturnType<(typeof TABLE)[Key]['parse']>>
}

/** Answers as they were given, by key: not checked yet. */
export type GivenAnswers = Readonly<Partial<Record<AnswerKey, string>>>

/** What is asked, by the name of the answer, with what the help says of it. */
export const ANSWER_SPECS = JOINING_TEXTS.declare('answers', { options: TABLE }).options as unknown as Readonly<
  Record<AnswerKey, AnswerSpec>
>

/** The names of all answers, in the order in which they are asked. */
export const ANSWER_KEYS = Object.keys(TABLE) as readonly AnswerKey[]

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

const GIVEN = z
  .union([z.string(), z.number(), z.array(z.string())], 'expected a text, a number or a list of texts')
  .optional()
const GIVEN_ANSWERS = Object.fromEntries(ANSWER_KEYS.map((key) => [key, GIVEN])) as Record<AnswerKey, typeof GIVEN>
const ANSWERS_FILE = z.strictObject({ ...GIVEN_ANSWERS, lang: z.enum(LANGUAGES).optional() })

/**
 * Reads a file of answers: YAML with the keys of {@link ANSWER_SPECS} and, if wanted, `lang`: the language of the pages and comments of the folder.
 * @throws {ConfigError} if it is not one. The message names the file, the key and what was expected.
 */
export async function readAnswersFile(
  file: string,
): Promise<{ readonly answers: GivenAnswers; readonly lang: Language | undefined }> {
  const given = await readYamlFile(file, ANSWERS_FILE, { remedy: `The keys are ${ANSWER_KEYS.join(', ')}, lang.` })
  const answers: Partial<Record<AnswerKey, string>> = {}
  for (const key of ANSWER_KEYS) {
    const value = given[key]
    if (value === undefined) continue
    const text = Array.isArray(value) ? value.join(',') : String(value)
    const { parse, expected, isSecret } = ANSWER_SPECS[key]
    if (parse(text) === undefined && text !== '') {
      const came = isSecret === true ? 'something else' : JSON.stringify(text)
      throw new ConfigError(`${file}: ${key}: expected ${expected}; came ${came}`)
    }
    answers[key] = text
  }
  return { answers, lang: given.lang }
}

/** Asks a person one question and returns the answer; null if nobody can be asked. */
export type Ask = (question: string) => Promise<string | null>

/**
 * Completes the answers: those that were given are checked, a person is asked for the others, and what nobody answers has its default.
 * @param given by key.
 * @param ask null if nobody is to be asked (`--yes`, or no terminal).
 * @throws {UsageError} if an answer is wrong, or if one without a default is missing and nobody can be asked. The message names each flag.
 */
export async function completeAnswers(given: GivenAnswers, ask: Ask | null, language: Language): Promise<Answers> {
  rejectWrong(given, language)
  const known: Partial<Record<AnswerKey, unknown>> = {}
  const missing: AnswerKey[] = []
  for (const key of ANSWER_KEYS) {
    const spec = ANSWER_SPECS[key]
    const fallback = spec.fallback(known as Known)
    const text = given[key] ?? (ask === null ? fallback : await askFor(key, fallback, ask, language)) ?? fallback
    if (text === null) missing.push(key)
    else known[key] = text === '' && fallback === '' ? '' : spec.parse(text)
  }
  if (missing.length > 0) throw new UsageError(describeMissing(missing, known as Known, language))
  return Object.freeze(known) as unknown as Answers
}

function rejectWrong(given: GivenAnswers, language: Language): void {
  const say = joinWords(language)
  const wrong = ANSWER_KEYS.flatMap((key) => {
    const text = given[key]
    const { parse, flag, fallback, isSecret, expected } = ANSWER_SPECS[key]
    if (text === undefined || (text === '' && fallback({}) === '') || parse(text) !== undefined) return []
    const came = isSecret === true ? say('secret') : JSON.stringify(text)
    return [say('wrongFlag', { flag, expected: helpText(expected, language), came })]
  })
  if (wrong.length > 0) throw new UsageError(wrong.join('\n'))
}

async function askFor(key: AnswerKey, fallback: string | null, ask: Ask, language: Language): Promise<string | null> {
  const say = joinWords(language)
  const { parse, expected } = ANSWER_SPECS[key]
  const shown = fallback === null ? '' : say('fallback', { text: fallback === '' ? say('nothing') : fallback })
  const question = `${say(`questions.${key}`)}${shown}: `
  const again = `${say('wrong', { expected: helpText(expected, language) })}\n${question}`
  // As often as it takes: whoever was sent away would lose the other answers.
  for (let next = question; ; next = again) {
    const answer = (await ask(next))?.trim()
    if (answer === undefined) return null
    if (answer === '' && fallback !== null) return fallback
    if (parse(answer) !== undefined) return answer
  }
}

function describeMissing(keys: readonly AnswerKey[], known: Known, language: Language): string {
  const say = joinWords(language)
  // One that has a default as soon as others are there needs no flag.
  const likely = { country: 'NI', host: 'istmo.mp.gob.ni', ...known }
  const asked = keys.filter((key) => ANSWER_SPECS[key].fallback(likely) === null)
  const lines = asked.map((key) => {
    const { flag, expected } = ANSWER_SPECS[key]
    return say('missingFlag', { flag, expected: helpText(expected, language) })
  })
  return [...lines, say('howToAnswer')].join('\n')
}
