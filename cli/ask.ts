import type { Answer } from '../clients/client.ts'
import { ClientError } from '../clients/client-error.ts'
import type { CheckedLeg } from '../clients/evidence.ts'
import { parseJson } from '../contract/json-value.ts'
import type { Language } from '../contract/language.ts'
import { ALL_COUNTRIES } from '../contract/trust/question-statement.ts'
import {
  OFFICER_OPTIONS,
  openOfficerClient,
  readGrounds,
  readText,
  wordClientError,
} from '../joining/officer/officer-client.ts'
import { runCommand } from '../service/command-line.ts'
import type { CommandLine } from '../service/command-spec.ts'
import { SWITCH, TEXT } from '../service/command-texts.ts'
import { BOTH_LANG_OPTIONS, spokenLanguage } from '../service/lang-option.ts'
import { EXIT_FAILED, UsageError } from '../service/usage-error.ts'
import { CLI_TEXTS } from './texts.ts'
import { cliWords } from './words.ts'

const ASK = CLI_TEXTS.declare('ask', {
  arguments: { document: TEXT },
  options: {
    config: OFFICER_OPTIONS.config,
    login: OFFICER_OPTIONS.login,
    loginType: OFFICER_OPTIONS.loginType,
    variables: { default: '{}' },
    purpose: OFFICER_OPTIONS.purpose,
    case: OFFICER_OPTIONS.case,
    caseFile: OFFICER_OPTIONS.caseFile,
    basis: OFFICER_OPTIONS.basis,
    countries: OFFICER_OPTIONS.countries,
    operation: TEXT,
    journal: OFFICER_OPTIONS.journal,
    json: SWITCH,
    ...BOTH_LANG_OPTIONS,
  },
})

type AskLine = CommandLine<typeof ASK>

/** Runs `istmo ask`. Exits with 1 if the answer has errors, or values that no country signed. */
export async function runAsk(args: readonly string[]): Promise<void> {
  await runCommand(ASK, args, async (line) => {
    const language = spokenLanguage()
    try {
      const answer = await ask(line, language)
      const { out, err, isComplete } = describeAnswer(answer, line.json === true, language)
      process.stderr.write(err)
      process.stdout.write(out)
      if (!isComplete) process.exitCode = EXIT_FAILED
    } catch (error) {
      if (!(error instanceof ClientError)) throw error
      process.stderr.write(`${wordClientError(error, language)}\n`)
      process.exitCode = EXIT_FAILED
    }
  })
}

async function ask(line: AskLine, language: Language): Promise<Answer> {
  const document = await readText(line.document, '<document>')
  const variables = await readVariables(line.variables)
  const asking = await openOfficerClient(line, language, 'istmo ask')
  return asking.ask(document, variables, {
    ...(await readGrounds(line)),
    ...(line.operation !== undefined && { operationName: line.operation }),
  })
}

async function readVariables(given: string): Promise<Record<string, unknown>> {
  const text = given.startsWith('@') ? await readText(given.slice(1), '--variables') : given
  const value = parseJson(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new UsageError('--variables: expected a JSON object, or @ and the path of a file with one; came another text')
}

/** What to print of an answer. `isComplete`: whether it has no errors and only values that countries signed. */
export function describeAnswer(answer: Answer, asJson: boolean, language: Language) {
  const { data, errors = [], extensions, requestId, evidence, asked, status } = answer
  const isComplete = errors.length === 0 && (evidence === null || evidence.unsigned.length === 0)
  if (asJson) {
    const whole = { status, data, errors, extensions: withoutEvidence(extensions), requestId, asked, evidence }
    return { out: `${JSON.stringify(whole, null, 2)}\n`, err: '', isComplete }
  }
  const missing = readMissing(extensions)
  const lines = [...errors.map(({ message }) => message), ...missing.map(nameMissing)]
  lines.push(...listUnstated(missing, asked.countries, language))
  if (evidence !== null) lines.push(...describeEvidence(evidence.legs, evidence.unsigned, language))
  return {
    out: `${JSON.stringify(data ?? null, null, 2)}\n`,
    err: lines.map((line) => `${line}\n`).join(''),
    isComplete,
  }
}

/** A country and domain that did not answer. */
type Missing = Readonly<Record<'country' | 'domain' | 'reach', string> & { code: string | null }>

function readMissing(extensions: Answer['extensions']): readonly Missing[] {
  const { countries } = extensions ?? {}
  return Array.isArray(countries) ? (countries as readonly Missing[]).filter(({ reach }) => reach !== 'ANSWERED') : []
}

/** Names a country that did not answer with its code: the messages name a country and not the code. */
function nameMissing({ country, domain, reach, code }: Missing): string {
  return [`${country} ${domain}:`, reach, ...(code === null ? [] : [code])].join(' ')
}

/** One line for each country that could not answer, because the officer's own statement leaves it out. */
function listUnstated(missing: readonly Missing[], stated: readonly string[], language: Language): string[] {
  if (stated.includes(ALL_COUNTRIES)) return []
  const unstated = missing.filter(
    ({ country, code }) =>
      (code === 'CALLER_NOT_VERIFIED' || code === 'QUESTION_NOT_SIGNED') && !stated.includes(country),
  )
  return [...new Set(unstated.map(({ country }) => country))].map((country) =>
    cliWords(language)('ask.notStated', { stated: stated.join(', '), country }),
  )
}

/** The bodies of the legs were checked. Printed, they would hide the answer. */
function withoutEvidence(extensions: Answer['extensions']): unknown {
  if (extensions === undefined) return undefined
  const { istmo: _, ...rest } = extensions
  return rest
}

function describeEvidence(legs: readonly CheckedLeg[], unsigned: readonly string[], language: Language): string[] {
  const say = cliWords(language)
  const held = legs.filter(({ reason }) => reason === null).length
  const unproven = legs.filter(({ reason }) => reason !== null)
  return [
    say('ask.proven', { held, legs: legs.length }),
    ...unproven.map(({ country, domain, reason }) => say('ask.unproven', { country, domain, reason: reason ?? '' })),
    ...(unsigned.length === 0 ? [] : [say('ask.unsigned', { places: unsigned.join(', ') })]),
  ]
}
