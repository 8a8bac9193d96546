import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../contract/outcome.ts'
import { compileForTest } from '../plan/testing.ts'
import type { LegAnswer } from '../types/flow.ts'
import type { Entity, PlannedLeg } from '../types/leg.ts'
import type { SpreadFetch } from '../types/operation.ts'
import { gatherFetch } from './gather.ts'
import type { GatherInput } from './gather-state.ts'

const FETCH = compileForTest('{ cases { edges { node { linkedCases { court narrative } } } } }')
  .fetches[1] as SpreadFetch
const [FIELD, ...OTHERS] = FETCH.fields
const KEY = FIELD?.shape.key ?? ''
const DOWN: LegAnswer = { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'CONNECTION' } }
const ANSWERED = { reach: 'ANSWERED', code: null } as const
const FORBIDDEN = { reach: 'DENIED', code: 'FORBIDDEN_BY_COUNTRY' } as const

describe('the owner of entities', () => {
  it('answers the fields of each of its entities', () => {
    const [one, two] = [entityOf('HN:1'), entityOf('HN:2')]
    const { outcomes, answerErrors } = gather([one, two], { HN: answered(rowOf('HN:1', 'a'), rowOf('HN:2', 'b')) })
    expect([one.objects[0]?.[KEY], two.objects[0]?.[KEY]]).toEqual(['a', 'b'])
    expect([outcomes, answerErrors]).toEqual([[['HN', 'ANSWERED', null]], []])
  })

  it('answers each object of an entity', () => {
    const entity = { ...entityOf('HN:1'), objects: [{}, {}, {}] as Record<string, unknown>[] }
    gather([entity], { HN: answered(rowOf('HN:1', 'a')) })
    expect(entity.objects.map((object) => object[KEY])).toEqual(['a', 'a', 'a'])
  })

  it('says by null that it has no such record', () => {
    const entity = entityOf('HN:1')
    const { outcomes, answerErrors } = gather([entity], { HN: answered(null) })
    expect(entity.objects).toEqual([Object.fromEntries(FETCH.fields.map(({ shape }) => [shape.key, null]))])
    expect([outcomes, answerErrors]).toEqual([[['HN', 'ANSWERED', null]], []])
  })

  it('is DENIED with QUOTA_SPENT for the entities, or fields, that the caller’s quota of rows has no room for', () => {
    const [one, two, three] = [entityOf('HN:1'), entityOf('HN:2'), entityOf('HN:3')]
    const answer = answered(rowOf('HN:1', 'a'), null, { ...rowOf('HN:3', 'c'), [KEY]: null })
    const spent = { extensions: { code: 'QUOTA_SPENT' } }
    const errors = [
      { ...spent, path: ['_entities', 1] },
      { ...spent, path: ['_entities', 2, KEY] },
    ]
    const { outcomes, answerErrors, rejections } = gather([one, two, three], { HN: { ...answer, errors } as LegAnswer })
    expect([one.objects[0]?.[KEY], two.objects[0]?.[KEY]]).toEqual(['a', undefined])
    expect(outcomes).toEqual([['HN', 'DENIED', 'QUOTA_SPENT']])
    expect(answerErrors.filter(({ coordinate }) => coordinate === 'Case.court').map(({ code }) => code)).toEqual([
      'DENIED',
      'DENIED',
    ])
    expect(rejections).toEqual([])
  })

  it.each<[string, LegAnswer, string]>([
    ['has another record', answered(rowOf('HN:2', 'a')), 'FOREIGN_RECORD'],
    ['has another type', answered({ ...rowOf('HN:1', 'a'), _iT: 'Person' }), 'BAD_ANSWER'],
    ['has a list in place of an entity', answered([rowOf('HN:1', 'a')]), 'BAD_ANSWER'],
    ['has a text in place of an entity', answered('HN:1'), 'BAD_ANSWER'],
    ['has too few entities', answered(), 'BAD_ANSWER'],
    ['has too many entities', answered(rowOf('HN:1', 'a'), rowOf('HN:1', 'a')), 'BAD_ANSWER'],
    ['has no list of entities', { kind: 'answered', data: {}, errors: [] }, 'BAD_ANSWER'],
    ['has no data', { kind: 'answered', data: null, errors: [] }, 'BAD_ANSWER'],
    ['has a text as data', { kind: 'answered', data: 'x', errors: [] } as unknown as LegAnswer, 'BAD_ANSWER'],
  ])('has its answer rejected if it %s', (_, answer, code) => {
    const entity = entityOf('HN:1')
    const { outcomes, answerErrors, rejections } = gather([entity], { HN: answer })
    expect(outcomes).toEqual([['HN', 'UNAVAILABLE', code]])
    expect(rejections).toMatchObject([{ country: 'HN', reason: expect.stringContaining('expected') }])
    expect(entity.objects).toEqual([{}])
    expect(answerErrors).toContainEqual({
      code: 'UNAVAILABLE',
      country: 'HN',
      coordinate: 'Case.court',
      path: ['cases', 'edges', 0, 'node', 'linkedCases', 1, KEY],
    })
  })

  it.each<[string, string | undefined, string, string]>([
    ['denies it if the error has the code of a denial', 'FORBIDDEN', 'DENIED', 'REFUSED_BY_NODE'],
    ['fails if the error has another code', 'INTERNAL', 'UNAVAILABLE', 'BAD_ANSWER'],
    ['fails if the error has no code', undefined, 'UNAVAILABLE', 'BAD_ANSWER'],
  ])('that answers an entity with null and an error %s', (_, code, reach, outcomeCode) => {
    const answer: LegAnswer = {
      kind: 'answered',
      data: { _entities: [null] },
      errors: [{ path: ['_entities', 0], extensions: { code } }],
    }
    const { outcomes, answerErrors } = gather([entityOf('HN:1')], { HN: answer })
    expect(outcomes).toEqual([['HN', reach, outcomeCode]])
    expect(answerErrors[0]).toMatchObject({ code: reach, country: 'HN' })
  })

  it('has an error only for the entity whose value does not fit', () => {
    const entities = [entityOf('HN:1'), entityOf('HN:2')]
    const { answerErrors, rejections } = gather(entities, { HN: answered(rowOf('HN:1', { a: 1 }), rowOf('HN:2', 'b')) })
    expect(entities[1]?.objects[0]?.[KEY]).toBe('b')
    expect(answerErrors.length).toBeGreaterThan(0)
    expect(rejections).toEqual([{ country: 'HN', reason: 'expected values that fit at Case.court; came others' }])
  })

  it('that fails leaves its entities, and only these, without their fields', () => {
    const [here, there] = [entityOf('GT:1'), entityOf('HN:1')]
    const { outcomes } = gather([here, there], { GT: answered(rowOf('GT:1', 'a')), HN: DOWN })
    expect([here.objects[0]?.[KEY], there.objects[0]?.[KEY]]).toEqual(['a', undefined])
    expect(outcomes).toEqual([
      ['GT', 'ANSWERED', null],
      ['HN', 'UNAVAILABLE', 'CONNECTION'],
    ])
  })

  it('that gets no leg does not publish', () => {
    const { outcomes, answerErrors } = gather([entityOf('MX:1')], {})
    expect(outcomes).toEqual([['MX', 'NOT_PUBLISHED', null]])
    expect(answerErrors[0]).toMatchObject({ code: 'NOT_PUBLISHED', country: 'MX' })
  })

  it('that gets no leg because it denies a field has the outcome of the denial, and no second error', () => {
    const unasked = new Map([['MX', new Map(FETCH.fields.map(({ bit }) => [bit, FORBIDDEN]))]])
    const { outcomes, answerErrors } = gather([entityOf('MX:1')], {}, { unasked })
    expect([outcomes, answerErrors]).toEqual([[['MX', 'DENIED', 'FORBIDDEN_BY_COUNTRY']], []])
  })

  it.each([
    ['does not publish', new Map(), 'PARTLY_NOT_PUBLISHED'],
    ['denies', new Map([['HN', new Map(FETCH.fields.map(({ bit }) => [bit, FORBIDDEN]))]]), 'PARTLY_DENIED'],
  ])('answers partly if it %s one of the fields', (_, unasked, code) => {
    const entity = entityOf('HN:1')
    const input = { unasked, legFields: FETCH.fields.slice(0, 1) }
    const { outcomes } = gather([entity], { HN: answered(rowOf('HN:1', 'a')) }, input)
    expect(OTHERS.length).toBeGreaterThan(0)
    expect(entity.objects).toEqual([{ [KEY]: 'a' }])
    expect(outcomes).toEqual([['HN', 'ANSWERED', code]])
  })

  it('answers partly if its leg leaves out a part of a field', () => {
    const partly = { reach: 'ANSWERED', code: 'PARTLY_DENIED' } as const
    const { outcomes } = gather([entityOf('HN:1')], { HN: answered(rowOf('HN:1', 'a')) }, { partly })
    expect(outcomes).toEqual([['HN', 'ANSWERED', 'PARTLY_DENIED']])
  })

  it('has no error at a field that it was not asked for, even if another field fails', () => {
    const input = { legFields: FETCH.fields.slice(0, 1) }
    const { answerErrors } = gather([entityOf('HN:1')], { HN: answered(rowOf('HN:1', { a: 1 })) }, input)
    expect(new Set(answerErrors.map(({ coordinate }) => coordinate))).toEqual(new Set(['Case.court']))
  })

  it('has each coordinate with a value that does not fit in the log', () => {
    const row = { ...rowOf('HN:1', { a: 1 }), ...Object.fromEntries(OTHERS.map(({ shape }) => [shape.key, { a: 1 }])) }
    const { rejections } = gather([entityOf('HN:1')], { HN: answered(row) })
    expect(rejections).toEqual([
      { country: 'HN', reason: 'expected values that fit at Case.court, Case.narrative; came others' },
    ])
  })

  it('has nothing to answer without entities', () => {
    const input = {
      fetch: FETCH,
      targets: [],
      unasked: new Map(),
      denials: new Map(),
      entities: null,
      answers: [],
      tree: {},
    }
    const { outcomes } = gatherFetch({ ...input, pageOf: () => ({}) as never })
    expect(outcomes).toEqual(new Map())
  })

  it('is nobody if an entity is of another type', () => {
    const other = { ...entityOf('HN:1'), representation: { __typename: 'Person', id: 'HN:1' } }
    expect(gather([other], {}).outcomes).toEqual([])
  })

  it.each([{ toString: 1, valueOf: null }, '', 'HN', 'ZZ:1', 'HN1', 7, null])(
    'is nobody if the id is %j, so no country has an outcome and the position has an error',
    (id) => {
      const odd = { ...entityOf('HN:1'), representation: { __typename: 'Case', id } }
      const { outcomes, answerErrors } = gather([odd], {})
      expect(outcomes).toEqual([])
      expect(answerErrors[0]).toMatchObject({ code: 'BAD_ANSWER', country: null, coordinate: 'Case.court' })
    },
  )
})

