import { parse as parseYaml } from 'yaml'
import { ClientError } from '../../clients/client-error.ts'
import { DOMAINS, type Domain } from '../../contract/domain.ts'
import { meaningOf } from '../../contract/error-message.ts'
import { ERRORS, type ErrorCode } from '../../contract/errors.ts'
import type { Language } from '../../contract/language.ts'
import {
  isProbeGood,
  type ProbePart,
  type ProbeReport,
  type ProbeRequest,
  type ProbeStepResult,
  parseProbeReport,
} from '../../contract/probe.ts'
import { wordsOf } from '../../contract/words.ts'
import { type CommandStreams, executeCommand } from '../../service/command-line.ts'
import { SWITCH, TEXT } from '../../service/command-texts.ts'
import { describeError } from '../../service/describe-error.ts'
import { createTrustedFetch } from '../../service/http/trusted-fetch.ts'
import { chooseLanguage, LANG_OPTION } from '../../service/lang-option.ts'
import { showText } from '../../service/show-text.ts'
import { EXIT_FAILED, UsageError } from '../../service/usage-error.ts'
import { JOINING_TEXTS } from '../commands.ts'
import { joiningEnvironment } from '../environment.ts'
import {
  OFFICER_OPTIONS,
  type OfficerLine,
  openOfficerClient,
  readGrounds,
  wordClientError,
} from '../officer/officer-client.ts'
import { collectBundle, findCountryFile } from './collect-bundle.ts'

const PROBE = JOINING_TEXTS.declare('probe', {
  arguments: { file: TEXT },
  options: {
    operator: { default: 'http://127.0.0.1:9464', parse: parseOperatorAddress },
    asOfficer: TEXT,
    login: { ...OFFICER_OPTIONS.login, isRequired: false },
    loginType: OFFICER_OPTIONS.loginType,
    purpose: OFFICER_OPTIONS.purpose,
    json: SWITCH,
    lang: LANG_OPTION,
  },
})

/** Runs `istmo probe`. Returns the exit code. */
export function runProbe(
  args: readonly string[],
  streams: CommandStreams = { out: process.stdout, err: process.stderr },
): Promise<number> {
  return executeCommand(
    PROBE,
    args,
    ({ file, operator, json: isJson, lang, asOfficer: config, login, ...others }) => {
      if ((config === undefined) !== (login === undefined))
        throw new UsageError('--as-officer and --login: expected both or neither; came one')
      const officer = config === undefined || login === undefined ? undefined : { config, login, ...others }
      const wish = { isJson, language: chooseLanguage(lang, joiningEnvironment()), officer }
      return probeAndPrint(file, operator, wish, streams)
    },
    streams,
  )
}

/** How {@link probeAndPrint} prints, and which officer asks afterwards. */
interface ProbeWish {
  readonly isJson: boolean
  readonly language: Language
  readonly officer?: OfficerLine | undefined
}

/**
 * Sends the files of a country to a gateway and prints what it found.
 * @param path the country's file, or a folder with it.
 * @returns the exit code.
 */
export async function probeAndPrint(
  path: string,
  operator: URL,
  { isJson, language, officer }: ProbeWish,
  { out }: Pick<CommandStreams, 'out'>,
): Promise<number> {
  const bundle = await collectBundle(await findCountryFile(path))
  const report = await sendProbe(operator, bundle, language)
  const answer = officer && isProbeGood(report) ? await askAsOfficer(officer, bundle, language) : null
  const whole = answer === null ? report : { ...report, officer: answer.outcomes }
  const lines = [...describeReport(report, language), ...(answer?.lines ?? []).map(showText)]
  out.write(isJson ? `${JSON.stringify(whole, null, 2)}\n` : `${lines.join('\n')}\n`)
  return isProbeGood(report) && answer?.isGood !== false ? 0 : EXIT_FAILED
}

/** Has a gateway try its connection to a country. */

