import { type Gathered, type GatherInput, type GatherState, noteOutcome } from './gather-state.ts'
import { placeEntityFields, placeEveryField, placeRootOwnerField } from './place-fields.ts'
import { readLeg } from './read-leg.ts'

/**
 * Puts the answers of a fetch's legs into `input.tree`. Failures become data: outcomes, answer errors and nulls.
 */
export function gatherFetch(input: GatherInput): Gathered {
  const state: GatherState = { ...input, answerErrors: [], outcomes: new Map(), rejections: [], errorCounts: new Map() }
  const legs = new Map(input.answers.map(({ leg, answer }) => [leg.country, readLeg(leg, answer, state)]))
  if (input.fetch.mode === 'OWNER') placeEntityFields(legs, state)
  else {
    for (const target of input.targets) {
      if (target.field.spread?.who === 'OWNER') placeRootOwnerField(target, legs, state)
      else placeEveryField(target, legs, state)
    }
  }
  for (const [country, leg] of legs) noteOutcome(country, leg.outcome, state)
  return state
}
