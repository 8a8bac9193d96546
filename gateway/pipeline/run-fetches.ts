/** Runs the fetches of an operation: each as soon as the fetches that it depends on are merged. */
import { ANSWERED, type Outcome, worseOutcome } from '../../contract/outcome.ts'
import type { AccessView } from '../authorize/authorizer.ts'
import { beginGathering, type Gathering } from '../gather/gather.ts'
import { gatherPlain } from '../gather/gather-plain.ts'
import type { TakeForeignId } from '../gather/gather-state.ts'
import { argumentValues, pageOf } from '../spread/check-arguments.ts'
import { entitiesAt } from '../spread/entities.ts'
import { plainGroups, plainLeg } from '../spread/plain.ts'
import { type Spread, spreadFetch } from '../spread/spread.ts'
import type { AnswerError, LegAnswer, RequestContext } from '../types/flow.ts'
import type { Entity, PlannedLeg } from '../types/leg.ts'
import type { CompiledOperation, Fetch, PreparedOperation, SpreadFetch } from '../types/operation.ts'
import type { Endpoint, SuspendedNow } from '../types/participant.ts'
import type { PlainFetch } from '../types/plan.ts'
import { type AskedLeg, askLeg, type LegWithSent } from './ask-leg.ts'
import type { CheckingBudget } from './checking-budget.ts'
import type { Served } from './domains.ts'
import type { SendMerged, SentLeg } from './merge-legs.ts'
import type { LegNotes } from './note-legs.ts'

/** An operation that somebody asks. */
export interface AskedOperation {
  readonly prepared: PreparedOperation
  readonly compiled: CompiledOperation
  readonly variables: Readonly<Record<string, unknown>>
  readonly context: RequestContext
  readonly view: AccessView
  /** The fields that no country lets the caller read. Their paths have no list indices. */
  readonly denials: readonly AnswerError[]
}

/** One operation while it runs. */
export interface Run extends AskedOperation {
  readonly served: ReadonlyMap<string, Served>
  /** Codes of all participants. */
  readonly participants: ReadonlySet<string>
  /** By country code: why the gateway asks a country for nothing at the moment. */
  readonly unavailable: ReadonlyMap<string, Outcome>
  readonly suspended: SuspendedNow | undefined
  readonly onRejectedAnswer: (rejection: RejectedAnswer) => void
  readonly tree: Record<string, unknown>
  readonly answerErrors: AnswerError[]
  /** `country domain` → the worst outcome of its legs. */
  readonly manifest: Map<string, Outcome>
  readonly send: SendMerged
  /** The fetches whose legs may be merged with those of others. */
  readonly partners: ReadonlySet<Fetch>
  readonly takesForeignId: TakeForeignId
  readonly checking: CheckingBudget
  /** Null if the request has no trail. */
  readonly notes: LegNotes | null
}

/** A country's answer that the gateway rejects. `reason` says why and contains no text of the country. */
export interface RejectedAnswer {
  readonly requestId: string
  readonly country: string
  readonly domain: string
  readonly reason: string
}

/** Starts each fetch as soon as the fetches that it depends on are merged. */
export function runFetches(fetches: readonly Fetch[], run: Run): Promise<unknown> {
  return runEach(fetches, (fetch) => runFetch(fetch, run))
}

/** Does something with each fetch as soon as it is done with the fetches that this one depends on. */
export function runEach(fetches: readonly Fetch[], runOne: (fetch: Fetch) => Promise<void>): Promise<unknown> {
  const [only] = fetches
  if (only !== undefined && fetches.length === 1) return runOne(only)
  const done: Promise<unknown>[] = []
  for (const fetch of fetches) {
    const { dependsOn } = fetch
    const earlier = dependsOn.length === 1 ? done[dependsOn[0] as number] : waitForAll(dependsOn, done)
    done.push(earlier === null || earlier === undefined ? runOne(fetch) : earlier.then(() => runOne(fetch)))
  }
  return Promise.all(done)
}

/** Waits for the fetches of these indices; null if there are none. */
function waitForAll(indices: readonly number[], done: readonly Promise<unknown>[]): Promise<unknown> | null {
  return indices.length === 0 ? null : Promise.all(indices.map((index) => done[index]))
}

/** Runs one fetch, whose earlier ones are merged. */
export async function runFetch(fetch: Fetch, run: Run): Promise<void> {
  const domain = run.served.get(fetch.domain)
  if (!domain) throw new Error(`expected a domain of the supergraph; came ${fetch.domain}`)
  return fetch.mode === 'PLAIN' ? runPlain(fetch, run, domain.plain) : runSpread(fetch, run, domain)
}

/** Adds the errors one by one, because a country can cause more errors than one call takes arguments. */
export function addAnswerErrors(run: Run, answerErrors: readonly AnswerError[]): void {
  for (const answerError of answerErrors) run.answerErrors.push(answerError)
}

