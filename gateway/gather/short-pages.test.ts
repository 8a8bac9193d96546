import { describe, expect, it } from 'vitest'
import { encodeCursor } from '../../contract/cursor.ts'
import { compileForTest } from '../plan/testing.ts'
import type { LegAnswer } from '../types/flow.ts'
import type { FieldTarget, PlannedLeg } from '../types/leg.ts'
import type { SpreadFetch } from '../types/operation.ts'
import { appendPage, findShortPages } from './short-pages.ts'

const FETCH = compileForTest(
  '{ person(id: "GT:1") { sameAs { cases(first: 3) { edges { node { court } } } } } }',
).fetches.find(({ mode }) => mode === 'EVERY') as SpreadFetch
const [FIELD] = FETCH.fields
if (!FIELD) throw new Error('expected a field')
const page = { order: 'FILED_ON_DESC', first: 3, after: null, base: null, silent: {} }
const TARGET: FieldTarget = { field: FIELD, countries: ['GT', 'HN'], unasked: new Map(), page, recordId: null }
/** A leg about the second and the third entity of its fetch. */
const LEG = { country: 'HN', entities: [4, 7], fields: [{ field: FIELD }] } as unknown as PlannedLeg

const edgeOf = (id: string, over: object = {}): object => {
  return { _iC: encodeCursor({ order: 'FILED_ON_DESC', key: '~', id }), node: { _iId: id }, ...over }
}
const connection = (hasNext: boolean, ...ids: readonly string[]): object => {
  return { edges: ids.map((id) => edgeOf(id)), _iP: { _in: hasNext, _ib: false } }
}
type Answered = LegAnswer & { readonly kind: 'answered' }
const answered = (...connections: readonly unknown[]): Answered => ({
  kind: 'answered',
  data: { _entities: connections.map((cases) => ({ [FIELD.shape.key]: cases })) },
  errors: [],
})
const find = (answer: LegAnswer, target = TARGET) => findShortPages(LEG, answer, [target])

describe('a page', () => {
  it('is short if it has fewer edges than asked for and a next page, and is asked on for its own entity', () => {
    const answer = answered(connection(false, 'HN:1'), connection(true, 'HN:2', 'HN:3'))
    expect(find(answer)).toEqual([
      { target: TARGET, entity: 7, order: 'FILED_ON_DESC', after: { key: '~', id: 'HN:3' } },
    ])
  })

  it.each<[string, unknown]>([
    ['it has no next page', connection(false, 'HN:1')],
    ['it is full', connection(true, 'HN:1', 'HN:2', 'HN:3')],
    ['it has no edges, from which nobody could go on', connection(true)],
    ['its last cursor cannot be read', { ...connection(true), edges: [edgeOf('HN:1', { _iC: 'x' })] }],
    ['its last cursor is not a text', { ...connection(true), edges: [edgeOf('HN:1', { _iC: {} })] }],
    ['it is no connection', 'HN:1'],
    ['it is null', null],
  ])('is not asked on if %s', (_, cases) => {
    expect(find(answered(cases, connection(false)))).toEqual([])
  })

  it('is not asked on if only one country is asked, or if the leg failed', () => {
    const answer = answered(connection(true, 'HN:1'), connection(true, 'HN:2'))
    expect(find(answer, { ...TARGET, countries: ['HN'] })).toEqual([])
    expect(find({ kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'CONNECTION' } })).toEqual([])
  })
})

it('of a caller whose quota of rows was reached is not asked on', () => {
  const short = answered(connection(true, 'HN:1'), connection(false))
  expect(find(short)).toHaveLength(1)
  expect(find({ ...short, notes: [{ code: 'QUOTA_REACHED' }] })).toEqual([])
})

describe('the next page', () => {
  const first = answered(connection(true, 'HN:1'), connection(true, 'HN:2', 'HN:3'))
  const [, short] = find(first)
  if (!short) throw new Error('expected two short pages')
  const casesOf = (answer: LegAnswer): unknown[] => {
    const { _entities: list } = (answer as Answered).data as { _entities: Record<string, unknown>[] }
    return list.map((each) => each[FIELD.shape.key])
  }

  it('comes behind the page of its own entity, and says if there are more', () => {
    const joined = appendPage(LEG, first, short, answered(connection(false, 'HN:5')))
    expect(casesOf(joined)).toEqual([connection(true, 'HN:1'), connection(false, 'HN:2', 'HN:3', 'HN:5')])
    expect(casesOf(first)[1]).toEqual(connection(true, 'HN:2', 'HN:3'))
  })

  it('is cut to what was asked for, and then there are more', () => {
    const joined = appendPage(LEG, first, short, answered(connection(false, 'HN:5', 'HN:6')))
    expect(casesOf(joined)[1]).toEqual(connection(true, 'HN:2', 'HN:3', 'HN:5'))
  })

  it('has its errors at its own entity, behind the rows that were there', () => {
    const key = FIELD.shape.key
    const at = (...path: readonly unknown[]) => ({ message: 'x', path })
    const errors = [at('_entities', 0, key, 'edges', 0, 'node'), at('_entities', 0, key), at('other'), { message: 'x' }]
    const joined = appendPage(LEG, first, short, { ...answered(connection(false, 'HN:5')), errors }) as Answered
    expect(joined.errors.map(({ path }) => path)).toEqual([
      ['_entities', 1, key, 'edges', 2, 'node'],
      ['_entities', 1, key],
      ['_entities', 1],
      undefined,
    ])
  })

  it('adds its notes', () => {
    const noted: LegAnswer = { ...answered(connection(false, 'HN:5')), notes: [{ code: 'QUOTA_REACHED' }] }
    expect(appendPage(LEG, first, short, noted)).toMatchObject({ notes: [{ code: 'QUOTA_REACHED' }] })
  })

  it.each<[string, LegAnswer]>([
    ['the leg', { kind: 'failed', outcome: { reach: 'DENIED', code: 'QUOTA_SPENT' } }],
    ['the page', { ...answered(null), errors: [{ path: ['_entities', 0], extensions: { code: 'QUOTA_SPENT' } }] }],
  ])('for which the quota of rows has no room leaves the rows that were counted, with a note: %s', (_, next) => {
    expect(appendPage(LEG, first, short, next)).toEqual({ ...first, notes: [{ code: 'QUOTA_REACHED' }] })
  })

  it.each([
    ['failed', { kind: 'failed', outcome: { reach: 'TIMED_OUT', code: 'LEG_DEADLINE' } }, 'LEG_DEADLINE'],
    ['has no such connection', answered(null), 'BAD_ANSWER'],
    ['has no data', { kind: 'answered', data: null, errors: [] }, 'BAD_ANSWER'],
  ] satisfies [string, LegAnswer, string][])('that %s makes the leg fail', (_, next, code) => {
    expect(appendPage(LEG, first, short, next)).toMatchObject({ kind: 'failed', outcome: { code } })
  })
})
