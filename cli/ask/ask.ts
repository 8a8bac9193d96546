import type { Answer } from '../../clients/client.ts'
import { ClientError } from '../../clients/client-error.ts'
import { parseJson } from '../../contract/json-value.ts'
import type { Language } from '../../contract/language.ts'
import { wordClientError } from '../../joining/officer/client-error-words.ts'
import { OFFICER_OPTIONS, openOfficerClient, readGrounds, readText } from '../../joining/officer/officer-client.ts'
import { runCommand } from '../../service/command-line.ts'
import type { CommandLine } from '../../service/command-spec.ts'
import { SWITCH, TEXT } from '../../service/command-texts.ts'
import { BOTH_LANG_OPTIONS, spokenLanguage } from '../../service/lang-option.ts'
import { EXIT_FAILED, UsageError } from '../../service/usage-error.ts'
import { CLI_TEXTS } from '../texts.ts'
import { describeAnswer } from './words.ts'

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
