/** What the steps of gathering share: the input, and what they collect. */
import { MAX_ERRORS } from '../../contract/max-errors.ts'
import type { Outcome } from '../../contract/outcome.ts'
import { worseOutcome } from '../../contract/outcome.ts'
import type { AnswerError, LegAnswer } from '../types/flow.ts'
import type { Denials, Entity, FieldTarget, Page, PlannedLeg } from '../types/leg.ts'
import type { SpreadFetch } from '../types/operation.ts'
import type { PageArguments } from '../types/shape.ts'
import type { FirstRows } from './first-rows.ts'

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
  /** What countries deny within the top fields. */
  readonly denials: Denials
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
  readonly firstRows: FirstRows
  /** How many errors each field of each country has, by `bit country`. */
  readonly errorCounts: Map<string, number>
}

/** Says that there are more errors. It stands for all of them, so it has no place. */
export const MORE_ERRORS: AnswerError = { code: 'ERRORS_CUT', country: null, coordinate: null, path: [] }

/** Adds an error, unless the field has as many errors of this country as an answer has room for. Then it says that there are more. */
export function addError(error: AnswerError, bit: number, state: GatherState): void {
  const key = `${bit} ${error.country}`
  const count = (state.errorCounts.get(key) ?? 0) + 1
  if (count > MAX_ERRORS + 1) return
  state.errorCounts.set(key, count)
  state.answerErrors.push(count > MAX_ERRORS ? MORE_ERRORS : error)
}

/** Notes an outcome of a country. The worst one of the fetch remains. */
export function noteOutcome(country: string, outcome: Outcome, state: GatherState): void {
  const earlier = state.outcomes.get(country)
  // Most rows of a country have the same outcome.
  if (earlier === outcome) return
  state.outcomes.set(country, earlier ? worseOutcome(earlier, outcome) : outcome)
}
