import { DOMAINS, isDomain } from '../../contract/domain.ts'
import { type CommandStreams, executeCommand } from '../../service/command-line.ts'
import { type CommandLine, FILE } from '../../service/command-spec.ts'
import { matching, SWITCH, TEXT, wholeNumber } from '../../service/command-texts.ts'
import { chooseLanguage, LANG_OPTION } from '../../service/lang-option.ts'
import { UsageError } from '../../service/usage-error.ts'
import { COUNTRY, JOINING_TEXTS, SERVER } from '../commands.ts'
import { joiningEnvironment } from '../environment.ts'
import { countBySeverity } from './finding.ts'
import { formatJson, formatMarkdown, formatText } from './report.ts'
import { PARTS, type PartName, runCheck } from './run-check.ts'
import { checkWords } from './words.ts'

function parseList<Item extends string>(
  text: string,
  isItem: (one: string) => one is Item,
): readonly Item[] | undefined {
  const items = text.split(',').map((one) => one.trim())
  return items.every(isItem) ? items : undefined
}

const isPart = (text: string): text is PartName => PARTS.some((part) => part === text)

const CHECK = {
  ...JOINING_TEXTS.declare('check', {
    options: {
      country: { ...COUNTRY, isRequired: true },
      domains: { expected: DOMAINS.join(', '), parse: (text: string) => parseList(text, isDomain) },
      databaseUrl: { ...SERVER, variable: 'DATABASE_URL' },
      databaseFolder: { variable: 'DATABASE_FOLDER' },
      rules: { ...FILE, variable: 'RULES_FILE' },
      before: TEXT,
      supergraph: FILE,
      operations: TEXT,
      gateway: matching((text) => /^https?:\/\/\S+$/.test(text) && URL.canParse(text)),
      tlsCert: { ...FILE, variable: 'TLS_CERT_FILE' },
      tlsKey: { ...FILE, variable: 'TLS_KEY_FILE' },
      tlsClientCa: { ...FILE, variable: 'TLS_CLIENT_CA_FILE' },
      only: { expected: PARTS.join(', '), parse: (text: string) => parseList(text, isPart) },
      examples: { ...wholeNumber(0, 1_000), default: '5' },
      sample: { ...wholeNumber(1, 10_000), default: '20' },
      deadlineMs: { ...wholeNumber(1, 600_000), flag: 'deadline', default: '2000' },
      complete: SWITCH,
      json: SWITCH,
      markdown: SWITCH,
      language: LANG_OPTION,
    },
  }),
  notes: {
    'In place of all this, with the options of the command that it names': {
      '--inside': 'look at everything that a node needs, on its machine (istmo doctor)',
      '--outside': 'ask a node or a service as a gateway does (istmo conformance)',
      '--from-gateway': 'have a gateway try its connection to the country (istmo probe)',
    },
  },
}

/**
 * Runs `istmo check`.
 * @param streams where the result goes (`out`), and the parts while they run (`err`).
 * @param env the environment: the same variables as a node’s, and the language.
 */
export async function runCheckCommand(
  args: readonly string[],
  streams: CommandStreams = { out: process.stdout, err: process.stderr },
  env: Readonly<Record<string, string | undefined>> = joiningEnvironment(),
): Promise<number> {
  return executeCommand(CHECK, args, (line) => check(line, streams, env), streams)
}

async function check(
  line: CommandLine<typeof CHECK>,
  { out, err }: CommandStreams,
  env: Readonly<Record<string, string | undefined>>,
): Promise<0 | 1> {
  if (line.json && line.markdown) throw new UsageError('expected --json or --markdown; came both')
  const language = chooseLanguage(line.language, env)
  const isTerminal = 'isTTY' in err && err.isTTY === true
  const options = {
    ...line,
    rules: line.rules ?? (env.RULES_FILE || undefined),
    tlsCert: line.tlsCert ?? (env.TLS_CERT_FILE || undefined),
    tlsKey: line.tlsKey ?? (env.TLS_KEY_FILE || undefined),
    tlsClientCa: line.tlsClientCa ?? (env.TLS_CLIENT_CA_FILE || undefined),
  }
  const { country, domains, only } = line
  const onPart = (name: PartName) => isTerminal && err.write(`… ${checkWords(language)(`parts.${name}`)}\n`)
  const result = await runCheck({ country, domains, only, ...readDatabase(line, env), options, onPart })
  const format = line.json ? formatJson : line.markdown ? formatMarkdown : formatText
  out.write(format(result, language))
  const { error, warning } = countBySeverity(result.findings)
  const isIncomplete = line.complete && result.parts.some(({ state }) => state === 'not-done')
  return error + warning > 0 || isIncomplete ? 1 : 0
}

/** A flag takes precedence over each variable: a folder that is given is not the server of the environment. */
function readDatabase(
  { databaseUrl, databaseFolder }: CommandLine<typeof CHECK>,
  env: Readonly<Record<string, string | undefined>>,
): { readonly databaseUrl?: string | undefined; readonly databaseFolder?: string | undefined } {
  if (databaseUrl !== undefined && databaseFolder !== undefined) {
    throw new UsageError('expected --database-url or --database-folder; came both')
  }
  if (databaseUrl !== undefined || databaseFolder !== undefined) return { databaseUrl, databaseFolder }
  if (env.DATABASE_URL) return { databaseUrl: env.DATABASE_URL }
  return { databaseFolder: env.DATABASE_FOLDER || undefined }
}
