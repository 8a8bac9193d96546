import { getOrAdd } from '../../contract/get-or-add.ts'
import type { Page } from '../types/leg.ts'
import type { PageArguments } from '../types/shape.ts'
import { CountryLegs } from './country-legs.ts'
import { keepFirstRows } from './first-rows.ts'
import { type AnsweredLeg, type Gathered, type GatherInput, type GatherState, noteOutcome } from './gather-state.ts'
import { placeEntityFields, placeEveryField, placeRootOwnerField } from './place-fields.ts'
import { readLeg } from './read-leg.ts'

/** A fetch whose answers come one after another. */
export type Gathering = ReturnType<typeof beginGathering>

/** Begins to gather a fetch. */
export function beginGathering(input: GatherInput) {
  const state: GatherState = {
    ...input,
    pageOf: readPagesOnce(input.pageOf),
    firstRows: keepFirstRows(input.targets),
    answerErrors: [],
    outcomes: new Map(),
    rejections: [],
    errorCounts: new Map(),
  }
  const legs = new Map<string, CountryLegs>()
  return {
    /** Reads and checks one answer. The engine calls this when the answer comes, so that the work of many answers is not done at once. */
    read({ leg, answer }: AnsweredLeg) {
      const ofCountry = getOrAdd(legs, leg.country, () => new CountryLegs())
      const read = readLeg(leg, answer, state)
      ofCountry.add(leg, read)
      state.firstRows.take(leg, read.parts)
    },
    /** Puts all answers that were read into `input.tree`. Failures become data: outcomes, answer errors and nulls. */
    finish(): Gathered {
      if (input.fetch.mode === 'OWNER') placeEntityFields(legs, state)
      else {
        for (const target of input.targets) {
          if (target.field.spread?.who === 'OWNER') placeRootOwnerField(target, legs, state)
          else placeEveryField(target, legs, state)
        }
      }
      for (const [country, ofCountry] of legs) noteOutcome(country, ofCountry.outcome, state)
      return { ...state, outcomeOf: (leg) => legs.get(leg.country)?.outcomeOf(leg) ?? null }
    },
  }
}

/** Makes the function that reads each page of a fetch once: the arguments are the same for all countries and all rows. */
function readPagesOnce(pageOf: GatherInput['pageOf']): GatherInput['pageOf'] {
  const [withSilent, without] = [new Map<PageArguments, Page>(), new Map<PageArguments, Page>()]
  return (page, takesSilent) => {
    const known = takesSilent ? withSilent : without
    return getOrAdd(known, page, () => pageOf(page, takesSilent))
  }
}

/** Gathers a fetch whose answers have all come. */
export function gatherFetch(input: GatherInput & { readonly answers: readonly AnsweredLeg[] }): Gathered {
  const gathering = beginGathering(input)
  for (const answered of input.answers) gathering.read(answered)
  return gathering.finish()
}
