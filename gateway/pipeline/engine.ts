/**
 * Wires plan, spread, leg, gather and shape to answer one validated operation. The code follows the picture in ARCHITECTURE.md. The
 * rooms do not know one another.
 */

import type { GraphQLSchema } from 'graphql'
import type { KnownPattern } from '../../composition/known-patterns.ts'
import type { DenialKind } from '../../contract/access/rule.ts'
import type { ErrorCode } from '../../contract/errors.ts'
import type { Outcome } from '../../contract/outcome.ts'
import { rememberByObject } from '../../contract/remember-by-object.ts'
import type { Denial } from '../authorize/decide.ts'
import { createForeignIds } from '../gather/foreign-ids.ts'
import { mergeTrees } from '../gather/merge-trees.ts'
import { createShownSchemas } from '../introspect/shown-schemas.ts'
import { createByteCache, nameOf } from '../plan/byte-cache.ts'
import { createPlanner, measurePlanned, type Planner } from '../plan/compile.ts'
import type { CreatePlanMaker } from '../plan/make-plan.ts'
import { formatErrors } from '../shape/errors.ts'
import { placeDenials } from '../shape/place-denials.ts'
import { explainMissing, listLostFields, shapeAnswer } from '../shape/shape.ts'
import { checkArguments } from '../spread/check-arguments.ts'
import { MAX_LEG_ENTITIES } from '../spread/spread.ts'
import type { AccessMode, AnswerError, EngineAnswer, RequestContext, SendLeg, TakeTurn } from '../types/flow.ts'
import type { OperationRequest } from '../types/front.ts'
import type { CompiledOperation, Fetch, OperationToPlan, PreparedOperation } from '../types/operation.ts'
import type { Participant, SuspendedNow } from '../types/participant.ts'
import type { Payer, PlanningAnswers, PlanningRequest, ReadDocument, RunPlanning } from '../types/planning.ts'
import { createCheckingBudget } from './checking-budget.ts'
import { guardDomains, type Served, serveDomains } from './domains.ts'
import { createIntrospection, type Introspect, JsonAnswer } from './introspection.ts'
import { createLegMerger } from './merge-legs.ts'
import { LegNotes } from './note-legs.ts'
import { createPlanningJobs } from './planning-jobs.ts'
import { type AskedOperation, addAnswerErrors, type RejectedAnswer, type Run, runFetches } from './run-fetches.ts'
import { spliceFetches, splicerOf } from './splice-fetches.ts'
import { traceQuestion } from './trace-question.ts'

/** Answers operations over one supergraph and its participants. */
export interface Engine {
  readonly apiSchema: GraphQLSchema
  /** Where the plans may be wrong. */
  readonly knownPatterns: readonly KnownPattern[]
  /**
   * Parses and validates a document, or takes it from the cache, at once. Rejects with {IstmoError} `LIMIT_EXCEEDED`, and with what planning throws.
   */
  readDocument(source: string, payer: Payer): ReadDocument | Promise<ReadDocument>
  /**
   * Plans an operation of a document before anybody asks for it, with no field removed, and keeps what it made. The document is checked against
   * the limits and the schema as that of a caller.
   * @returns whether it was planned. It is not if this graph does not have it, or if it asks only about the schema.
   * @throws {IstmoError} what planning throws.
   */
  planAhead(operation: OperationToPlan, payer: Payer): Promise<boolean>
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
  /** Whether fetches with different texts go as one request if they are ready at the same time (docs/decisions/0071). Default: they do. */
  readonly mergesTexts?: boolean
  /** Where large answers wait for their turn. Default: they wait for none. */
  readonly takeTurn?: TakeTurn
  /** What is suspended at the moment. Default: nothing is. */
  readonly suspended?: SuspendedNow
  /** Returns milliseconds since the epoch, by which it decides what a caller may read. Default: `Date.now`. */
  readonly now?: () => number
  /** Whether answers of subgraphs that no country publishes are spliced as texts (gateway/splice). Default: true. */
  readonly splices?: boolean
  /** Called when the gateway rejects a country's answer. `reason` says why and contains no text of the country. */
  readonly onRejectedAnswer?: (rejection: RejectedAnswer) => void
}

/** How much memory documents and plans may take if the options say nothing, in bytes. */
const DEFAULT_CACHE_BYTES = 128 * 2 ** 20

/** The part of the cache for documents. */
const DOCUMENTS_SHARE = 0.2

/**
 * Makes the engine.
 * @throws {Error} if the supergraph does not load, or if it has a domain that countries answer and no country publishes it.
 */
