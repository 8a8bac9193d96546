import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../contract/outcome.ts'
import type { MergeRule, ObjectMerge } from '../types/merge.ts'
import type { CountryPart } from './merge-connection.ts'
import { mergeParts, mergeValues } from './place-fields.ts'

const ANSWERED: Outcome = { reach: 'ANSWERED', code: null }
const DOWN: Outcome = { reach: 'UNAVAILABLE', code: 'CONNECTION' }

describe('the values of countries', () => {
  it.each<[MergeRule, readonly unknown[], unknown]>([
    ['JOIN', [['a', 'b'], ['a']], ['a', 'b', 'a']],
    ['JOIN', [['a'], DOWN], ['a']],
    ['JOIN', [], []],
    ['ALL', [true, true], true],
    ['ALL', [true, false], false],
    ['ALL', [true, null], null],
    ['ALL', [false, DOWN], false],
    ['ALL', [true, DOWN], null],
    ['ALL', [], null],
    ['ANY', [false, true], true],
    ['ANY', [false, false], false],
    ['ANY', [true, DOWN], true],
    ['ANY', [false, DOWN], null],
    ['ANY', [], false],
    ['SUM', [1, 2], 3],
    ['SUM', [1, null], null],
    ['SUM', [1, DOWN], null],
    ['SUM', [], 0],
    ['EQUAL', ['a', 'a'], 'a'],
    ['EQUAL', [{ a: [1] }, { a: [1] }], { a: [1] }],
    ['EQUAL', ['a', null, DOWN], 'a'],
    ['EQUAL', [null, DOWN], null],
    ['EQUAL', [], null],
  ])('by the rule %s of %j are %j', (rule, values, expected) => {
    expect(mergeValues(rule, values.map(partOf))).toEqual({ value: expected, disagree: false })
  })

  it('by the rule EQUAL disagree if they differ', () => {
    expect(mergeValues('EQUAL', ['a', 'a', 'b'].map(partOf))).toEqual({ value: null, disagree: true })
  })

  it('do not count if the country did not answer', () => {
    expect(mergeValues('EQUAL', [partOf('a'), { outcome: DOWN, value: 'b' }])).toEqual({ value: 'a', disagree: false })
  })
})

describe('a merged object', () => {
  const spec: ObjectMerge = {
    kind: 'OBJECT',
    typeName: 'Counts',
    typename: ['type', '__typename'],
    fields: [
      { key: 'sum', coordinate: 'Counts.sum', rule: 'SUM' },
      { key: 'law', coordinate: 'Counts.law', rule: 'EQUAL' },
      {
        key: 'below',
        coordinate: 'Counts.below',
        rule: {
          kind: 'OBJECT',
          typeName: 'Below',
          typename: ['__typename'],
          fields: [{ key: 'name', coordinate: 'Below.name', rule: 'EQUAL' }],
          outcomes: [],
        },
      },
    ],
    outcomes: [
      {
        key: 'outcomes',
        fields: new Map([
          ['type', '__typename'],
          ['who', 'country'],
          ['reach', 'reach'],
          ['code', 'code'],
          ['other', 'other'],
        ]),
      },
    ],
  } as unknown as ObjectMerge

  it('has each field by its rule, at any depth, and the outcome of each country', () => {
    const parts = [
      countryPart('GT', { sum: 1, law: 'a', below: { name: 'x' } }),
      countryPart('HN', { sum: 2, law: 'a', below: { name: 'x' } }),
    ]
    expect(mergeParts(spec, parts, null)).toEqual({
      value: {
        type: 'Counts',
        __typename: 'Counts',
        sum: 3,
        law: 'a',
        below: { __typename: 'Below', name: 'x' },
        outcomes: ['GT', 'HN'].map((who) => ({
          type: 'CountryOutcome',
          who,
          reach: 'ANSWERED',
          code: null,
          other: null,
        })),
      },
      answerErrors: [],
    })
  })

  it('has null and an error at each place where the countries disagree', () => {
    const parts = [
      countryPart('GT', { sum: 1, law: 'a', below: { name: 'x' } }),
      countryPart('HN', { sum: 2, law: 'b', below: { name: 'y' } }),
    ]
    const { value, answerErrors } = mergeParts(spec, parts, null)
    expect(value).toMatchObject({ sum: 3, law: null, below: { name: null } })
    expect(answerErrors).toEqual([
      { code: 'COUNTRIES_DISAGREE', country: null, coordinate: 'Counts.law', path: ['law'] },
      { code: 'COUNTRIES_DISAGREE', country: null, coordinate: 'Below.name', path: ['below', 'name'] },
    ])
  })

  it('counts a country without a value, or without a field, as missing', () => {
    const parts = [countryPart('GT', { sum: 1, law: 'a', below: null }), { country: 'HN', outcome: DOWN, value: null }]
    expect(mergeParts(spec, parts, null).value).toMatchObject({ sum: null, law: 'a', below: { name: null } })
  })
})

function partOf(value: unknown): { outcome: Outcome; value: unknown } {
  return value === DOWN ? { outcome: DOWN, value: null } : { outcome: ANSWERED, value }
}

function countryPart(country: string, value: Record<string, unknown>): CountryPart {
  return { country, outcome: ANSWERED, value }
}
