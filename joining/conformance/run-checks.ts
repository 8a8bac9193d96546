import type { Domain } from '../../contract/domain.ts'
import { buildNodeSchema } from '../../subgraphs/kit/node-schema.ts'
import { CONNECTIONS } from './catalog.ts'
import type { Check, Holes, Tried, World } from './check.ts'
import { COUNT_CHECKS } from './checks/counts.ts'
import { FILTER_CHECKS } from './checks/filters.ts'
import { LAW_CHECKS } from './checks/law.ts'
import { LIST_CHECKS } from './checks/lists.ts'
import { LOAD_CHECKS } from './checks/load.ts'
import { PERSON_CHECKS } from './checks/persons.ts'
import { QUESTION_CHECKS } from './checks/questions.ts'
import { RECEIPT_CHECKS } from './checks/receipts.ts'
import { RECORD_CHECKS } from './checks/records.ts'
import { REQUEST_CHECKS } from './checks/requests.ts'
import { ROW_CHECKS } from './checks/rows.ts'
import { RULE_CHECKS, TOKEN_CHECKS } from './checks/rules.ts'
import { type Identity, OTHER_TASK_FORCE, TEST_AGENCY } from './identity.ts'
import { type Ask, type Callers, codesOf, describeReply, type Reply } from './leg.ts'
import { contractOf } from './prepare.ts'
import { type ReadingWorld, readPage, readSample, type Sample } from './read.ts'
import type { CheckedResult } from './report.ts'

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
