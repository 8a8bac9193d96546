import { readFile } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import { isCountryCode } from '../../contract/country-code.ts'
import { DOMAINS, type Domain, isDomain } from '../../contract/domain.ts'
import type { Language } from '../../contract/language.ts'
import { isRecordId } from '../../contract/record-id.ts'
import { type CommandStreams, executeCommand } from '../../service/command-line.ts'
import type { CommandLine, CommandSpec } from '../../service/command-spec.ts'
import { chooseLanguage, LANG_OPTION } from '../../service/lang-option.ts'
import { showText } from '../../service/show-text.ts'
import { EXIT_FAILED, EXIT_USAGE, UsageError } from '../../service/usage-error.ts'
import { joiningEnvironment } from '../environment.ts'
import { chooseChecks } from './all-checks.ts'
import type { Holes } from './check.ts'
import { type Identity, readIdentity, TEST_GATEWAY } from './identity.ts'
import type { Ask } from './leg.ts'
import { openSidecar, type UpstreamOf } from './open-sidecar.ts'
import { prepareChecks } from './prepare.ts'
import { judge, type ReportFacts, writeJson, writeMarkdown, writeText } from './report.ts'
import { NotCheckable, runChecks } from './run-checks.ts'
import { askServices, createLegSender } from './send-leg.ts'
import { conformanceWords } from './words.ts'

const wholeNumber = (text: string): number | undefined => (/^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined)
const NUMBER = 'a whole number from 1 to 999999'

const CONFORMANCE = {
  name: 'istmo conformance',
  description:
    'Checks from outside whether a node, or a service behind a node, answers as the contract says. It only reads. It asks as a test gateway, which the ' +
    'node must have been started for (--prepare); in front of a service it starts such a node itself.',
  arguments: { url: { meaning: 'the address of the node', expected: 'an http or https URL', isOptional: true } },
  options: {
    upstream: {
      flag: 'upstream',
      value: 'domain=url',
      isRepeated: true,
      parse: parseUpstream,
      meaning: 'in place of the address of a node: a service that answers a domain',
      expected: `DOMAIN=URL: one of ${DOMAINS.join(', ')}, and an https URL, or an http URL of a loopback address`,
    },
    country: {
      flag: 'country',
      value: 'code',
      parse: (text: string) => (isCountryCode(text) ? text : undefined),
      meaning: 'the country; needed with --upstream and --prepare',
      expected: 'a code of ISO 3166-1 alpha-2, or UN',
    },
    keys: { flag: 'keys', value: 'folder', meaning: 'the folder of --prepare; needed with the address of a node' },
    prepare: {
      flag: 'prepare',
      value: 'folder',
      meaning:
        'write the files of a test gateway and of a test authority into this folder, and say how to start a node with them',
    },
    domains: {
      flag: 'domains',
      value: 'names',
      parse: parseDomains,
      expected: `some of ${DOMAINS.join(', ')}, separated by commas`,
      meaning: 'with --prepare: the domains that the node serves',
      default: DOMAINS.join(','),
    },
    rules: {
      flag: 'rules',
      value: 'file',
      meaning: 'the country’s own file, with its policies and SDLs; without it, the contract’s rules',
    },
    taskForce: {
      flag: 'task-force',
      value: 'id',
      meaning: 'the task force with which the records are shared; default: the first of --rules, else `conformance`',
    },
    secondTaskForce: {
      flag: 'second-task-force',
      value: 'id',
      meaning:
        'another task force, with which other records are shared; with --prepare or --upstream. Without it, what it sees is not tried',
    },
    hidden: {
      flag: 'hidden',
      value: 'ids',
      isRepeated: true,
      parse: (text: string) => (text.split(',').every(isRecordId) ? text : undefined),
      expected: 'ids of records of the country, separated by commas',
      meaning:
        'records that --task-force must not see: victims, minors, and what others keep. Without it, some checks of them are not tried',
    },
    only: {
      flag: 'only',
      value: 'check',
      isRepeated: true,
      meaning: 'run only this check (entities.order), or this part (entities)',
    },
    rows: {
      flag: 'rows',
      value: 'n',
      default: '300',
      parse: wholeNumber,
      expected: NUMBER,
      meaning: 'how many rows of a list are read at most',
    },
    tries: {
      flag: 'tries',
      value: 'n',
      default: '12',
      parse: wholeNumber,
      expected: NUMBER,
      meaning: 'how many records of a type each check tries at most',
    },
    concurrent: {
      flag: 'concurrent',
      value: 'n',
      default: '1000',
      parse: wholeNumber,
      expected: NUMBER,
      meaning: 'how many legs are sent at the same time',
    },
    deadlineMs: {
      flag: 'deadline-ms',
      value: 'ms',
      default: '2000',
      parse: wholeNumber,
      expected: NUMBER,
      meaning: 'how long a leg may take: the gateway’s default',
    },
    complete: { flag: 'complete', value: null, meaning: 'fail also if a check could not be tried' },
    ca: { flag: 'ca', value: 'file', meaning: 'the authorities of the node’s certificate, in PEM' },
    cert: { flag: 'client-cert', value: 'file', meaning: 'a certificate that the node takes for a gateway’s, in PEM' },
    key: { flag: 'client-key', value: 'file', meaning: 'the key of --client-cert, in PEM' },
    json: { flag: 'json', value: null, meaning: 'print one JSON document' },
    markdown: { flag: 'markdown', value: null, meaning: 'print Markdown' },
    lang: LANG_OPTION,
  },
  notes: {
    'Exit codes': {
      0: 'each check that was tried passed',
      1: 'a check failed (with --complete: or could not be tried)',
      2: 'nothing could be checked: an argument is wrong, or the node does not answer the test gateway',
    },
  },
  examples: [
    {
      command: 'istmo conformance --country BZ --upstream cases=http://127.0.0.1:5001/cases',
      meaning: 'Checks a service of Belize.',
    },
    {
      command: 'istmo conformance --prepare conf --country HN --rules HN.yaml',
      meaning: 'Makes the files for a node of Honduras.',
    },
    {
      command: 'istmo conformance http://127.0.0.1:4102 --keys conf --markdown',
      meaning: 'Checks the node that was started with them.',
    },
  ],
} as const satisfies CommandSpec

