import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { type Answer, createClient } from '../../clients/client.ts'
import { ClientError } from '../../clients/client-error.ts'
import { PURPOSES } from '../../contract/access-token.ts'
import { LANGUAGES, type Language } from '../../contract/language.ts'
import { runCommand } from '../../service/command-line.ts'
import type { CommandLine, CommandSpec } from '../../service/command-spec.ts'
import { createTrustedFetch } from '../../service/http/trusted-fetch.ts'
import { EXIT_FAILED, UsageError } from '../../service/usage-error.ts'
import { readYamlFile } from '../../service/yaml-file.ts'
import { createJournal } from './journal.ts'
import { describeAnswer, wordClientError } from './words.ts'

const ASK = {
  name: 'istmo ask',
  description:
    'Signs a question with a new key, asks it at the gateway, and prints the answer. It gets its access token from the authority of the ' +
    'officer’s own country, for the login provider’s token in --login. With the keys of the countries’ logs in the settings, it checks ' +
    'each answer by its receipt, and says which values no country signed.',
  arguments: { document: { meaning: 'the file of the GraphQL document: without texts and numbers of its own' } },
  options: {
    config: {
      ...{ flag: 'config', value: 'file', expected: 'the path of a YAML file', isRequired: true },
      meaning:
        'settings: gateway and authority (addresses; the authority’s is that of its token endpoint), client, and, if wanted, mandate ' +
        '(its hash), keys (verifier keys of the countries’ logs, by country) and ca (a PEM file with the authorities that issue the ' +
        'servers’ certificates)',
    },
    login: {
      ...{ flag: 'login', value: 'file', expected: 'the path of a file', isRequired: true },
      meaning: 'the login provider’s token: a file with only the JWT; - reads it from the standard input',
    },
    loginType: {
      ...{ flag: 'login-type', value: 'type', expected: 'id_token or access_token', default: 'id_token' },
      parse: (text: string) => (text === 'id_token' || text === 'access_token' ? text : undefined),
      meaning: 'which token of the provider it is',
    },
    variables: {
      ...{
        flag: 'variables',
        value: 'json',
        expected: 'a JSON object, or @ and the path of a file with one',
        default: '{}',
      },
      meaning: 'the value of each variable of the document; null for one without a value',
    },
    purpose: {
      ...{ flag: 'purpose', value: 'purpose', expected: PURPOSES.join(', ') },
      parse: (text: string) => PURPOSES.find((purpose) => purpose === text),
      meaning: 'the purpose of the question; needed if the mandate has several',
    },
    case: { flag: 'case', value: 'id', expected: 'a record id', meaning: 'the case of the question' },
    caseFile: {
      ...{ flag: 'case-file', value: 'file', expected: 'the path of a file' },
      meaning: 'for a mandate that is bound to a case: the file that came with it, and ends with .case',
    },
    basis: {
      ...{ flag: 'basis', value: 'article', expected: 'an article such as UN:XVIII-12#27', isRepeated: true },
      meaning: 'the legal basis; by default that of the mandate',
    },
    countries: {
      ...{ flag: 'country', value: 'code', expected: 'a country code', isRepeated: true },
      meaning: 'a country that may be asked; by default all of the mandate',
    },
    operation: {
      flag: 'operation',
      value: 'name',
      expected: 'a name',
      meaning: 'the operation, if the document has several',
    },
    journal: {
      ...{ flag: 'journal', value: 'file', expected: 'the path of a file' },
      meaning:
        'append the question before it is sent, and then the answer with its evidence: a line of JSON each, with values, for your auditor',
    },
    json: { flag: 'json', value: null, meaning: 'print one JSON object with the answer and what the receipts show' },
    language: {
      ...{ flag: 'language', value: 'code', expected: LANGUAGES.join(' or '), default: 'en' },
      parse: (text: string): Language | undefined => LANGUAGES.find((language) => language === text),
      meaning: 'the language of messages',
    },
  },
  examples: [
    {
      command:
        'istmo ask person.graphql --config ask.yaml --login id-token --variables \'{"id":"GT:P-000077"}\' --purpose INVESTIGATION',
      meaning: 'Asks for one person.',
    },
  ],
} as const satisfies CommandSpec

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

type AskLine = CommandLine<typeof ASK>

/** Runs `istmo ask`. Exits with 1 if the answer has errors, or values that no country signed. */
export async function runAsk(args: readonly string[]): Promise<void> {
  await runCommand(ASK, args, async (line) => {
    const language = line.language as Language
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
  const settings = await readYamlFile(line.config, settingsSchema, { remedy: '«istmo ask --help» lists the settings.' })
  const document = await readText(line.document, '<document>')
  const variables = await readVariables(line.variables)
  const login = (await readText(line.login === '-' ? '/dev/stdin' : line.login, '--login')).trim()
  const { gateway, authority: token, client, mandate, keys } = settings
  const journal = line.journal === undefined ? undefined : createJournal(line.journal)
  const type = line.loginType as 'id_token' | 'access_token'
  const ca =
    settings.ca === undefined
      ? undefined
      : await readText(resolve(dirname(line.config), settings.ca), `${line.config}: ca`)
  const asking = createClient({
    ...{ gateway, language },
    fetch: createTrustedFetch(ca === undefined ? {} : { ca }),
    authority: { token, client, ...(mandate && { mandate }), providerToken: async () => ({ token: login, type }) },
    ...(keys && { keys }),
    ...(journal && { journal }),
  })
  return asking.ask(document, variables, {
    ...(line.purpose !== undefined && { purpose: String(line.purpose) }),
    ...(line.case !== undefined && { case: line.case }),
    ...(line.caseFile !== undefined && { caseDisclosure: await readCaseFile(line.caseFile) }),
    ...(line.basis !== undefined && line.basis.length > 0 && { basis: line.basis }),
    ...(line.countries !== undefined && line.countries.length > 0 && { countries: line.countries }),
    ...(line.operation !== undefined && { operationName: line.operation }),
  })
}

/** Reads the disclosure of a case, as `istmo mandates draft` writes it. */
async function readCaseFile(path: string): Promise<string> {
  const parsed = caseSchema.safeParse(parseOrNull(await readText(path, '--case-file')))
  if (parsed.success) return parsed.data.disclosure
  throw new UsageError('--case-file: expected the file that `istmo mandates draft` wrote for the case; came another')
}

async function readVariables(given: string): Promise<Record<string, unknown>> {
  const text = given.startsWith('@') ? await readText(given.slice(1), '--variables') : given
  const value = parseOrNull(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new UsageError('--variables: expected a JSON object, or @ and the path of a file with one; came another text')
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's message quotes the text, which names persons.
    return null
  }
}

async function readText(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new UsageError(`${what}: expected a readable file; ${path} is none`, { cause })
  }
}
