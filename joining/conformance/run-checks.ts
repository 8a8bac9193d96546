import { type GraphQLSchema, parse } from 'graphql'
import type { Domain } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { buildNodeSchema } from '../../subgraphs/kit/node-schema.ts'
import { type Both, both } from './both.ts'
import { CONNECTIONS } from './catalog.ts'
import type { Check, CheckResult, World } from './check.ts'
import { type Identity, OTHER_TASK_FORCE, TEST_AGENCY } from './identity.ts'
import { type Ask, type Callers, codesOf, describeReply, type Reply } from './leg.ts'
import { type ReadingWorld, readPage } from './read.ts'
import { readSample, type Sample } from './sample.ts'

/** The scope and the policy with which a caller sees victims, witnesses and minors. */
const PROTECTED_SCOPE = 'person:protected'
const PROTECTED_POLICY = 'protected_release'

/** What is read for checks that need no records. */
const NO_SAMPLE: Sample = { lists: [], records: [], protectedPersons: [] }

/** A check with its result. */
export interface CheckedResult {
  readonly check: Check
  readonly result: CheckResult
}

/** How the checks are run. */
export interface RunOptions {
  readonly identity: Identity
  readonly domains: readonly Domain[]
  readonly ask: Ask
  readonly vkey: string | null
  readonly checks: readonly Check[]
  /** How many rows of a list are read at most. */
  readonly rows: number
  /** How many records of a type, and lists below records, a check tries at most. */
  readonly tries: number
  readonly concurrency: number
  readonly deadlineMs: number
  /** Ids of records that the reader must not see, as the country says. */
  readonly hidden: readonly string[]
  /** Asks the service behind the node itself, as the node does for nobody whom the country recognises; null if there is none, or it is unknown. */
  readonly askService: Ask | null
  /** Called before each check. */
  readonly onCheck?: (check: Check, at: number) => void
}

/** The node cannot be checked: it does not answer, or it does not believe the test gateway. `why` says what to do. */
export class NotCheckable extends Error {
  override readonly name = 'NotCheckable'
  readonly why: Both
  constructor(why: Both) {
    super(why.en)
    this.why = why
  }
}

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
      if (silent >= MAX_SILENT_LEGS) throw new NotCheckable(STOPPED)
      return reply
    },
  }
}

const STOPPED = both(
  `${MAX_SILENT_LEGS} legs, one after the other, had no answer. Look at the logs of the node and of the service, and run the checks again`,
  `${MAX_SILENT_LEGS} consultas seguidas no tuvieron respuesta. Mire los registros del nodo y del servicio, y repita las revisiones`,
)

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
  const { identity, domains, vkey, checks, tries, concurrency, deadlineMs, hidden, askService } = options
  const { ask, count } = countLegs(options.ask)
  const served = new Map(domains.map((domain) => [domain, contractSchema(domain)]))
  const reading = { facts: identity, ask, callers: makeCallers(identity), schemas: served }
  await askFirst(reading)
  const concerned = checks.filter(
    ({ domain, legTokens }) =>
      (domain === undefined || domains.includes(domain)) &&
      (legTokens === undefined || legTokens === identity.legTokens),
  )
  const sample = concerned.every(({ isOfNode }) => isOfNode === true) ? NO_SAMPLE : await readSample(reading, options)
  const world: World = { ...reading, domains, sample, vkey, tries, concurrency, deadlineMs, hidden, askService }
  const results: CheckedResult[] = []
  for (const [at, check] of concerned.entries()) {
    options.onCheck?.(check, at)
    results.push({ check, result: await check.run(world) })
  }
  return { results, sample, legs: count() }
}

const schemas = new Map<Domain, GraphQLSchema>()

/** Returns the contract's schema of a domain, which is made once. */
function contractSchema(domain: Domain): GraphQLSchema {
  const known = schemas.get(domain)
  if (known !== undefined) return known
  const typeDefs = parse(domainSdl(domain))
  const made = buildNodeSchema({ domain, typeDefs, resolvers: {}, migrations: new URL('.', import.meta.url) })
  schemas.set(domain, made)
  return made
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
    const reply =
      connection === undefined
        ? await world.ask({ domain, query: '{ __typename }', as: world.callers.reader })
        : (await readPage(world, connection, { first: 1, node: 'id' })).reply
    const why = whyNot(reply, domain)
    if (why !== null) throw new NotCheckable(why)
  }
}

function whyNot(reply: Reply, domain: Domain): Both | null {
  const codes = codesOf(reply)
  const because = (en: string, es: string): Both =>
    both(`${domain}: came ${describeReply(reply)}. ${en}`, `${domain}: vino ${describeReply(reply)}. ${es}`)
  if (reply.status === 0) {
    return both(
      `${domain}: came no answer. Start the node, and look at the address`,
      `${domain}: no hubo respuesta. Arranque el nodo y revise la dirección`,
    )
  }
  if (reply.status === 404) {
    return because(
      'Leave the domain out of --domains, or let the node serve it',
      'Quite el dominio de --domains, o haga que el nodo lo sirva',
    )
  }
  if (codes.includes('QUESTION_NOT_SIGNED') || reply.status === 401 || reply.status === 403) {
    return because(
      'Start the node with the files of --prepare, so that it believes the test gateway; compare the clocks',
      'Arranque el nodo con los archivos de --prepare, para que crea al gateway de prueba; compare los relojes',
    )
  }
  if (reply.status === 503) {
    return because('The node’s /health/ready says what is missing', '/health/ready del nodo dice qué falta')
  }
  if (reply.status === 502 || reply.status === 504) {
    return because(
      'The service behind the node does not answer as it must: docs/upstream.md',
      'El servicio detrás del nodo no responde como debe: docs/upstream.md',
    )
  }
  return null
}