type Line = CommandLine<typeof CONFORMANCE>

/** What the command takes from outside. */
export interface ConformanceStreams extends CommandStreams {
  /** Whether `err` is a terminal, on which progress is shown. */
  readonly isTerminal?: boolean
}

/** Runs `istmo conformance` for the process itself. Returns the exit code. */
export function runConformance(args: readonly string[]): Promise<number> {
  const streams = { out: process.stdout, err: process.stderr, isTerminal: process.stderr.isTTY === true }
  return executeConformance(args, streams, joiningEnvironment())
}

/** As {@link runConformance}, with the streams and the environment given. Returns the exit code. */
export function executeConformance(
  args: readonly string[],
  streams: ConformanceStreams,
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  return executeCommand(CONFORMANCE, args, (line) => work(line, streams, chooseLanguage(line.lang, env)), streams)
}

async function work(line: Line, streams: ConformanceStreams, language: Language): Promise<number> {
  if (line.prepare !== undefined) return prepare(line, line.prepare, streams, language)
  if (line.upstream.length > 0) {
    if (line.url !== undefined || line.keys !== undefined)
      throw new UsageError('expected either the address of a node with --keys, or --upstream; came both')
    const { country = missing('--country CODE: whose service it is') } = line
    const sidecar = await openSidecar({
      country,
      upstreams: line.upstream,
      rules: line.rules,
      taskForce: line.taskForce,
      secondTaskForce: line.secondTaskForce,
    })
    const where = line.upstream.map(({ url }) => url).join(', ')
    const target = { ...sidecar, where, domains: line.upstream.map(({ domain }) => domain) }
    const askService = askServices(line.upstream)
    return check(line, { ...target, askService }, streams, language).finally(() => sidecar.close())
  }
  const { url = missing('the address of a node, or --upstream DOMAIN=URL') } = line
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new UsageError(`url: expected an http or https URL; came ${JSON.stringify(url)}`)
  const { identity, domains } = await readIdentity(line.keys ?? missing('--keys FOLDER: the folder of --prepare'))
  return check(line, { url, where: url, identity, domains, askService: null }, streams, language)
}

