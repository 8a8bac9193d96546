/** What the steps of gathering share: the input, and what they collect. */
import type { Outcome } from '../../contract/outcome.ts'
import { worseOutcome } from '../../contract/outcome.ts'
import type { AnswerError } from '../types/answer-error.ts'
import type { LegAnswer } from '../types/flow.ts'
import type { Entity, FieldTarget, Page, PlannedLeg } from '../types/leg.ts'
import type { SpreadFetch, TopField } from '../types/operation.ts'
import type { PageArguments } from '../types/shape.ts'

/** A leg with its answer. */
export interface AnsweredLeg {
  readonly leg: PlannedLeg
  readonly answer: LegAnswer
}

/** What gathering needs. */
export interface GatherInput {
  readonly fetch: SpreadFetch
  readonly targets: readonly FieldTarget[]
  /** For a fetch of OWNER entities, by owner and by ordinal of the top field: why the gateway did not ask for the field. */
  readonly unasked: ReadonlyMap<string, ReadonlyMap<number, Outcome>>
  readonly entities: readonly Entity[] | null
  /** The answer so far. Gathering adds to the objects in it. */
  readonly tree: Record<string, unknown>
  /** Reads the page that a connection below a top field was asked for from the connection's own arguments. */
  readonly pageOf: (page: PageArguments, takesSilent: boolean) => Page
  /** Whether a country may add the id of a record that belongs to another country (foreign-ids.ts). Default: always. */
  readonly takesForeignId?: TakeForeignId
}

/** Decides whether a country's answer may add the id of another country's record to the request. */
export type TakeForeignId = (country: string, id: string) => boolean

/** The result of gathering a fetch, besides the data that it put into the tree. */
export interface Gathered {
  readonly answerErrors: readonly AnswerError[]
  /** The outcome of each country that this fetch concerned. */
  readonly outcomes: ReadonlyMap<string, Outcome>
  /** Returns how one leg ended: the worst outcome of it and its parts; null if its answer was not read. */
  readonly outcomeOf: (leg: PlannedLeg) => Outcome | null
  /** Why the gateway rejected answers, or parts of them: details for the operator's log, without text of the country. */
  readonly rejections: readonly { readonly country: string; readonly reason: string }[]
}

/** A fetch while it is gathered. */
export interface GatherState extends GatherInput {
  readonly answerErrors: AnswerError[]
  readonly outcomes: Map<string, Outcome>
  readonly rejections: { country: string; reason: string }[]
}

/** Notes an outcome of a country. The worst one of the fetch remains. */
export function noteOutcome(country: string, outcome: Outcome, state: GatherState): void {
  const earlier = state.outcomes.get(country)
  state.outcomes.set(country, earlier ? worseOutcome(earlier, outcome) : outcome)
}

/** Returns the place of a top field in the answer, as response keys without list levels, so it covers many rows. */
export function positionOf(field: TopField, { fetch }: GatherState): string[] {
  return [...fetch.path.filter((step) => step !== '@'), field.shape.key]
}
