/**
 * Wires plan, spread, leg, gather and shape: how one validated operation is answered. Reads like the picture in
 * ARCHITECTURE.md; the rooms do not know one another.
 */
import { execute, type GraphQLSchema } from 'graphql'
import { ANSWERED, type Outcome, worseOutcome } from '../../contract/outcome.ts'
import type { AccessView } from '../authorize/authorizer.ts'
import { gatherFetch } from '../gather/gather.ts'
import { gatherPlain } from '../gather/gather-plain.ts'
import { mergeTrees } from '../gather/merge-trees.ts'
import { createPlanner, type OperationRequest } from '../plan/compile.ts'
import type { CreatePlanMaker } from '../plan/make-plan.ts'
import { formatErrors } from '../shape/errors.ts'
import { shapeAnswer } from '../shape/shape.ts'
import { argumentValues, checkArguments, pageOf } from '../spread/check-arguments.ts'
import { entitiesAt } from '../spread/entities.ts'
import { plainGroups, plainLeg } from '../spread/plain.ts'
import { spreadFetch } from '../spread/spread.ts'
import type { AnswerError } from '../types/answer-error.ts'
import type {
  AccessMode,
  DomainView,
  Endpoint,
  EngineAnswer,
  Participant,
  RequestContext,
  SendLeg,
} from '../types/flow.ts'
import type { Entity } from '../types/leg.ts'
import type { CompiledOperation, Fetch, SpreadFetch } from '../types/operation.ts'
import type { PlainFetch } from '../types/plan.ts'
import { denialError, listDenials, rejectOperation } from './denial-answers.ts'
import { guardDomains, type Served, serveDomains } from './domains.ts'
import { createIntrospection } from './introspection.ts'

/** Answers operations over one supergraph and its participants. */
export interface Engine {
  readonly apiSchema: GraphQLSchema
  /** How many operations are kept planned. */
  plansCached(): number
  /**
   * Runs one operation that was validated against `apiSchema`. A country's failure is in the answer, never thrown.
   * @throws {IstmoError} for what is refused with 400, before any leg is sent.
   */
  execute(request: OperationRequest, context: RequestContext): Promise<EngineAnswer>
}

/** What an engine is made of. */
export interface EngineOptions {
  readonly supergraphSdl: string
  readonly participants: readonly Participant[]
  /** Limits of the endpoints of subgraphs that no country publishes. */
  readonly subgraphDefaults: { readonly deadlineMs: number; readonly maxAnswerBytes: number }
  readonly sendLeg: SendLeg
  /** What makes the plans, as plain data; left out, this thread does. */
  readonly createPlanMaker?: CreatePlanMaker
  /** What becomes of an operation of which something is denied (docs/design/access.md, Modes); `filter` by default. */
  readonly mode?: AccessMode
  /** Told why a leg was refused after it answered, without foreign text. */
  readonly onRejectedAnswer?: (refusal: {
    readonly requestId: string
    readonly country: string
    readonly domain: string
    readonly reason: string
  }) => void
}

