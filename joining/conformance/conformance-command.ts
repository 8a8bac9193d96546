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
import { buildNodeSchema } from '../../subgraphs/kit/node-schema.ts'
import { COUNTRY, JOINING_TEXTS } from '../commands.ts'
import { joiningEnvironment } from '../environment.ts'
import { CONNECTIONS } from './catalog.ts'
import {
  type Check,
  type Holes,
  type ReadingWorld,
  readPage,
  readSample,
  type Sample,
  type Tried,
  type World,
} from './check.ts'
import { COUNT_CHECKS } from './checks/counts.ts'
import { LAW_CHECKS } from './checks/law.ts'
import { FILTER_CHECKS, LIST_CHECKS } from './checks/lists.ts'
import { PERSON_CHECKS } from './checks/persons.ts'
import { RECORD_CHECKS, ROW_CHECKS } from './checks/records.ts'
import { LOAD_CHECKS, RECEIPT_CHECKS, REQUEST_CHECKS } from './checks/requests.ts'
import { QUESTION_CHECKS, RULE_CHECKS, TOKEN_CHECKS } from './checks/rules.ts'
import { type Identity, OTHER_TASK_FORCE, readIdentity, TEST_AGENCY, TEST_GATEWAY } from './identity.ts'
import { type Ask, type Callers, codesOf, describeReply, type Reply } from './leg.ts'
import { contractOf, openSidecar, prepareChecks, type Sidecar } from './prepare.ts'
import { type CheckedResult, judge, writeJson, writeMarkdown, writeText } from './report.ts'
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
    err.write(`${CONFORMANCE.name}: ${showText(say(`notCheckable.${error.why}`, error.holes))}\n`)
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

/** The scope and the policy with which a caller sees victims, witnesses and minors. */
const PROTECTED_SCOPE = 'person:protected'
const PROTECTED_POLICY = 'protected_release'

/** What is read for checks that need no records. */
const NO_SAMPLE: Sample = { lists: [], records: [], protectedPersons: [] }

/** How the checks are run. */
export interface RunOptions
  extends Pick<World, 'vkey' | 'tries' | 'concurrency' | 'deadlineMs' | 'hidden' | 'askService'> {
  readonly identity: Identity
  readonly domains: readonly Domain[]
  readonly ask: Ask
  readonly checks: readonly Check[]
  /** How many rows of a list are read at most. */
  readonly rows: number
  /** Called before each check. */
  readonly onCheck?: (check: Check, at: number) => void
}

/** The node cannot be checked: it does not answer, or it does not believe the test gateway. */
export class NotCheckable extends Error {
  override readonly name = 'NotCheckable'
  /** What to do: a text of words.en.yaml, in `notCheckable`, and what its holes need. */
  readonly why: NotCheckableReason
  readonly holes: Holes
  constructor(why: NotCheckableReason, holes: Holes) {
    super(why)
    this.why = why
    this.holes = holes
  }
}

type NotCheckableReason = 'stopped' | 'noAnswer' | 'notServed' | 'notBelieved' | 'notReady' | 'serviceFails'

/** After how many legs without an answer, one after the other, the checks end. */
const MAX_SILENT_LEGS = 20

/** Statuses of no answer: none at all, and those of a node whose service does not answer. */
const SILENT: readonly number[] = [0, 502, 503, 504]

/** Counts the legs, and gives up on a node that has stopped to answer: each leg may take its whole deadline. */
function countLegs(send: Ask): { readonly ask: Ask; readonly count: () => number } {
  let [count, silent, inFlight] = [0, 0, 0]
  return {
    count: () => count,
    async ask(leg) {
      count += 1
      inFlight += 1
      // What fails among many is for the check of many callers to report.
      const isCrowded = inFlight > 1
      const reply = await send(leg).finally(() => {
        inFlight -= 1
      })
      if (isCrowded) return reply
      silent = SILENT.includes(reply.status) ? silent + 1 : 0
      if (silent >= MAX_SILENT_LEGS) throw new NotCheckable('stopped', { legs: MAX_SILENT_LEGS })
      return reply
    },
  }
}

/** What the checks found. `legs` counts what was asked. */
export interface Outcome {
  readonly results: readonly CheckedResult[]
  readonly sample: Sample
  readonly legs: number
}

/**
 * Reads the country's records and runs the checks, one after the other.
 * @throws {NotCheckable} if the node does not answer a first question of the test gateway.
 */
