/**
 * Wires plan, spread, leg, gather and shape to answer one validated operation. The code follows the picture in ARCHITECTURE.md. The
 * rooms do not know one another.
 */
import type { GraphQLSchema } from 'graphql'
import { ANSWERED, type Outcome, worseOutcome } from '../../contract/outcome.ts'
import type { AccessView } from '../authorize/authorizer.ts'
import { createForeignIds } from '../gather/foreign-ids.ts'
import { beginGathering } from '../gather/gather.ts'
import { gatherPlain } from '../gather/gather-plain.ts'
import type { TakeForeignId } from '../gather/gather-state.ts'
import { mergeTrees } from '../gather/merge-trees.ts'
import { createPlanner, type OperationRequest } from '../plan/compile.ts'
import type { CreatePlanMaker } from '../plan/make-plan.ts'
import { formatErrors } from '../shape/errors.ts'
import { explainMissing } from '../shape/explain-missing.ts'
import { listLostFields } from '../shape/list-lost-fields.ts'
import { placeDenials } from '../shape/place-denials.ts'
import { shapeAnswer } from '../shape/shape.ts'
import { argumentValues, checkArguments, pageOf } from '../spread/check-arguments.ts'
import { entitiesAt } from '../spread/entities.ts'
import { plainGroups, plainLeg } from '../spread/plain.ts'
import { MAX_LEG_ENTITIES, spreadFetch } from '../spread/spread.ts'
import type { AnswerError } from '../types/answer-error.ts'
import type {
  AccessMode,
  DomainView,
  Endpoint,
  EngineAnswer,
  Leg,
  LegAnswer,
  Participant,
  RequestContext,
  SendLeg,
  SuspendedNow,
  TakeTurn,
} from '../types/flow.ts'
import type { Entity } from '../types/leg.ts'
import type { CompiledOperation, Fetch, PreparedOperation, SpreadFetch } from '../types/operation.ts'
import type { PlainFetch } from '../types/plan.ts'
import type { Payer, ReadDocument, RunPlanning } from '../types/planning.ts'
import { askLeg } from './ask-leg.ts'
import { type CheckingBudget, createCheckingBudget } from './checking-budget.ts'
import { denialError, listDenials, rejectOperation } from './denial-answers.ts'
import { guardDomains, listPublishers, type Served, serveDomains } from './domains.ts'
import { createIntrospection, type Introspect, toAnswer } from './introspection.ts'
import { createLegMerger, type MergedAnswer } from './merge-legs.ts'
import { noteLegs } from './note-legs.ts'
import { planOnThisThread } from './planning-jobs.ts'
import { createDocuments } from './read-documents.ts'
import { traceQuestion } from './trace-question.ts'

/** Answers operations over one supergraph and its participants. */
export interface Engine {
  readonly apiSchema: GraphQLSchema
  /**
   * Parses and validates a document, or takes it from the cache.
   * @throws {IstmoError} `LIMIT_EXCEEDED`, and what planning throws.
   */
  readDocument(source: string, payer: Payer): Promise<ReadDocument>
  /** Returns the codes of the participants that publish the field at a coordinate of the API schema, sorted. */
  publishersOf(coordinate: string): readonly string[]
  /** How many planned operations are in the cache. */
  plansCached(): number
  /** About how many bytes of memory documents and plans take in the caches. */
  cachedBytes(): number
  /**
   * Runs one operation that was validated against `apiSchema`. A country's failure is in the answer; it is never thrown.
   * @throws {IstmoError} if the request is rejected with 400, before the gateway sends any leg.
   */
  execute(request: OperationRequest, context: RequestContext): Promise<EngineAnswer>
  /** Releases what the engine holds. No operation may be in progress. */
  close(): Promise<void>
}

/** What `createEngine` needs. */
export interface EngineOptions {
  readonly supergraphSdl: string
  readonly participants: readonly Participant[]
  /** Limits of the endpoints of subgraphs that no country publishes. */
  readonly subgraphDefaults: { readonly deadlineMs: number; readonly maxAnswerBytes: number }
  readonly sendLeg: SendLeg
  /** Reads, plans and introspects on another thread. Default: this thread does it, at nobody's cost and without limits. */
  readonly planning?: { readonly run: RunPlanning; close(): Promise<void> }
  /** Makes the maker of plans, if this thread makes them. */
  readonly createPlanMaker?: CreatePlanMaker
  /** How much memory documents and plans may take, in bytes. Default: {@link DEFAULT_CACHE_BYTES}. */
  readonly maxCacheBytes?: number
  /** How the engine answers an operation if a part of it is denied (docs/design/access.md, Modes). Default: `filter`. */
  readonly mode?: AccessMode
  /** Where large answers wait for their turn. Default: they wait for none. */
  readonly takeTurn?: TakeTurn
  /** What is suspended at the moment. Default: nothing is. */
  readonly suspended?: SuspendedNow
  /** Returns milliseconds since the epoch, by which it decides what a caller may read. Default: `Date.now`. */
  readonly now?: () => number
  /** Called when the gateway rejects a country's answer. `reason` says why and contains no text of the country. */
  readonly onRejectedAnswer?: (rejection: {
    readonly requestId: string
    readonly country: string
    readonly domain: string
    readonly reason: string
  }) => void
}