export function createEngine(options: EngineOptions): Engine {
  const { planner, runPlanning, documents } = openPlanning(options)
  const served = serveDomains(planner, options.participants, options.subgraphDefaults)
  const authorizer = guardDomains(planner, served, options)
  const introspect = createIntrospection(planner, runPlanning)
  const beginRun = createRuns(served, options)
  const { takeTurn = async () => undefined } = options
  return {
    apiSchema: planner.apiSchema,
    knownPatterns: planner.knownPatterns,
    readDocument: documents.read,
    async planAhead(operation, payer) {
      const { kind } = await documents.readAhead(operation.source, payer)
      return kind === 'valid' && planner.planAhead(operation, payer)
    },
    plansCached: planner.compiledCount,
    cachedBytes: () => documents.bytes() + planner.cachedBytes(),
    close: async () => options.planning?.close(),
    async execute(request, arriving) {
      const preparing = planner.prepare(request, arriving)
      const { prepared, variables } = preparing instanceof Promise ? await preparing : preparing
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
      if (prepared.isIntrospection) return new JsonAnswer(await introspect(prepared, variables, view, context))
      const compiling = planner.compile(prepared, decision.removedFields, context)
      const compiled = compiling instanceof Promise ? await compiling : compiling
      checkArguments(compiled.checked, variables)
      const run = beginRun({ prepared, compiled, variables, context, view, denials: decision.denials.map(denialError) })
      const splicer = options.splices === false ? null : splicerOf(run)
      if (splicer !== null) {
        const json = await spliceFetches(run, splicer)
        if (json !== null) return new JsonAnswer(json)
      } else await runOperation(run, introspect)
      // Only the country's outcome shows that its rules deny an argument.
      const isArgumentDenied = trail?.legs.some(({ outcome }) => outcome.code === 'FORBIDDEN_BY_COUNTRY')
      if (isArgumentDenied) trail?.denials.push(...view.revealDenials(prepared, variables))
      return makeInTurn(run, takeTurn)
    },
  }
}

/** Creates the function that begins runs of operations over the countries of one graph. */
function createRuns(served: ReadonlyMap<string, Served>, options: EngineOptions): (asked: AskedOperation) => Run {
  const { sendLeg, suspended, onRejectedAnswer = () => undefined, mergesTexts = true } = options
  const participants = new Set(options.participants.map(({ country }) => country))
  const unavailable = listUnavailable(options.participants)
  const merging = { mostEntities: MAX_LEG_ENTITIES, mergesTexts }
  // Each request makes one: an object that is written member by member costs a tenth of one that is joined from parts.
  return ({ prepared, compiled, variables, context, view, denials }) => ({
    prepared,
    compiled,
    variables,
    context,
    view,
    denials,
    served,
    participants,
    unavailable,
    suspended,
    onRejectedAnswer,
    partners: findPartners(compiled),
    send: createLegMerger(sendLeg, context, merging),
    takesForeignId: createForeignIds(),
    checking: createCheckingBudget(),
    notes: context.trail ? new LegNotes(context.trail) : null,
    tree: {},
    answerErrors: [],
    manifest: new Map(),
  })
}

/** Runs all fetches of an operation, and the part of it that the gateway answers itself. */
async function runOperation(run: Run, introspect: Introspect): Promise<void> {
  const { fetches, separateGroups, introspection } = run.compiled
  if (separateGroups.length === 0 && introspection === null) {
    await runFetches(fetches, run)
    return
  }
  const separate = separateGroups.map((group) => ({ group, run: { ...run, tree: {} } }))
  await Promise.all([
    runFetches(fetches, run),
    ...(introspection === null ? [] : [runIntrospection(run, introspect)]),
    ...separate.map((part) => runFetches(part.group, part.run)),
  ])
  for (const part of separate) addAnswerErrors(run, mergeTrees(run.tree, part.run.tree))
}

