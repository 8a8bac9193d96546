/** What a leg gets back that may have been merged with others. Types only. */
import type { Outcome } from '../../contract/outcome.ts'
import type { Leg, LegAnswer } from '../types/flow.ts'

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

/** Sends a leg. `mayWait`: whether other legs may be ready at the same time, so that it waits for those. */
export type SendMerged = (leg: Leg, mayWait: boolean) => Promise<MergedAnswer>
