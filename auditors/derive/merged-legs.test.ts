import { hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeLegs, mergeTexts } from '../../gateway/merged-legs.ts'
import {
  compareDerived,
  type DerivedLeg,
  findMergedTexts,
  playAnswers,
  type RecordedLeg,
  takeApart,
  takeRecordedApart,
} from './derive-question.ts'

/** The legs that a gateway merged, what a captured gateway may call a merged leg, and what an auditor who has no evidence can still tell. */

const textOf = (field: string, variables = ''): string =>
  `query($representations:[_Any!]!${variables}){_entities(representations:$representations){...on Person{${field}}}}`
const legOf = (query: string, ids: readonly number[], variables = {}): DerivedLeg => ({
  ...{ country: 'HN', domain: 'persons', query },
  variables: { representations: ids.map((id) => ({ __typename: 'Person', id: `HN:${id}` })), ...variables },
})
const record = ({ country, domain, query, variables }: DerivedLeg, over: Partial<RecordedLeg> = {}): RecordedLeg => ({
  ...{ country, domain, outcome: 'ANSWERED', requestHash: 'sent', operationHash: hash('sha256', query) },
  ...{ opened: { query, variables }, ...over },
})
const merge = (...legs: readonly DerivedLeg[]): DerivedLeg => {
  const merged = mergeLegs(legs)
  if (merged === null) throw new Error('expected legs that can be merged')
  return { ...(legs[0] as DerivedLeg), ...merged }
}
const judge = (recorded: readonly RecordedLeg[], derived: readonly DerivedLeg[]) =>
  compareDerived(takeRecordedApart(recorded), derived, true).map(({ verdict }) => verdict)

const NAMES = legOf(textOf('names{full}'), [1, 2])
const SEX = legOf(textOf('sex'), [2, 3])
const CASES = legOf(textOf('cases(first:$first){id}', ',$first:Int'), [4], { first: 5 })
// A variable of the second document is before that of the first one in its own text.
const LATER = legOf(textOf('names{full(a:$z,b:$first)}', ',$z:Int,$first:Int'), [5], { z: 1, first: 5 })

describe('a merged leg', () => {
  it('is taken apart into the legs that were merged, in each order and with each list of records', () => {
    const legs = [NAMES, SEX, CASES, LATER]
    const chosen = fc.shuffledSubarray(legs, { minLength: 2 })
    fc.assert(
      fc.property(
        chosen,
        fc.array(fc.array(fc.nat(9), { minLength: 1 }), { minLength: 4, maxLength: 4 }),
        (some, ids) => {
          const own = some.map(({ query, variables }, at): DerivedLeg => {
            const { representations } = legOf(query, ids[at] ?? []).variables
            return { country: 'HN', domain: 'persons', query, variables: { ...variables, representations } }
          })
          expect(judge([record(merge(...own))], own)).toEqual(own.map(() => 'FOLLOWS'))
        },
      ),
    )
  })

  it('gives each part its records and its errors of the answer', () => {
    const body = {
      data: { _e0: [{ id: 'HN:1' }, null], _e1: [{ id: 'HN:2' }, { id: 'HN:3' }] },
      errors: [{ message: 'a', path: ['_e0', 1, 'names'] }, { message: 'b', path: ['_e1', 0] }, { message: 'c' }],
    }
    expect(takeApart({ recorded: record(merge(NAMES, SEX)), body }).map((part) => part.body)).toEqual([
      {
        data: { _entities: body.data._e0 },
        errors: [{ message: 'a', path: ['_entities', 1, 'names'] }, { message: 'c' }],
      },
      { data: { _entities: body.data._e1 }, errors: [{ message: 'b', path: ['_entities', 0] }, { message: 'c' }] },
    ])
  })

  it('lacks a part that the question makes', () => {
    expect(judge([record(merge(NAMES, SEX))], [NAMES, SEX, CASES])).toContain('MISSING')
  })

  const merged = merge(NAMES, SEX)
  const changed = (from: string | RegExp, to: string): DerivedLeg => ({
    ...merged,
    query: merged.query.replace(from, to),
  })
  it.each<[string, DerivedLeg]>([
    ['a field of its own', changed('sex', 'sex birthDate')],
    ['a part more', merge(NAMES, SEX, legOf(textOf('birthDate'), [1]))],
    [
      'a record more',
      { ...merged, variables: { ...merged.variables, representations1: legOf('', [9]).variables.representations } },
    ],
    ['a directive at a part', changed('representations1){', 'representations1)@include(if:true){')],
    ['another field at its root', changed(/}$/, '_service{sdl}}')],
    ['names that are out of order', changed('_e1', '_e2')],
    ['a variable that no part uses', { ...merged, variables: { ...merged.variables, more: 1 } }],
    ['the records of one list twice', changed('representations:$representations1', 'representations:$representations')],
  ])('does not follow with %s', (_, leg) => {
    expect(judge([record(leg)], [NAMES, SEX])).toContain('DOES_NOT_FOLLOW')
  })

  it('does not follow if the log has the hash of another text', () => {
    const recorded = record(merged, { operationHash: 'f'.repeat(64) })
    expect(judge([recorded], [NAMES, SEX])).toContain('DOES_NOT_FOLLOW')
  })

  it('whose values nobody has is known by its text, and by no other', () => {
    const closed = record(merge(SEX, NAMES), { opened: null })
    expect(judge([closed], [NAMES, SEX])).toEqual(['TEXT_FOLLOWS', 'TEXT_FOLLOWS'])
    expect(judge([closed, closed], [NAMES, SEX])).toContain('DOES_NOT_FOLLOW')
    expect(judge([closed], [NAMES, CASES])).toContain('DOES_NOT_FOLLOW')
    expect(judge([closed], [NAMES, SEX, CASES]).sort()).toEqual(['MISSING', 'TEXT_FOLLOWS', 'TEXT_FOLLOWS'])
  })

  it('that a country did not answer excuses its parts, and no other leg', () => {
    const silent = record(merge(NAMES, SEX), { opened: null, outcome: 'TIMED_OUT, LEG_DEADLINE' })
    const played = playAnswers([{ recorded: silent, body: undefined }])
    for (const leg of [NAMES, SEX]) expect(played.answer(leg)).toMatchObject({ outcome: { reach: 'UNAVAILABLE' } })
    expect(played.isComplete()).toBe(true)
    played.answer(CASES)
    expect(played.isComplete()).toBe(false)
  })
})

describe('the texts behind a hash', () => {
  it('are found in the order in which they were merged', () => {
    const texts = [NAMES, SEX, CASES].map(({ query }) => query)
    fc.assert(
      fc.property(fc.shuffledSubarray(texts, { minLength: 2 }), (some) => {
        expect(findMergedTexts(texts, hash('sha256', mergeTexts(some) ?? ''))).toEqual(some)
      }),
    )
  })

  it('are not sought without end', () => {
    const texts = Array.from({ length: 40 }, (_, at) => textOf(`f${at}`))
    expect(findMergedTexts(texts, 'f'.repeat(64))).toBeNull()
  })
})