/** How much memory documents and plans may take if the options say nothing, in bytes. */
const DEFAULT_CACHE_BYTES = 128 * 2 ** 20

/** The part of the cache for documents. */
const DOCUMENTS_SHARE = 0.2

/** One operation while it runs. */
interface Run {
  readonly prepared: PreparedOperation
  readonly compiled: CompiledOperation
  readonly variables: Readonly<Record<string, unknown>>
  readonly context: RequestContext
  readonly view: AccessView
  /** Codes of all participants. */
  readonly participants: ReadonlySet<string>
  /** By country code: why the gateway asks a country for nothing at the moment. */
  readonly unavailable: ReadonlyMap<string, Outcome>
  readonly tree: Record<string, unknown>
  /** The fields that no country lets the caller read. Their paths have no list indices. */
  readonly denials: readonly AnswerError[]
  readonly answerErrors: AnswerError[]
  /** `country domain` → the worst outcome of its legs. */
  readonly manifest: Map<string, Outcome>
  readonly send: (leg: Leg) => Promise<MergedAnswer>
  readonly takesForeignId: TakeForeignId
  readonly checking: CheckingBudget
}

/**
 * Makes the engine.
 * @throws {Error} if the supergraph does not load, or if it has a domain that countries answer and no country publishes it.
 */
export function createEngine(options: EngineOptions): Engine {
  const { planner, runPlanning, documents } = openPlanning(options)
  const served = serveDomains(planner, options.participants, options.subgraphDefaults)
  const authorizer = guardDomains(planner, served, options)
  const introspect = createIntrospection(planner, runPlanning)
  const participants = new Set(options.participants.map(({ country }) => country))
  const takeTurn = options.takeTurn ?? (async () => undefined)
  const unavailable = listUnavailable(options.participants)
  return {
    apiSchema: planner.apiSchema,
    readDocument: documents.read,
    publishersOf: listPublishers(planner, served),
    plansCached: planner.compiledCount,
    cachedBytes: () => documents.bytes() + planner.cachedBytes(),
    close: async () => options.planning?.close(),
    async execute(request, arriving) {
      const { prepared, variables } = await planner.prepare(request, arriving)
      const context = traceQuestion(arriving, request, prepared)
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
      if (prepared.isIntrospection) return toAnswer(await introspect(prepared, variables, view, context))
      const compiled = await planner.compile(prepared, decision.removedFields, context)
      checkArguments(compiled.checked, variables)
      const denials = decision.denials.map(denialError)
      const send = createLegMerger(options.sendLeg, context, MAX_LEG_ENTITIES)
      const shared = { send, takesForeignId: createForeignIds(), checking: createCheckingBudget() }
      const seen = { prepared, compiled, variables, context, view, participants, unavailable, denials, ...shared }
      const run: Run = { ...seen, tree: {}, answerErrors: [], manifest: new Map() }
      const separateGroups = compiled.separateGroups.map((fetches) => ({ fetches, run: { ...run, tree: {} } }))
      await Promise.all([
        runFetches(compiled.fetches, run, served, options),
        runIntrospection(run, introspect),
        ...separateGroups.map((part) => runFetches(part.fetches, part.run, served, options)),
      ])
      for (const part of separateGroups) run.answerErrors.push(...mergeTrees(run.tree, part.run.tree))
      // Only the country's outcome shows that its rules deny an argument.
      const isArgumentDenied = trail?.legs.some(({ outcome }) => outcome.code === 'FORBIDDEN_BY_COUNTRY')
      if (isArgumentDenied) trail?.denials.push(...view.revealDenials(prepared, variables))
      return makeInTurn(run, takeTurn)
    },
  }
}

function listUnavailable(participants: readonly Participant[]): ReadonlyMap<string, Outcome> {
  return new Map(
    participants.flatMap(({ country, unavailable }) =>
      unavailable ? [[country, { reach: 'UNAVAILABLE', code: unavailable.code } satisfies Outcome] as const] : [],
    ),
  )
}

/** Finds why a country is not asked about a domain: because of its file, or because something is suspended. */
function whoIsUnavailable(
  domain: string,
  { unavailable, context }: Run,
  suspended: SuspendedNow | undefined,
): Pick<ReadonlyMap<string, Outcome>, 'get'> {
  if (suspended === undefined) return unavailable
  const get = (country: string): Outcome | undefined =>
    unavailable.get(country) ?? suspended.outcomeOf(country, domain, context.caller) ?? undefined
  return { get }
}

