/**
 * Wires plan, spread, leg, gather and shape: how one validated operation is answered. Reads like the picture in
 * ARCHITECTURE.md; the rooms do not know one another.
 */
import { execute, type GraphQLFormattedError, type GraphQLSchema } from 'graphql'
import { type Outcome, worseOutcome } from '../contract/outcome.ts'
import type { Endpoint, Participant, RequestContext, SendLeg } from './flow.ts'
import { gatherFetch } from './gather/gather.ts'
import { gatherPlain } from './gather/gather-plain.ts'
import { mergeApart } from './gather/merge-apart.ts'
import { createPlanner, type OperationRequest, type Planner } from './plan/compile.ts'
import { outKeyOf } from './plan/normalise.ts'
import type { CompiledOperation, Complaint, Entity, Fetch, PlainFetch, SpreadFetch } from './planned.ts'
import { formatErrors } from './shape/errors.ts'
import { shapeAnswer } from './shape/shape.ts'
import { argumentValues, checkArguments, pageOf } from './spread/check-arguments.ts'
import { entitiesAt } from './spread/entities.ts'
import { plainGroups, plainLeg } from './spread/plain.ts'
import { type Publication, readPublication } from './spread/publication.ts'
import { spreadFetch } from './spread/spread.ts'

/** Answers operations over one supergraph and its participants. */
export interface Engine {
  readonly apiSchema: GraphQLSchema
  /** How many operations are kept planned. */
  plansKept(): number
  /**
   * Runs one operation that was validated against `apiSchema`. A country's failure is in the answer, never thrown.
   * @throws {IstmoError} for what is refused with 400, before any leg is sent.
   */
  execute(request: OperationRequest, context: RequestContext): Promise<EngineAnswer>
}

/** A whole or partial answer. `extensions.countries` stands where countries were asked. */
export interface EngineAnswer {
  readonly data: unknown
  readonly errors?: readonly GraphQLFormattedError[]
  readonly extensions?: Record<string, unknown>
}

/** What an engine is made of. */
export interface EngineOptions {
  readonly supergraphSdl: string
  readonly participants: readonly Participant[]
  /** Limits of the endpoints of subgraphs that no country publishes. */
  readonly subgraphDefaults: { readonly deadlineMs: number; readonly maxAnswerBytes: number }
  readonly sendLeg: SendLeg
  /** Told why a leg was refused after it answered, without foreign text. */
  readonly onRefusal?: (refusal: {
    readonly requestId: string
    readonly country: string
    readonly domain: string
    readonly reason: string
  }) => void
}

/** A domain that countries publish, or a subgraph with one endpoint. */
interface Served {
  readonly publishers: ReadonlyMap<string, Publication>
  readonly endpoints: ReadonlyMap<string, Endpoint>
  readonly plain: Endpoint
}

/** One operation on its way. */
interface Run {
  readonly compiled: CompiledOperation
  readonly variables: Readonly<Record<string, unknown>>
  readonly context: RequestContext
  readonly tree: Record<string, unknown>
  readonly complaints: Complaint[]
  /** `country domain` → the worst outcome of its legs. */
  readonly manifest: Map<string, Outcome>
}

/**
 * Makes the engine.
 * @throws when the supergraph does not load, or nobody publishes a domain that countries answer.
 */
export function createEngine(options: EngineOptions): Engine {
  const isSpread = (name: string): boolean =>
    options.participants.some((participant) => Object.hasOwn(participant.domains, name))
  const planner = createPlanner(options.supergraphSdl, isSpread)
  const served = serveDomains(planner, options)
  const codes = new Set(options.participants.map((participant) => participant.country))
  return {
    apiSchema: planner.apiSchema,
    plansKept: planner.compiledCount,
    async execute(request, context) {
      const { compiled, variables } = planner.compile(request)
      checkArguments(compiled.checked, variables, codes)
      const run: Run = { compiled, variables, context, tree: {}, complaints: [], manifest: new Map() }
      const apart = compiled.apart.map((fetches) => ({ fetches, run: { ...run, tree: {} } }))
      await Promise.all([
        runFetches(compiled.fetches, run, served, options),
        runIntrospection(run, planner),
        ...apart.map((part) => runFetches(part.fetches, part.run, served, options)),
      ])
      for (const part of apart) run.complaints.push(...mergeApart(run.tree, part.run.tree))
      return answerOf(run)
    },
  }
}

/** Starts each fetch when those that it waits for are merged. */
async function runFetches(
  fetches: readonly Fetch[],
  run: Run,
  served: ReadonlyMap<string, Served>,
  options: EngineOptions,
): Promise<void> {
  const done: Promise<void>[] = []
  for (const fetch of fetches) {
    const domain = served.get(fetch.domain)
    if (!domain) throw new Error(`expected a domain of the supergraph; came ${fetch.domain}`)
    const ready = Promise.all(fetch.dependsOn.map((index) => done[index]))
    done.push(
      ready.then(() =>
        fetch.mode === 'PLAIN'
          ? runPlain(fetch, run, domain.plain, options.sendLeg)
          : runSpread(fetch, run, domain, options),
      ),
    )
  }
  await Promise.all(done)
}