export async function runChecks(options: RunOptions): Promise<Outcome> {
  const { identity, domains, checks, onCheck } = options
  const { ask, count } = countLegs(options.ask)
  const callers = makeCallers(identity)
  const reading: ReadingWorld = {
    facts: identity,
    callers,
    ask: (leg) => ask({ as: callers.reader, ...leg }),
    schemas: new Map(domains.map((domain) => [domain, contractSchema(domain)])),
  }
  await askFirst(reading)
  const concerned = checks.filter(
    ({ domain, legTokens = identity.legTokens }) =>
      (domain === undefined || domains.includes(domain)) && legTokens === identity.legTokens,
  )
  const sample = concerned.every(({ isOfNode }) => isOfNode) ? NO_SAMPLE : await readSample(reading, options)
  const world: World = { ...options, ...reading, sample }
  const results: CheckedResult[] = []
  for (const [at, check] of concerned.entries()) {
    onCheck?.(check, at)
    results.push({ check, ...(await runCheck(check, world)) })
  }
  return { results, sample, legs: count() }
}

/** Runs one check. */
export async function runCheck({ run }: Check, world: World): Promise<Omit<CheckedResult, 'check'>> {
  let count = 0
  const findings: Tried[] = []
  for await (const tried of run(world)) {
    count += 1
    if (!tried.isGood) findings.push(tried)
  }
  return { count, findings }
}

const schemas = new Map<Domain, ReturnType<typeof buildNodeSchema>>()

/** Returns the contract's schema of a domain, which is made once. */
function contractSchema(domain: Domain) {
  const schema = schemas.get(domain) ?? buildNodeSchema(contractOf(domain))
  schemas.set(domain, schema)
  return schema
}

/** The callers of the checks. */
export function makeCallers({ scopes, policies, taskForce, secondTaskForce }: Identity): Callers {
  const common = { agency: TEST_AGENCY, role: 'prosecutor', purpose: 'INVESTIGATION' as const }
  const reader = {
    ...common,
    taskForce,
    scopes: scopes.filter((scope) => scope !== PROTECTED_SCOPE),
    policies: policies.filter((policy) => policy !== PROTECTED_POLICY),
  }
  return {
    reader,
    trusted: { ...common, taskForce, scopes, policies },
    other: { ...reader, taskForce: OTHER_TASK_FORCE },
    second: secondTaskForce === null ? null : { ...reader, taskForce: secondTaskForce },
  }
}

/** Asks the smallest question of each domain. @throws {NotCheckable} */
async function askFirst(world: ReadingWorld): Promise<void> {
  for (const domain of world.schemas.keys()) {
    const connection = CONNECTIONS.find((each) => each.domain === domain && each.parent === null)
    const reply = connection
      ? (await readPage(world, connection, { first: 1, node: 'id' })).reply
      : await world.ask({ domain, query: '{ __typename }' })
    const why = whyNot(reply)
    if (why !== null) throw new NotCheckable(why, { domain, came: describeReply(reply) })
  }
}

function whyNot(reply: Reply): NotCheckableReason | null {
  const { status } = reply
  if (status === 0) return 'noAnswer'
  if (status === 404) return 'notServed'
  if (codesOf(reply).includes('QUESTION_NOT_SIGNED') || status === 401 || status === 403) return 'notBelieved'
  if (status === 503) return 'notReady'
  return status === 502 || status === 504 ? 'serviceFails' : null
}

/** Every check, in the order of the report. */
export const CHECKS: readonly Check[] = [
  ...RECORD_CHECKS,
  ...LIST_CHECKS,
  ...FILTER_CHECKS,
  ...PERSON_CHECKS,
  ...ROW_CHECKS,
  ...COUNT_CHECKS,
  ...LAW_CHECKS,
  ...RULE_CHECKS,
  ...TOKEN_CHECKS,
  ...QUESTION_CHECKS,
  ...REQUEST_CHECKS,
  ...RECEIPT_CHECKS,
  ...LOAD_CHECKS,
]

/**
 * Chooses the checks that names stand for: ids such as `entities.order`, or parts such as `entities`. Without names, all.
 * @returns null if a name stands for none.
 */
export function chooseChecks(names: readonly string[]): readonly Check[] | null {
  if (names.length === 0) return CHECKS
  const isNamed = ({ id }: Check, name: string): boolean => id === name || id.startsWith(`${name}.`)
  if (!names.every((name) => CHECKS.some((check) => isNamed(check, name)))) return null
  return CHECKS.filter((check) => names.some((name) => isNamed(check, name)))
}