/** How long the gateway may take, in milliseconds: each domain has steps of a few seconds. */
const PATIENCE_MS = 120_000

/** Reads the address of an operator's server. Returns undefined if it is none. */
export function parseOperatorAddress(text: string): URL | undefined {
  const url = URL.parse(/^[\w.[\]:-]+:\d+$/.test(text) ? `http://${text}` : text)
  return url !== null && ['http:', 'https:'].includes(url.protocol) && url.username === '' ? url : undefined
}

/**
 * Sends the files of a country to the operator's server of a gateway, and returns what the gateway found.
 * @throws {UsageError} if there is no such server, or it refuses the files. The message says what to do.
 */
export async function sendProbe(operator: URL, bundle: ProbeRequest, language: Language): Promise<ProbeReport> {
  const [url, say] = [new URL('/probe', operator), probeWords(language)]
  const response = await createTrustedFetch()(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(bundle),
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch((error: unknown) => {
    throw new UsageError(say('noServer', { origin: url.origin, reason: describeError(error) }))
  })
  const body: unknown = await response.json().catch(() => null)
  if (response.status === 200) return parseProbeReport(body)
  const message = readMessage(body) ?? say('noMessage')
  throw new UsageError(say('refused', { url: url.href, status: response.status, message }))
}

function readMessage(body: unknown): string | null {
  const [first] = (body as { errors?: readonly { message?: unknown }[] } | null)?.errors ?? []
  return typeof first?.message === 'string' ? first.message : null
}

const MARKS = { OK: '✓', WRONG: '✗', SKIPPED: '·', UNKNOWN: '?' } as const

/** Describes what a probe found, in lines for a person: each step, and for each that is wrong what to do. */
export function describeReport(report: ProbeReport, language: Language): readonly string[] {
  const say = probeWords(language)
  const { country, gatewayName: gateway, requestId: request, gatewayCertificate: certificate, parts } = report
  const wrong = parts.flatMap(({ steps }) => steps).filter(({ verdict }) => verdict === 'WRONG')
  const ids =
    certificate === null
      ? say('ids', { request: request ?? '' })
      : say('idsAndCertificate', { request: request ?? '', certificate })
  return [
    say('head', { country, gateway }),
    ...(request === null ? [] : [ids]),
    ...parts.flatMap((part) => describePart(part, language)),
    wrong.length === 0 ? say('good') : say('bad', { count: wrong.length }),
  ].map(showText)
}

function describePart({ domain, url, steps }: ProbePart, language: Language): readonly string[] {
  const head = domain === null ? probeWords(language)('file') : `${domain}  ${url}`
  return [head, ...steps.flatMap((step) => describeStep(step, language))]
}

function describeStep(result: ProbeStepResult, language: Language): readonly string[] {
  const { step, verdict, code, found } = result
  const say = probeWords(language)
  const line = `  ${MARKS[verdict]} ${say(`steps.${step}`)}`
  if (verdict === 'SKIPPED') return [`${line}: ${say('skipped')}`]
  if (verdict === 'UNKNOWN') return [`${line}: ${sayIfThere(`nothingToCompare.${step}`, language) ?? found ?? ''}`]
  const came = [verdict === 'OK' ? null : code, found].filter((each) => each !== null).join(' ')
  return [came === '' && verdict === 'OK' ? line : `${line}: ${came}`, ...sayRemedy(result, language)]
}

function sayRemedy({ code, found }: ProbeStepResult, language: Language): readonly string[] {
  if (code === null) return []
  if (code === 'CLOCKS_DIFFER') {
    const seconds = Number(found)
    return [
      `      ${probeWords(language)(`clock.${seconds > 0 ? 'ahead' : 'behind'}`, { seconds: Math.abs(seconds) })}`,
    ]
  }
  const remedy = sayIfThere(`remedies.${code}`, language)
  if (remedy !== undefined) return [`      ${remedy}`]
  return Object.hasOwn(ERRORS, code) ? [`      ${meaningOf(code as ErrorCode, language)}`] : []
}

/** Says a text whose key depends on a code; undefined if there is none. i18next says a key without a text as it is. */
function sayIfThere(key: string, language: Language): string | undefined {
  const text = probeWords(language)(key)
  return text === key ? undefined : text
}

/** The last step of a probe: one question of an officer, through the gateway, so that a green probe means that an officer gets an answer. */

/** What is asked of each domain: one record that no country has, behind a rule, so that the country must believe who asks and gives nothing. */
const FIELDS: Readonly<Record<Domain, string>> = {
  cases: 'case(id: $id) { id }',
  persons: 'person(id: $id) { id }',
  legal: 'mlaRequest(id: $id) { id }',
}

/** The codes with which a country believes the officer, and its rules or the mandate do not open what was asked. */
const BY_RULES = /^(?!CALLER_NOT_VERIFIED$|QUESTION_NOT_SIGNED$)/

/** What one domain of a country came to, as the gateway says it. */
export interface OfficerOutcome {
  readonly domain: string
  readonly reach: string
  readonly code: string | null
}

/**
 * Asks a country one question as an officer.
 * @param line whose officer, with which login and on what grounds.
 * @returns what each domain came to; whether one answered, and no other one failed for another reason than its rules; and the lines for a person.
 * @throws {UsageError} if the officer's settings or login cannot be read.
 */
export async function askAsOfficer(line: OfficerLine, { country, files }: ProbeRequest, language: Language) {
  const say = probeWords(language)
  const client = await openOfficerClient(line, language, 'istmo ask')
  const { domains } = Object(parseYaml(files[`${country}.yaml`] ?? '')) as { readonly domains?: object }
  const fields = DOMAINS.filter((domain) => Object.hasOwn(domains ?? {}, domain)).map((domain) => FIELDS[domain])
  const document = `query IstmoProbe($id: ID!) { ${fields.join(' ')} }`
  const grounds = { ...(await readGrounds(line)), countries: [country] }
  try {
    const { errors = [], extensions } = await client.ask(document, { id: `${country}:istmo-probe` }, grounds)
    const outcomes = readOutcomes(extensions?.countries, country)
    const marks = outcomes.map(markOf)
    const isGood = marks.includes('✓') && !marks.includes('✗')
    const isUnbelieved = outcomes.some(({ code }) => code === 'CALLER_NOT_VERIFIED')
    const lines = [
      say('officer.head'),
      ...outcomes.map(
        ({ domain, reach, code }, at) =>
          `  ${marks[at]} ${domain}: ${[reach, code].filter((each) => each !== null).join(' ')}`,
      ),
      ...(outcomes.length === 0 ? errors.map(({ message }) => `  ✗ ${message}`) : []),
      ...(isUnbelieved ? [`      ${say('officer.unbelieved', { country })}`] : []),
      isGood ? say('officer.good') : say('officer.bad'),
    ]
    return { outcomes, isGood, lines }
  } catch (error) {
    if (!(error instanceof ClientError)) throw error
    const lines = [say('officer.head'), `  ✗ ${wordClientError(error, language)}`, say('officer.bad')]
    return { outcomes: [], isGood: false, lines }
  }
}

function markOf({ reach, code }: OfficerOutcome): '✓' | '·' | '✗' {
  if (reach === 'ANSWERED') return '✓'
  return reach === 'DENIED' && BY_RULES.test(code ?? '') ? '·' : '✗'
}

function readOutcomes(value: unknown, asked: string): readonly OfficerOutcome[] {
  const all = (Array.isArray(value) ? value : []) as readonly (OfficerOutcome & { readonly country: string })[]
  return all.filter(({ country }) => country === asked).map(({ domain, reach, code }) => ({ domain, reach, code }))
}

/** Returns the words of `istmo probe` and `istmo join --probe` in a language. */
const probeWords = wordsOf({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})
