/** The last step of a probe: one question of an officer, through the gateway, so that a green probe means that an officer gets an answer. */
import { parse as parseYaml } from 'yaml'
import { ClientError } from '../../clients/client-error.ts'
import { DOMAINS, type Domain } from '../../contract/domain.ts'
import type { Language } from '../../contract/language.ts'
import type { ProbeRequest } from '../../contract/probe.ts'
import { wordClientError } from '../officer/client-error-words.ts'
import { type OfficerLine, openOfficerClient, readGrounds } from '../officer/officer-client.ts'
import { probeWords } from './words.ts'

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

/** What the question came to. */
export interface OfficerAnswer {
  readonly outcomes: readonly OfficerOutcome[]
  /** Whether a domain answered, and no other one failed for another reason than its rules. */
  readonly isGood: boolean
  /** The lines for a person. */
  readonly lines: readonly string[]
}

/**
 * Asks a country one question as an officer.
 * @param line whose officer, with which login and on what grounds.
 * @throws {UsageError} if the officer's settings or login cannot be read.
 */
export async function askAsOfficer(
  line: OfficerLine,
  { country, files }: ProbeRequest,
  language: Language,
): Promise<OfficerAnswer> {
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
