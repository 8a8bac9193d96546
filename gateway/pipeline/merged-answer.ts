/** What a leg gets back that may have been merged with others. Types only. */
import type { Outcome } from '../../contract/outcome.ts'
import type { Leg, LegAnswer } from '../types/flow.ts'
import type { AnswerPart } from '../types/splice.ts'

/** A leg that was really sent. `failure`: how it failed; null if it was answered. */
export interface SentLeg {
  readonly leg: Leg
  readonly failure: Outcome | null
}

/** The answer to a leg, and what was really sent for it: the same leg, or one that asks for several legs together. */
export interface MergedAnswer {
  readonly answer: LegAnswer
  readonly sent: readonly SentLeg[]
}

/** What a leg asks whose answer is spliced. */
export interface SplicedAsk {
  /** The index of its fetch. */
  readonly fetch: number
  /** The entities, each as JSON. The leg itself has none. */
  readonly representations: readonly string[]
  /** Takes the body of the answer (`Splicing.takeParts`). It is the same function for all legs of a request. */
  readonly takeParts: (parts: readonly AnswerPart[], body: Buffer, maxValues: number) => boolean
}

/**
 * Sends a leg.
 * @param mayWait whether other legs may be ready at the same time, so that it waits for those.
 * @param spliced what it asks, if its answer is spliced.
 */
export type SendMerged = (leg: Leg, mayWait: boolean, spliced?: SplicedAsk) => Promise<MergedAnswer>
