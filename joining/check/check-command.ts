import { isCountryCode } from '../../contract/country-code.ts'
import { DOMAINS, type Domain, isDomain } from '../../contract/domain.ts'
import { type CommandStreams, executeCommand } from '../../service/command-line.ts'
import { type CommandLine, type CommandSpec, FILE } from '../../service/command-spec.ts'
import { chooseLanguage, LANG_OPTION } from '../../service/lang-option.ts'
import { UsageError } from '../../service/usage-error.ts'
import { joiningEnvironment } from '../environment.ts'
import { countBySeverity, PARTS, type PartName } from './finding.ts'
import { formatJson, formatMarkdown, formatText } from './report.ts'
import { runCheck } from './run-check.ts'
import { checkWords } from './words.ts'

/** What options have in common whose value is a whole number. */
const wholeNumber = (least: number, most: number) => ({
  expected: `a whole number from ${least} to ${most}`,
  parse: (text: string): number | undefined => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    return number >= least && number <= most ? number : undefined
  },
})

function parseList<Item extends string>(
  text: string,
  isItem: (one: string) => one is Item,
): readonly Item[] | undefined {
  const items = text.split(',').map((one) => one.trim())
  return items.every(isItem) ? items : undefined
}

const CHECK = {
  name: 'istmo check',
  description:
    'Checks a country before and while it takes part: its rows, its rules and SDLs, its tables, its certificates and clocks, and how long its answers take. ' +
    'It only reads. Exit codes: 0 if what was checked is well, 1 if there are errors or warnings, 2 if the command line is wrong.',
  options: {
    country: {
      flag: 'country',
      value: 'code',
      isRequired: true,
      meaning: 'the country that is checked',
      expected: 'a code of ISO 3166-1 alpha-2, or UN',
      parse: (text: string) => (isCountryCode(text) ? text : undefined),
    },
    domains: {
      flag: 'domains',
      value: 'names',
      meaning: 'the domains that are checked, separated by commas; without it, those of the country file',
      expected: DOMAINS.join(', '),
      parse: (text: string) => parseList(text, (one): one is Domain => isDomain(one)),
    },
    databaseUrl: {
      flag: 'database-url',
      value: 'url',
      isSecret: true,
      variable: 'DATABASE_URL',
      meaning: 'the PostgreSQL server with the rows, as the node’s user',
      expected: 'postgres://…',
      parse: (text: string) => (/^postgres(ql)?:\/\//.test(text) ? text : undefined),
    },
    databaseFolder: {
      flag: 'database-folder',
      value: 'dir',
      variable: 'DATABASE_FOLDER',
      meaning: 'or the folder of the embedded PostgreSQL; stop the node first',
      expected: 'the path of a folder',
    },
    rules: {
      flag: 'rules',
      ...FILE,
      variable: 'RULES_FILE',
      meaning: 'the country file, with the policies and SDLs that it names',
    },
    before: {
      flag: 'before',
      value: 'file',
      meaning: 'the country file as it was before: each rule that became looser is a warning',
      expected: 'the path of a file of the same name',
    },
    supergraph: {
      flag: 'supergraph',
      ...FILE,
      meaning: 'the composed graph that the gateway serves',
    },
    operations: {
      flag: 'operations',
      value: 'file',
      meaning: 'the documents that the gateway trusts (its --documents)',
      expected: 'the path of a JSON file: ids, each with the text of a document',
    },
    gateway: {
      flag: 'gateway',
      value: 'url',
      meaning: 'the gateway, whose clock is compared with this machine’s',
      expected: 'an http or https URL',
      parse: (text: string) => (/^https?:\/\/\S+$/.test(text) && URL.canParse(text) ? text : undefined),
    },
    tlsCert: {
      flag: 'tls-cert',
      ...FILE,
      variable: 'TLS_CERT_FILE',
      meaning: 'certificate of the node and its chain, in PEM',
    },
    tlsKey: {
      flag: 'tls-key',
      ...FILE,
      variable: 'TLS_KEY_FILE',
      meaning: 'its private key, in PEM',
    },
    tlsClientCa: {
      flag: 'tls-client-ca',
      ...FILE,
      variable: 'TLS_CLIENT_CA_FILE',
      meaning: 'authorities of the gateway’s certificate, in PEM',
    },
    only: {
      flag: 'only',
      value: 'parts',
      meaning: 'check only these parts, separated by commas',
      expected: PARTS.join(', '),
      parse: (text: string) => parseList(text, (one): one is PartName => PARTS.some((part) => part === one)),
    },
    examples: {
      flag: 'examples',
      value: 'number',
      default: '5',
      meaning: 'how many rows of each finding are named, by their ids',
      ...wholeNumber(0, 1_000),
    },
    sample: {
      flag: 'sample',
      value: 'number',
      default: '20',
      meaning: 'how many persons are searched for',
      ...wholeNumber(1, 10_000),
    },
    deadlineMs: {
      flag: 'deadline',
      value: 'ms',
      default: '2000',
      meaning: 'the time of a leg, in milliseconds, where the country file does not say it',
      ...wholeNumber(1, 600_000),
    },
    complete: { flag: 'complete', value: null, meaning: 'a part that could not be checked counts as a finding' },
    json: { flag: 'json', value: null, meaning: 'print one JSON document (docs/check.md)' },
    markdown: { flag: 'markdown', value: null, meaning: 'print Markdown' },
    language: LANG_OPTION,
  },
  notes: {
    'In place of all this, with the options of the command that it names': {
      '--inside': 'look at everything that a node needs, on its machine (istmo doctor)',
      '--outside': 'ask a node or a service as a gateway does (istmo conformance)',
      '--from-gateway': 'have a gateway try its connection to the country (istmo probe)',
    },
  },
  examples: [
    {
      command:
        'istmo check --country NI --database-url postgres://istmo@127.0.0.1:5432/istmo_ni --rules countries/NI.yaml',
      meaning: 'Checks rows, rules and tables of Nicaragua.',
    },
    {
      command:
        'istmo check --country NI --rules countries/NI.yaml --before live/NI.yaml --supergraph supergraph.graphql --only rules,sdl,graph',
      meaning: 'Checks a country file before it is published: no database is needed.',
    },
  ],
} as const satisfies CommandSpec

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