/** One operation on its way. */
interface Run {
  readonly compiled: CompiledOperation
  readonly variables: Readonly<Record<string, unknown>>
  readonly context: RequestContext
  readonly view: AccessView
  readonly tree: Record<string, unknown>
  readonly answerErrors: AnswerError[]
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
  const planner = createPlanner(options.supergraphSdl, isSpread, options.createPlanMaker)
  const served = serveDomains(planner, options.participants, options.subgraphDefaults)
  const authorizer = guardDomains(planner, served, options.participants)
  const introspection = createIntrospection(planner)
  const codes = new Set(options.participants.map((participant) => participant.country))
  return {
    apiSchema: planner.apiSchema,
    plansCached: planner.compiledCount,
    async execute(request, context) {
      const { prepared, variables } = planner.prepare(request)
      const view = authorizer.viewFor(context)
      const decision = view.decide(prepared)
      const { trail } = context
      if (trail) {
        trail.uses = prepared.uses
        trail.denials.push(...decision.denials, ...decision.partialDenials)
      }
      if (decision.isRuled && context.groundsRejected) throw context.groundsRejected
      const mode = context.isDryRun ? 'dry-run' : (options.mode ?? 'filter')
      if (mode !== 'filter') {
        const revealed = view.revealDenials(prepared, variables)
        trail?.denials.push(...revealed)
        const denials = [...decision.denials, ...decision.partialDenials, ...revealed]
        if (mode === 'dry-run') return listDenials(denials, prepared.outKey)
        if (denials.length > 0) return rejectOperation(denials, prepared.outKey)
      }
      const compiled = planner.compile(prepared, decision.removedFields)
      checkArguments(compiled.checked, variables, codes)
      const answerErrors = decision.denials.map(denialError)
      const run: Run = { compiled, variables, context, view, tree: {}, answerErrors, manifest: new Map() }
      const separately = compiled.separately.map((fetches) => ({ fetches, run: { ...run, tree: {} } }))
      await Promise.all([
        runFetches(compiled.fetches, run, served, options),
        runIntrospection(run, introspection),
        ...separately.map((part) => runFetches(part.fetches, part.run, served, options)),
      ])
      for (const part of separately) run.answerErrors.push(...mergeTrees(run.tree, part.run.tree))
      // An argument that a country's rules refuse shows by that country's outcome alone.
      const isRefused = trail?.legs.some(({ outcome }) => outcome.code === 'FORBIDDEN_BY_COUNTRY')
      if (isRefused) trail?.denials.push(...view.revealDenials(prepared, variables))
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
  const viewOf = (country: string): DomainView => run.view.domain(fetch.domain, country)
  const spread = spreadFetch(fetch, { variables, publishers: served.publishers, viewOf, mandateCountries, entities })
  addAnswerErrors(run, spread.answerErrors)
  const answers = await Promise.all(
    spread.legs.map(async (leg) => {
      const endpoint = served.endpoints.get(leg.country)
      if (!endpoint) throw new Error(`expected an endpoint of ${leg.country} for ${fetch.domain}`)
      const { country, query, variables: values, scopes, policies } = leg
      const rights = { scopes, policies }
      const sent = { domain: fetch.domain, country, endpoint, query, variables: values, kind: 'query' as const, rights }
      return { leg, sent, answer: await options.sendLeg(sent, context) }
    }),
  )
  const gathered = gatherFetch({
    fetch,
    targets: spread.targets,
    unasked: spread.unasked,
    entities,
    answers,
    tree,
    pageOf: (page, takesSilent) => pageOf(page, argumentValues(page.definition, page.node, variables), takesSilent),
  })
  addAnswerErrors(run, gathered.answerErrors)
  const legOf = new Map(answers.map(({ leg, sent }) => [leg.country, sent]))
  for (const [country, outcome] of gathered.outcomes) {
    noteOutcome(run, country, fetch.domain, outcome)
    context.trail?.legs.push({ country, domain: fetch.domain, outcome, leg: legOf.get(country) ?? null })
  }
  for (const refusal of gathered.refusals) {
    options.onRejectedAnswer?.({ requestId: context.requestId, domain: fetch.domain, ...refusal })
  }
}

async function runPlain(fetch: PlainFetch, run: Run, endpoint: Endpoint, sendLeg: SendLeg): Promise<void> {
  const entities: readonly Entity[] | null = fetch.requires
    ? entitiesAt(run.tree, fetch.path, fetch.requires, run.compiled.keys.typename, fetch.contextRewrites)
    : null
  await Promise.all(
    (entities === null ? [null] : plainGroups(entities)).map(async (group) => {
      const leg = plainLeg(fetch, group, run.variables, endpoint)
      const answer = await sendLeg(leg, run.context)
      const outcome = answer.kind === 'failed' ? answer.outcome : ANSWERED
      run.context.trail?.legs.push({ country: null, domain: fetch.domain, outcome, leg })
      addAnswerErrors(run, gatherPlain(fetch, group, answer, run.tree))
    }),
  )
}

/** One by one: a country may give cause for more complaints than a call takes arguments. */
function addAnswerErrors(run: Run, answerErrors: readonly AnswerError[]): void {
  for (const answerError of answerErrors) run.answerErrors.push(answerError)
}

/** The introspection part is answered by what the caller sees of the API schema. */
async function runIntrospection(run: Run, schemaFor: (view: AccessView) => GraphQLSchema): Promise<void> {
  const document = run.compiled.introspection
  if (!document) return
  const { data } = await execute({ schema: schemaFor(run.view), document, variableValues: run.variables })
  Object.assign(run.tree, data)
}

function answerOf(run: Run): EngineAnswer {
  const { compiled, tree, answerErrors, manifest } = run
  const shaped = shapeAnswer(compiled.shape, tree)
  const explained = new Set(answerErrors.flatMap((answerError) => positionsTo(answerError.path)))
  const missing = shaped.missing
    .filter(({ path }) => !explained.has(positionOf(path)))
    .map(({ path, coordinate }): AnswerError => ({ code: 'NULL_FOR_NON_NULL', country: null, coordinate, path }))
  const errors = formatErrors([...answerErrors, ...missing], compiled.outKey)
  const countries = [...manifest]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, outcome]) => {
      const [country, domain] = key.split(' ')
      return { country, domain, ...outcome }
    })
  return {
    data: compiled.isEmpty ? null : shaped.data,
    ...(errors.length > 0 ? { errors } : {}),
    ...(countries.length > 0 ? { extensions: { countries } } : {}),
  }
}

/** The position of a path, and of each field above it: a value that is missing there is missing for the same reason. */
function positionsTo(path: readonly (string | number)[]): string[] {
  const keys = path.filter((step) => typeof step === 'string')
  return keys.map((_, i) => keys.slice(0, i + 1).join('.'))
}

function positionOf(path: readonly (string | number)[]): string {
  return path.filter((step) => typeof step === 'string').join('.')
}

function noteOutcome(run: Run, country: string, domain: string, outcome: Outcome): void {
  const key = `${country} ${domain}`
  const known = run.manifest.get(key)
  run.manifest.set(key, known ? worseOutcome(known, outcome) : outcome)
}
