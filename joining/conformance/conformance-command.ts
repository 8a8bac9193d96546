import { readFile } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import { DOMAINS, type Domain, isDomain } from '../../contract/domain.ts'
import type { Language } from '../../contract/language.ts'
import { isRecordId } from '../../contract/record-id.ts'
import { type CommandStreams, executeCommand } from '../../service/command-line.ts'
import type { CommandLine } from '../../service/command-spec.ts'
import { LIST, matching, SWITCH, TEXT, wholeNumber } from '../../service/command-texts.ts'
import { chooseLanguage, LANG_OPTION } from '../../service/lang-option.ts'
import { showText } from '../../service/show-text.ts'
import { EXIT_FAILED, EXIT_USAGE, UsageError } from '../../service/usage-error.ts'
import { COUNTRY, JOINING_TEXTS } from '../commands.ts'
import { joiningEnvironment } from '../environment.ts'
import type { Holes } from './check.ts'
import { readIdentity, TEST_GATEWAY } from './identity.ts'
import { openSidecar, prepareChecks, type Sidecar } from './prepare.ts'
import { judge, writeJson, writeMarkdown, writeText } from './report.ts'
import { chooseChecks, NotCheckable, runChecks } from './run-checks.ts'
import { createLegSender, type UpstreamOf } from './send-leg.ts'
import { conformanceWords } from './words.ts'

const NUMBER = wholeNumber(1, 999_999)

const CONFORMANCE = JOINING_TEXTS.declare('conformance', {
  arguments: { url: { isOptional: true } },
  options: {
    upstream: {
      isRepeated: true,
      parse: parseUpstream,
      expected: `DOMAIN=URL: one of ${DOMAINS.join(', ')}, and an https URL, or an http URL of a loopback address`,
    },
    country: COUNTRY,
    keys: TEXT,
    prepare: TEXT,
    domains: {
      parse: parseDomains,
      expected: `some of ${DOMAINS.join(', ')}, separated by commas`,
      default: DOMAINS.join(','),
    },
    rules: TEXT,
    taskForce: TEXT,
    secondTaskForce: TEXT,
    hidden: { ...matching((text) => text.split(',').every(isRecordId)), isRepeated: true },
    only: LIST,
    rows: { ...NUMBER, default: '300' },
    tries: { ...NUMBER, default: '12' },
    concurrency: { ...NUMBER, flag: 'concurrent', default: '1000' },
    deadlineMs: { ...NUMBER, default: '2000' },
    complete: SWITCH,
    ca: TEXT,
    cert: { flag: 'client-cert' },
    key: { flag: 'client-key' },
    json: SWITCH,
    markdown: SWITCH,
    lang: LANG_OPTION,
  },
})

type Line = CommandLine<typeof CONFORMANCE>

/**
 * Runs `istmo conformance`. Returns the exit code.
 * @param streams where the report goes (`out`), and the checks while they run (`err`, if it is a terminal).
 */
export function runConformance(
  args: readonly string[],
  streams: CommandStreams = { out: process.stdout, err: process.stderr },
  env: Readonly<Record<string, string | undefined>> = joiningEnvironment(),
): Promise<number> {
  return executeCommand(
    CONFORMANCE,
    args,
    async (line) => {
      const language = chooseLanguage(line.lang, env)
      if (line.prepare !== undefined) return prepare(line, line.prepare, streams, language)
      const target = await (line.upstream.length > 0 ? openServices(line) : openNode(line))
      return check(line, target, streams, language).finally(target.close)
    },
    streams,
  )
}

/** What is checked. `where`: its address, or those of the services behind it. */
interface Target extends Pick<Sidecar, 'url' | 'identity' | 'domains' | 'askService' | 'close'> {
  readonly where: string
}

async function openServices(line: Line): Promise<Target> {
  if (line.url !== undefined || line.keys !== undefined)
    throw new UsageError('expected either the address of a node with --keys, or --upstream; came both')
  const { country = missing('--country CODE: whose service it is'), upstream: upstreams } = line
  const { rules, taskForce, secondTaskForce } = line
  const sidecar = await openSidecar({ country, upstreams, rules, taskForce, secondTaskForce })
  return { ...sidecar, where: upstreams.map(({ url }) => url).join(', ') }
}

async function openNode(line: Line): Promise<Target> {
  const { url = missing('the address of a node, or --upstream DOMAIN=URL') } = line
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new UsageError(`url: expected an http or https URL; came ${JSON.stringify(url)}`)
  const { identity, domains } = await readIdentity(line.keys ?? missing('--keys FOLDER: the folder of --prepare'))
  return { url, where: url, identity, domains, askService: null, close: () => Promise.resolve() }
}

function missing(what: string): never {
  throw new UsageError(`expected ${what}; came nothing`)
}

async function check(
  line: Line,
  { url, identity, domains, where, askService }: Target,
  { out, err }: CommandStreams,
  language: Language,
): Promise<number> {
  const checks = chooseChecks(line.only)
  if (checks === null)
    throw new UsageError(`--only: expected the id of a check, or of a part; came ${line.only.join(', ')}`)
  const [ca, cert, key] = await Promise.all(
    [line.ca, line.cert, line.key].map((file) => (file === undefined ? undefined : readFile(file, 'utf8'))),
  )
  const sender = createLegSender(identity, url, { ca, cert, key })
  const startedAt = performance.now()
  const say = conformanceWords(language)
  const progress = 'isTTY' in err && err.isTTY === true ? (text: string) => err.write(`\r\x1b[K${text}`) : () => {}
  try {
    const { results, sample, legs } = await runChecks({
      ...line,
      identity,
      domains,
      ask: sender.ask,
      askService,
      vkey: await sender.readVkey(),
      checks,
      hidden: line.hidden.flatMap((ids) => ids.split(',')),
      onCheck: ({ id }, at) => progress(say('progress', { at: at + 1, all: checks.length, id })),
    })
    progress('')
    const records = sample.records.reduce((sum, { nodes }) => sum + nodes.length, 0)
    const write = line.json ? writeJson : line.markdown ? writeMarkdown : writeText
    const ms = performance.now() - startedAt
    out.write(write({ country: identity.country, where, domains, results, legs, records, ms }, language))
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
  const then = `istmo conformance http://127.0.0.1:4102 --keys ${folder}`
  out.write(conformanceWords(language)('prepared', { folder, command, check: then }))
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