/** Makes the planner and the documents, whose caches share the memory. */
function openPlanning({ participants, planning, maxCacheBytes = DEFAULT_CACHE_BYTES, ...options }: EngineOptions) {
  const isSpread = (name: string): boolean => participants.some(({ domains }) => Object.hasOwn(domains, name))
  const planner = createPlanner(options.supergraphSdl, isSpread, {
    ...(planning && { runPlanning: planning.run }),
    ...(options.createPlanMaker && { createMaker: options.createPlanMaker }),
    maxCacheBytes: maxCacheBytes * (1 - DOCUMENTS_SHARE),
  })
  const runPlanning = planning?.run ?? planOnThisThread(planner)
  return { planner, runPlanning, documents: createDocuments(runPlanning, maxCacheBytes * DOCUMENTS_SHARE) }
}

/** Starts each fetch as soon as the fetches that it depends on are merged. */
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

/** The answer that stands for one which would take more of the gateway's time than its country has left. */
const TOO_MUCH: LegAnswer = { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' } }

async function runSpread(fetch: SpreadFetch, run: Run, served: Served, options: EngineOptions): Promise<void> {
  const { variables, context, tree } = run
  const entities = fetch.requires ? entitiesAt(tree, fetch.path, fetch.requires, fetch.keys.typename) : null
  if (entities?.length === 0) return
  const mandateCountries = context.caller?.mandate?.countries ?? null
  const viewOf = (country: string): DomainView => run.view.domain(fetch.domain, country)
  const { publishers } = served
  const { participants } = run
  const unavailable = whoIsUnavailable(fetch.domain, run, options.suspended)
  const input = { variables, publishers, participants, unavailable, viewOf, mandateCountries, entities }
  const spread = spreadFetch(fetch, input)
  const gathering = beginGathering({
    fetch,
    targets: spread.targets,
    unasked: spread.unasked,
    denials: spread.denials,
    entities,
    tree,
    takesForeignId: run.takesForeignId,
    pageOf: (page, takesSilent) => pageOf(page, argumentValues(page.definition, page.node, variables), takesSilent),
  })
  const asked = await Promise.all(
    spread.legs.map(async (leg) => {
      const endpoint = served.endpoints.get(leg.country)
      if (!endpoint) throw new Error(`expected an endpoint of ${leg.country} for ${fetch.domain}`)
      const answered = await askLeg(leg, { fetch, targets: spread.targets, endpoint, send: run.send })
      const isChecked = run.checking.spend(leg.country, () => gathering.read(answered))
      if (!isChecked) gathering.read({ leg, answer: TOO_MUCH })
      return answered
    }),
  )
  const gathered = gathering.finish()
  addAnswerErrors(run, gathered.answerErrors)
  for (const [country, outcome] of gathered.outcomes) noteOutcome(run, country, fetch.domain, outcome)
  if (context.trail) noteLegs(context.trail, fetch.domain, gathered, asked)
  for (const rejection of gathered.rejections) {
    options.onRejectedAnswer?.({ requestId: context.requestId, domain: fetch.domain, ...rejection })
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

/** Adds the errors one by one, because a country can cause more errors than one call takes arguments. */
function addAnswerErrors(run: Run, answerErrors: readonly AnswerError[]): void {
  for (const answerError of answerErrors) run.answerErrors.push(answerError)
}

/** Adds the introspection part of an operation that also asks for something else. */
async function runIntrospection(run: Run, introspect: Introspect): Promise<void> {
  if (run.compiled.introspection === null) return
  Object.assign(run.tree, JSON.parse(await introspect(run.prepared, run.variables, run.view, run.context)))
}

/** How long the checks of an answer take, in milliseconds, if it is so large that the steps after them need turns of their own. */
const LARGE_MS = 5

/** Makes the answer. If it is large, this is one turn, and what the caller does with the answer is another one. */
async function makeInTurn(run: Run, takeTurn: TakeTurn): Promise<EngineAnswer> {
  if (run.checking.spentMs() < LARGE_MS) return makeAnswer(run)
  await takeTurn(run.context, 'next')
  const answer = makeAnswer(run)
  await takeTurn(run.context, 'next')
  return answer
}

function makeAnswer(run: Run): EngineAnswer {
  const { compiled, tree, denials, answerErrors, manifest } = run
  const { outKey } = compiled
  const shaped = shapeAnswer(compiled.shape, tree)
  const lost = compiled.isEmpty ? [] : listLostFields(compiled.shape, tree, [...answerErrors, ...denials])
  const isNothingAsked = compiled.isEmpty || (lost.length > 0 && Object.keys(tree).length === 0)
  const data = isNothingAsked ? null : shaped.data
  const found = [...answerErrors, ...lost]
  const missing = explainMissing(shaped.missing, found, denials, outKey)
  const errors = formatErrors([...placeDenials(denials, { ...shaped, data }, outKey), ...found, ...missing], outKey)
  const countries = [...manifest]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, outcome]) => {
      const [country, domain] = key.split(' ')
      return { country, domain, ...outcome }
    })
  return {
    data,
    ...(errors.length > 0 ? { errors } : {}),
    ...(countries.length > 0 ? { extensions: { countries } } : {}),
  }
}

function noteOutcome(run: Run, country: string, domain: string, outcome: Outcome): void {
  const key = `${country} ${domain}`
  const earlier = run.manifest.get(key)
  run.manifest.set(key, earlier ? worseOutcome(earlier, outcome) : outcome)
}