async function runPlain(fetch: PlainFetch, run: Run, endpoint: Endpoint): Promise<void> {
  const entities: readonly Entity[] | null = fetch.requires
    ? entitiesAt(run.tree, fetch.path, fetch.requires, run.compiled.keys.typename, fetch.contextRewrites)
    : null
  const groups = entities === null ? [null] : plainGroups(entities)
  const [first, ...others] = groups
  if (first === undefined) return
  const runFirst = runPlainGroup(fetch, first, run, endpoint)
  if (others.length === 0) return runFirst
  await Promise.all([runFirst, ...others.map((group) => runPlainGroup(fetch, group, run, endpoint))])
}

async function runPlainGroup(
  fetch: PlainFetch,
  group: readonly Entity[] | null,
  run: Run,
  endpoint: Endpoint,
): Promise<void> {
  const leg = plainLeg(fetch, group, run.variables, endpoint)
  const { answer, sent } = await run.send(leg, run.partners.has(fetch))
  if (run.notes !== null) notePlain(run.notes, fetch.domain, answer, sent)
  addAnswerErrors(run, gatherPlain(fetch, group, answer, run.tree))
}

/** Notes the legs that were sent for a fetch of a subgraph that no country publishes. */
export function notePlain(notes: LegNotes, domain: string, answer: LegAnswer, sent: readonly SentLeg[]): void {
  const outcome = answer.kind === 'failed' ? answer.outcome : ANSWERED
  for (const { leg, failure } of sent) notes.noteSent(leg, { country: null, domain, outcome: failure ?? outcome })
}

async function runSpread(fetch: SpreadFetch, run: Run, served: Served): Promise<void> {
  const { variables, context, tree } = run
  const entities = fetch.requires ? entitiesAt(tree, fetch.path, fetch.requires, fetch.keys.typename) : null
  if (entities?.length === 0) return
  const spread = spreadFetch(fetch, {
    variables,
    entities,
    publishers: served.publishers,
    participants: run.participants,
    unavailable: whoIsUnavailable(fetch.domain, run),
    viewOf: (country) => run.view.domain(fetch.domain, country),
    mandateCountries: context.caller?.mandate?.countries ?? null,
  })
  const { targets, unasked, denials, legs } = spread
  const gathering = beginGathering({
    fetch,
    targets,
    unasked,
    denials,
    entities,
    tree,
    takesForeignId: run.takesForeignId,
    pageOf: (page, takesSilent) => pageOf(page, argumentValues(page.definition, page.node, variables), takesSilent),
  })
  const shared: FetchRun = { fetch, spread, served, gathering, run }
  const ask = (leg: PlannedLeg): Promise<LegWithSent> => askAndRead(leg, shared)
  const [first, ...others] = legs
  const asked = first === undefined || others.length > 0 ? await Promise.all(legs.map(ask)) : [await ask(first)]
  const gathered = gathering.finish()
  addAnswerErrors(run, gathered.answerErrors)
  for (const [country, outcome] of gathered.outcomes) noteOutcome(run, country, fetch.domain, outcome)
  run.notes?.noteLegs(fetch.domain, gathered, asked)
  for (const rejection of gathered.rejections) {
    run.onRejectedAnswer({ requestId: context.requestId, domain: fetch.domain, ...rejection })
  }
}

/** The answer that stands for one which would take more of the gateway's time than its country has left. */
const TOO_MUCH: LegAnswer = { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' } }

/** What the legs of one fetch share. */
interface FetchRun {
  readonly fetch: SpreadFetch
  readonly spread: Spread
  readonly served: Served
  readonly gathering: Gathering
  readonly run: Run
}

/**
 * Returns the leg without its answer, which nobody reads again: else the answers of all countries would live until the last one has come.
 */
async function askAndRead(leg: PlannedLeg, shared: FetchRun): Promise<LegWithSent> {
  const { answer, sent } = await beginLeg(leg, shared)
  readInBudget(leg, answer, shared)
  return { leg, sent }
}

function beginLeg(leg: PlannedLeg, { fetch, spread: { targets }, served, run }: FetchRun): Promise<AskedLeg> {
  const endpoint = served.endpoints.get(leg.country)
  if (!endpoint) throw new Error(`expected an endpoint of ${leg.country} for ${fetch.domain}`)
  return askLeg(leg, { fetch, targets, endpoint, send: run.send, mayWait: run.partners.has(fetch) })
}

function readInBudget(leg: PlannedLeg, answer: LegAnswer, { gathering, run }: FetchRun): void {
  const isChecked = run.checking.spend(leg.country, () => gathering.read({ leg, answer }))
  if (!isChecked) gathering.read({ leg, answer: TOO_MUCH })
}

/** Finds why a country is not asked about a domain: because of its file, or because something is suspended. */
function whoIsUnavailable(
  domain: string,
  { unavailable, suspended, context }: Run,
): Pick<ReadonlyMap<string, Outcome>, 'get'> {
  if (suspended === undefined) return unavailable
  const get = (country: string): Outcome | undefined =>
    unavailable.get(country) ?? suspended.outcomeOf(country, domain, context.caller) ?? undefined
  return { get }
}

function noteOutcome(run: Run, country: string, domain: string, outcome: Outcome): void {
  const key = `${country} ${domain}`
  const earlier = run.manifest.get(key)
  run.manifest.set(key, earlier ? worseOutcome(earlier, outcome) : outcome)
}
