import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutAnswer } from './cut-answer.ts'
import { listOwnRecords } from './own-records.ts'

const QUERY = `query ($representations: [_Any!]!) {
  cases { edges { node { id } } again: edges { place: cursor } pageInfo { more: hasNextPage end: endCursor } }
  case { id }
}`
const edge = (id: string): object => ({ node: { id } })
const page = (...ids: readonly string[]): object => ({
  edges: ids.map(edge),
  again: ids.map((id) => ({ place: `after ${id}` })),
  pageInfo: { more: false, end: `after ${ids.at(-1)}` },
})
const cut = (data: unknown, mostRows: number, query = QUERY) => cutAnswer({ query, country: 'HN', data }, mostRows)

describe('an answer that is cut', () => {
  it('keeps the edges that fit, under each of their names, and says that there are more and where they begin', () => {
    expect(cut({ cases: page('HN:1', 'HN:2', 'HN:3') }, 2)).toEqual({
      data: {
        cases: {
          edges: [edge('HN:1'), edge('HN:2')],
          again: [{ place: 'after HN:1' }, { place: 'after HN:2' }],
          pageInfo: { more: true, end: 'after HN:2' },
        },
      },
      denied: [],
      isCut: true,
    })
  })

  it('counts a record once, and no record of another country', () => {
    const data = { cases: page('HN:1', 'GT:7', 'HN:1'), case: { id: 'HN:1' } }
    expect(cut(data, 1)).toEqual({ data, denied: [], isCut: false })
  })

  it('has null where not one edge fits, and where something else than a page does not fit', () => {
    const data = { cases: page('HN:1', 'HN:2'), case: { id: 'HN:3' } }
    expect(cut(data, 0)).toEqual({ data: { cases: null, case: null }, denied: [['cases'], ['case']], isCut: false })
    expect(cut(data, 2)).toEqual({ data: { ...data, case: null }, denied: [['case']], isCut: false })
  })

  it('keeps whole entities, cuts the one that does not fit, and denies those behind it at their own places', () => {
    const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      __typename ... on Person { key: id ...Cases } } }
      fragment Cases on Person { cases { edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }`
    const cases = (...ids: readonly string[]): object => ({
      edges: ids.map((id) => ({ cursor: id, node: { id } })),
      pageInfo: { hasNextPage: false, endCursor: ids.at(-1) },
    })
    const person = (id: string, ...ids: readonly string[]): object => ({
      __typename: 'Person',
      key: id,
      cases: cases(...ids),
    })
    const data = { _entities: [person('GT:1', 'HN:1'), person('GT:2', 'HN:2', 'HN:3'), null, person('GT:3', 'HN:4')] }
    expect(cut(data, 2, query)).toEqual({
      data: {
        _entities: [
          person('GT:1', 'HN:1'),
          {
            __typename: 'Person',
            key: 'GT:2',
            cases: {
              edges: [{ cursor: 'HN:2', node: { id: 'HN:2' } }],
              pageInfo: { hasNextPage: true, endCursor: 'HN:2' },
            },
          },
          null,
          { __typename: 'Person', key: 'GT:3', cases: null },
        ],
      },
      denied: [['_entities', 3, 'cases']],
      isCut: true,
    })
  })

  it.each([
    ['nobody asks whether there is a next page', '{ cases { edges { node { id } } pageInfo { endCursor } } }'],
    [
      'nobody asks for the cursor that the next page needs',
      '{ cases { edges { node { id } } pageInfo { hasNextPage endCursor } } }',
    ],
  ])('has no cut page if %s', (_, query) => {
    const data = { cases: { edges: [edge('HN:1'), edge('HN:2')], pageInfo: { hasNextPage: false, endCursor: 'x' } } }
    expect(cut(data, 1, query)).toEqual({ data: { cases: null }, denied: [['cases']], isCut: false })
  })

  it('never names more records than fit, and is a beginning of the page', () => {
    const ids = fc.array(
      fc.integer({ min: 0, max: 9 }).map((n) => (n < 2 ? `GT:${n}` : `HN:${n}`)),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(ids, ids, fc.nat(12), (cases, one, mostRows) => {
        const data = { cases: page(...cases), case: one.map((id) => ({ id })) }
        const { data: rest, denied, isCut } = cut(data, mostRows)
        expect(listOwnRecords(rest, 'HN').size).toBeLessThanOrEqual(mostRows)
        const kept = (rest as { cases: { edges: object[] } | null }).cases?.edges
        if (kept) expect(kept).toEqual(cases.slice(0, kept.length).map(edge))
        const isAll = listOwnRecords(data, 'HN').size <= mostRows
        expect(isAll).toBe(!isCut && denied.length === 0)
        if (isAll) expect(rest).toEqual(data)
      }),
    )
  })
})