function missing(what: string): never {
  throw new UsageError(`expected ${what}; came nothing`)
}

interface Target {
  readonly url: string
  readonly where: string
  readonly identity: Identity
  readonly domains: readonly Domain[]
  readonly askService: Ask | null
}

async function check(
  line: Line,
  target: Target,
  { out, err, isTerminal = false }: ConformanceStreams,
  language: Language,
): Promise<number> {
  const checks = chooseChecks(line.only)
  if (checks === null)
    throw new UsageError(`--only: expected the id of a check, or of a part; came ${line.only.join(', ')}`)
  const { url, identity, domains, where } = target
  const [ca, cert, key] = await Promise.all(
    [line.ca, line.cert, line.key].map((file) => (file === undefined ? undefined : readFile(file, 'utf8'))),
  )
  const sender = createLegSender(identity, url, { ca, cert, key })
  const startedAt = performance.now()
  const say = conformanceWords(language)
  try {
    const vkey = await sender.readVkey()
    const { results, sample, legs } = await runChecks({
      identity,
      domains,
      ask: sender.ask,
      vkey,
      checks,
      rows: line.rows,
      tries: line.tries,
      concurrency: line.concurrent,
      deadlineMs: line.deadlineMs,
      hidden: line.hidden.flatMap((ids) => ids.split(',')),
      askService: target.askService,
      ...(isTerminal && {
        onCheck: ({ id }, at) => void err.write(`\r\x1b[K${say('progress', { at: at + 1, all: checks.length, id })}`),
      }),
    })
    if (isTerminal) err.write('\r\x1b[K')
    const records = sample.records.reduce((sum, { nodes }) => sum + nodes.length, 0)
    const facts: ReportFacts = {
      country: identity.country,
      where,
      domains,
      results,
      legs,
      records,
      ms: performance.now() - startedAt,
    }
    const write = line.json ? writeJson : line.markdown ? writeMarkdown : writeText
    out.write(write(facts, language))
    const verdict = judge(results)
    return verdict === 'FAILED' || (line.complete && verdict === 'INCOMPLETE') ? EXIT_FAILED : 0
  } catch (error) {
    if (!(error instanceof NotCheckable)) throw error
    const why = (say as (key: string, holes: Holes) => string)(`notCheckable.${error.why}`, error.holes)
    err.write(`${CONFORMANCE.name}: ${showText(why)}\n`)
    return EXIT_USAGE
  } finally {
    sender.close()
  }
}

async function prepare(line: Line, folder: string, { out }: CommandStreams, language: Language): Promise<number> {
  const { country = missing('--country CODE: whose node it is'), domains, rules, taskForce, secondTaskForce } = line
  const wanted = { country, domains, rules, taskForce, secondTaskForce }
  const prepared = await prepareChecks(folder, wanted, Date.now())
  const command =
    `istmo node --country ${country} --domains ${domains.join(',')} --port 4102 --database-url postgres://… --gateway-issuer ${TEST_GATEWAY} ` +
    `--gateway-jwks ${prepared.gatewayJwks} --rules ${prepared.rules} --audit-log-dir ${folder}/audit-log --audit-log-key ${folder}/audit-log.key --audit-log-ref-keys ${folder}/audit-log-refs.json`
  out.write(
    conformanceWords(language)('prepared', {
      folder,
      command,
      check: `istmo conformance http://127.0.0.1:4102 --keys ${folder}`,
    }),
  )
  return 0
}

function parseUpstream(text: string): UpstreamOf | undefined {
  const at = text.indexOf('=')
  const [domain, url] = [text.slice(0, at), text.slice(at + 1)]
  return isDomain(domain) && URL.canParse(url) ? { domain, url } : undefined
}

function parseDomains(text: string): readonly Domain[] | undefined {
  const names = text.split(',')
  return names.every(isDomain) ? names : undefined
}