function entityOf(id: string): Entity & { readonly objects: Record<string, unknown>[] } {
  return {
    representation: { __typename: 'Case', id },
    objects: [{}],
    paths: [['cases', 'edges', 0, 'node', 'linkedCases', 1]],
    context: {},
  }
}

function rowOf(id: string, court: unknown): object {
  return { _iT: 'Case', _iId: id, [KEY]: court, ...Object.fromEntries(OTHERS.map(({ shape }) => [shape.key, 'text'])) }
}

function answered(...entities: readonly unknown[]): LegAnswer {
  return { kind: 'answered', data: { _entities: entities }, errors: [] }
}

interface Over {
  readonly unasked?: GatherInput['unasked']
  readonly legFields?: SpreadFetch['fields']
  readonly partly?: Outcome
}

/** Gathers the fields of entities. A country of `answers` gets a leg with all of its entities. */
function gather(entities: readonly Entity[], answers: Readonly<Record<string, LegAnswer>>, over: Over = {}) {
  const { unasked = new Map(), legFields = FETCH.fields, partly = ANSWERED } = over
  const legs = Object.keys(answers).map((country): PlannedLeg => {
    const indices = entities.flatMap(({ representation }, i) =>
      String(representation.id).startsWith(country) ? [i] : [],
    )
    const fields = legFields.map((field) => ({ field, node: field.node, nodeKey: '', partly }))
    return { country, query: '', variables: {}, fields, entities: indices, scopes: [], policies: [] }
  })
  const { outcomes, answerErrors, rejections } = gatherFetch({
    fetch: FETCH,
    targets: [],
    unasked,
    denials: new Map(),
    entities,
    answers: legs.map((leg) => ({ leg, answer: answers[leg.country] ?? DOWN })),
    tree: {},
    pageOf: () => {
      throw new Error('expected no connection')
    },
  })
  return {
    answerErrors,
    rejections,
    outcomes: [...outcomes].map(([country, { reach, code }]) => [country, reach, code]).sort(),
  }
}
