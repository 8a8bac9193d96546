import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../contract/outcome.ts'
import type { Gathered } from '../gather/gather-state.ts'
import { anEndpoint } from '../testing.ts'
import type { Leg, Trail } from '../types/flow.ts'
import type { PlannedLeg } from '../types/leg.ts'
import type { AskedLeg } from './ask-leg.ts'
import { LegNotes } from './note-legs.ts'

const ANSWERED: Outcome = { reach: 'ANSWERED', code: null }
const DROPPED: Outcome = { reach: 'ANSWERED', code: 'ROWS_DROPPED' }
const LATE: Outcome = { reach: 'TIMED_OUT', code: 'LEG_DEADLINE' }
const NOT_PUBLISHED: Outcome = { reach: 'NOT_PUBLISHED', code: null }

const legTo = (country: string): Leg => {
  return { country, domain: 'cases', endpoint: anEndpoint(), query: '', variables: {}, kind: 'query', rights: null }
}

/** Makes a leg that was sent as these requests, each with its failure. */
function asked(country: string, ...sent: readonly (readonly [Leg, Outcome | null])[]): AskedLeg {
  const leg = { country } as PlannedLeg
  const answer = { kind: 'answered', data: {}, errors: [] } as const
  return { leg, answer, sent: sent.map(([each, failure]) => ({ leg: each, failure })) }
}

function note(
  notes: LegNotes,
  outcomes: Readonly<Record<string, Outcome>>,
  ofLegs: ReadonlyMap<AskedLeg, Outcome>,
): void {
  const byLeg = new Map([...ofLegs].map(([each, outcome]) => [each.leg, outcome]))
  const gathered = {
    outcomes: new Map(Object.entries(outcomes)),
    outcomeOf: (leg: PlannedLeg) => byLeg.get(leg) ?? null,
  }
  notes.noteLegs('cases', gathered as unknown as Gathered, [...ofLegs.keys()])
}

const emptyTrail = (): Trail => ({
  operation: null,
  uses: null,
  cost: null,
  denials: [],
  legs: [],
  sent: new Map(),
  codes: null,
  salt: Buffer.alloc(32),
  legSalts: 0,
})

describe('the trail', () => {
  it('has each country that the fetch concerned, with its one leg, or without one', () => {
    const trail = emptyTrail()
    const notes = new LegNotes(trail)
    const leg = legTo('GT')
    note(notes, { GT: DROPPED, MX: NOT_PUBLISHED }, new Map([[asked('GT', [leg, null]), ANSWERED]]))
    expect(trail.legs).toEqual([
      { country: 'GT', domain: 'cases', outcome: DROPPED, leg },
      { country: 'MX', domain: 'cases', outcome: NOT_PUBLISHED, leg: null },
    ])
  })

  it('has each of several legs to a country, with its own outcome', () => {
    const trail = emptyTrail()
    const notes = new LegNotes(trail)
    const legs = [legTo('GT'), legTo('GT'), legTo('GT')] as const
    const first = asked('GT', [legs[0], null])
    const second = asked('GT', [legs[1], null], [legs[2], LATE])
    note(
      notes,
      { GT: LATE },
      new Map([
        [first, ANSWERED],
        [second, DROPPED],
      ]),
    )
    expect(trail.legs.map(({ outcome }) => outcome)).toEqual([ANSWERED, DROPPED, LATE])
    expect(trail.legs.map(({ leg }) => leg)).toEqual(legs)
  })

  it('has a leg that serves several fetches once, with the worst outcome', () => {
    const trail = emptyTrail()
    const notes = new LegNotes(trail)
    const leg = legTo('GT')
    for (const outcome of [ANSWERED, LATE, DROPPED])
      note(notes, { GT: outcome }, new Map([[asked('GT', [leg, null]), outcome]]))
    expect(trail.legs).toEqual([{ country: 'GT', domain: 'cases', outcome: LATE, leg }])
  })
})