async function runSpread(fetch: SpreadFetch, run: Run, served: Served, options: EngineOptions): Promise<void> {
  const { variables, context, tree } = run
  const entities = fetch.requires ? entitiesAt(tree, fetch.path, fetch.requires, fetch.keys.typename) : null
  if (entities?.length === 0) return
  const mandateCountries = context.caller?.mandate?.countries ?? null
  const spread = spreadFetch(fetch, { variables, publishers: served.publishers, mandateCountries, entities })
  const answers = await Promise.all(
    spread.legs.map(async (leg) => {
      const endpoint = served.endpoints.get(leg.country)
      if (!endpoint) throw new Error(`expected an endpoint of ${leg.country} for ${fetch.domain}`)
      const { country, query, variables: values } = leg
      const sent = { domain: fetch.domain, country, endpoint, query, variables: values, kind: 'query' as const }
      return { leg, answer: await options.sendLeg(sent, context) }
    }),
  )
  const gathered = gatherFetch({
    fetch,
    targets: spread.targets,
    entities,
    answers,
    tree,
    pageOf: (page, takesSilent) => pageOf(page, argumentValues(page.definition, page.node, variables), takesSilent),
  })
  complain(run, gathered.complaints)
  for (const [country, outcome] of gathered.outcomes) noteOutcome(run, country, fetch.domain, outcome)
  for (const refusal of gathered.refusals) {
    options.onRefusal?.({ requestId: context.requestId, domain: fetch.domain, ...refusal })
  }
}

async function runPlain(fetch: PlainFetch, run: Run, endpoint: Endpoint, sendLeg: SendLeg): Promise<void> {
  const entities: readonly Entity[] | null = fetch.requires
    ? entitiesAt(run.tree, fetch.path, fetch.requires, run.compiled.keys.typename, fetch.contextRewrites)
    : null
  await Promise.all(
    (entities === null ? [null] : plainGroups(entities)).map(async (group) => {
      const answer = await sendLeg(plainLeg(fetch, group, run.variables, endpoint), run.context)
      complain(run, gatherPlain(fetch, group, answer, run.tree))
    }),
  )
}

/** One by one: a country may give cause for more complaints than a call takes arguments. */
function complain(run: Run, complaints: readonly Complaint[]): void {
  for (const complaint of complaints) run.complaints.push(complaint)
}

/** The introspection part is answered by the API schema itself. */
async function runIntrospection(run: Run, planner: Planner): Promise<void> {
  const document = run.compiled.introspection
  if (!document) return
  const { data } = await execute({ schema: planner.apiSchema, document, variableValues: run.variables })
  Object.assign(run.tree, data)
}

function answerOf(run: Run): EngineAnswer {
  const { compiled, tree, complaints, manifest } = run
  const shaped = shapeAnswer(compiled.shape, tree)
  const explained = new Set(complaints.map((complaint) => positionOf(complaint.path)))
  const missing = shaped.missing
    .filter(({ path }) => !explained.has(positionOf(path)))
    .map(({ path, coordinate }): Complaint => ({ code: 'NULL_FOR_NON_NULL', country: null, coordinate, path }))
  const errors = formatErrors([...complaints, ...missing], (key) => outKeyOf(key, compiled.keys))
  const countries = [...manifest]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, outcome]) => {
      const [country, domain] = key.split(' ')
      return { country, domain, ...outcome }
    })
  return {
    data: shaped.data,
    ...(errors.length > 0 ? { errors } : {}),
    ...(countries.length > 0 ? { extensions: { countries } } : {}),
  }
}

function positionOf(path: readonly (string | number)[]): string {
  return path.filter((step) => typeof step === 'string').join('.')
}

function noteOutcome(run: Run, country: string, domain: string, outcome: Outcome): void {
  const key = `${country} ${domain}`
  const known = run.manifest.get(key)
  run.manifest.set(key, known ? worseOutcome(known, outcome) : outcome)
}

function serveDomains(planner: Planner, options: EngineOptions): ReadonlyMap<string, Served> {
  return new Map(
    [...planner.subgraphs].map(([name, { url, schema }]): [string, Served] => {
      const publishing = options.participants.filter((participant) => Object.hasOwn(participant.domains, name))
      const publishers = new Map<string, Publication>()
      const endpoints = new Map<string, Endpoint>()
      for (const { country, domains } of publishing) {
        const subgraph = domains[name]
        if (!subgraph) continue
        publishers.set(country, readPublication(schema, country, subgraph.sdl))
        endpoints.set(country, subgraph)
      }
      return [name, { publishers, endpoints, plain: { url, ...options.subgraphDefaults } }]
    }),
  )
}