function listUnavailable(participants: readonly Participant[]): ReadonlyMap<string, Outcome> {
  return new Map(
    participants.flatMap(({ country, unavailable }) =>
      unavailable ? [[country, { reach: 'UNAVAILABLE', code: unavailable.code } satisfies Outcome] as const] : [],
    ),
  )
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

/** Adds the introspection part of an operation that also asks for something else. */
async function runIntrospection(run: Run, introspect: Introspect): Promise<void> {
  Object.assign(run.tree, JSON.parse(await introspect(run.prepared, run.variables, run.view, run.context)))
}

/**
 * Makes the function that runs planning requests on this thread, at nobody's cost and without limits. Tests use it.
 * @throws {TypeError} if the planner was made for another thread's plans.
 */
export function planOnThisThread({
  apiSchema,
  rules,
  jobs,
}: Pick<Planner, 'apiSchema' | 'rules' | 'jobs'>): RunPlanning {
  if (jobs === null) throw new TypeError('expected a planner that plans on this thread')
  const showSchema = createShownSchemas({ apiSchema, rules, isContract: true })
  const answer = createPlanningJobs({ apiSchema, showSchema, jobs, limits: null })
  return async <Kind extends PlanningRequest['kind']>(request: Extract<PlanningRequest, { kind: Kind }>) =>
    measurePlanned(answer(request) as PlanningAnswers[Kind])
}

// Parses and validates documents, and keeps those that come twice.

/** The documents of one graph. */
interface Documents {
  /** Parses and validates a text, or returns at once what it keeps. Rejects with {IstmoError} as {@link RunPlanning}. */
  read(source: string, payer: Payer): ReadDocument | Promise<ReadDocument>
  /** Reads a known document as {@link Documents.read}, and keeps it. */
  readAhead(source: string, payer: Payer): Promise<ReadDocument>
  /** About how many bytes of memory the kept documents take. */
  bytes(): number
}

/** Creates the documents. A document that is not valid is kept too: a client that repeats a mistake costs nothing. */
function createDocuments(run: RunPlanning, maxCacheBytes: number): Documents {
  const cache = createByteCache<ReadDocument>(maxCacheBytes)
  const read = (source: string, payer: Payer): ReadDocument | Promise<ReadDocument> => {
    // The text is the key, because its hash would cost more than the rest of the look-up.
    return cache.get(source) ?? cache.getOrMake(source, nameOf(payer), () => run({ kind: 'read', source }, payer))
  }
  return {
    read,
    async readAhead(source, payer) {
      const document = await read(source, payer)
      cache.keep(source)
      return document
    },
    bytes: cache.bytes,
  }
}

// How an answer reports the fields that the caller may not read.

/** Makes an answer error of a denial. It never says which scope or policy the caller holds or needs. */
function denialError({ coordinate, path, kind, country }: Denial): AnswerError {
  return { code: codeOf(kind, country), country, coordinate, path }
}

function codeOf(kind: DenialKind, country: string | null): ErrorCode {
  if (country !== null) return 'FORBIDDEN_BY_COUNTRY'
  // Every source demands a known caller, and only a request without a token has none.
  return kind === 'AUTHENTICATED' ? 'TOKEN_MISSING' : 'UNAUTHORIZED_FIELD_OR_TYPE'
}

/** Makes the answer of the mode `reject`, in which the gateway sends no legs. */
function rejectOperation(denials: readonly Denial[], outKey: PreparedOperation['outKey']): EngineAnswer {
  return { data: null, errors: formatErrors(denials.map(denialError), outKey), status: 403 }
}

/** Makes the answer of a dry run, in which the gateway sends no legs. It lists what would be denied, where, and by which kind of rule. */
function listDenials(denials: readonly Denial[], outKey: PreparedOperation['outKey']): EngineAnswer {
  const denied = denials.map(({ coordinate, path, kind, country }) => ({
    path: path.map(outKey),
    coordinate,
    rule: kind,
    ...(country === null ? {} : { country }),
  }))
  return { data: null, extensions: { dryRun: { denied } } }
}

/**
 * Finds the fetches that may be ready at the same time as another one for the same domain, so that their legs can be merged. All others need not
 * wait for anybody. The answer is found once for each operation.
 */
export const findPartners = rememberByObject((compiled: CompiledOperation): ReadonlySet<Fetch> => {
  const groups = [compiled.fetches, ...compiled.separateGroups]
  const placed = groups.flatMap((fetches) => {
    const ancestors = listAncestors(fetches)
    return fetches.map((fetch) => ({
      fetch,
      group: fetches,
      ancestors: ancestors.get(fetch.index) ?? new Set<number>(),
    }))
  })
  const ofEntities = placed.filter(({ fetch }) => fetch.requires !== null)
  const partners = new Set<Fetch>()
  for (const one of ofEntities) {
    for (const other of ofEntities) {
      if (one.fetch === other.fetch || one.fetch.domain !== other.fetch.domain) continue
      const isBehind = one.group === other.group && one.ancestors.has(other.fetch.index)
      const isBefore = one.group === other.group && other.ancestors.has(one.fetch.index)
      if (!isBehind && !isBefore) partners.add(one.fetch)
    }
  }
  return partners
})

/** Lists for each fetch the fetches that end before it begins. A fetch depends only on earlier ones. */
function listAncestors(fetches: readonly Fetch[]): ReadonlyMap<number, ReadonlySet<number>> {
  const ancestors = new Map<number, Set<number>>()
  for (const { index, dependsOn } of fetches) {
    const all = new Set(dependsOn)
    for (const above of dependsOn) for (const each of ancestors.get(above) ?? []) all.add(each)
    ancestors.set(index, all)
  }
  return ancestors
}

// Makes the answer of an operation whose fetches have run.

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
  return {
    data,
    ...(errors.length > 0 && { errors }),
    ...(manifest.size > 0 && { extensions: { countries: listCountries(manifest) } }),
  }
}

function listCountries(manifest: Run['manifest']): readonly object[] {
  const sorted = [...manifest].sort(([a], [b]) => (a < b ? -1 : 1))
  return sorted.map(([key, outcome]) => {
    const [country, domain] = key.split(' ')
    return { country, domain, ...outcome }
  })
}
