import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparePlaces, decodeCursor, type Place } from '../../contract/cursor.ts'
import type { Outcome } from '../../contract/outcome.ts'
import type { Page } from '../types/leg.ts'
import type { ConnectionMerge } from '../types/merge.ts'
import { type CountryPart, isSilent, mergeConnection, standsStill } from './merge-connection.ts'

const SPEC: ConnectionMerge = {
  kind: 'CONNECTION',
  typeName: 'CaseConnection',
  typename: [],
  edges: [
    { key: 'edges', cursors: ['cursor'] },
    { key: 'again', cursors: [] },
  ],
  pageInfo: [
    {
      key: 'info',
      fields: new Map(['hasNextPage', 'hasPreviousPage', 'startCursor', 'endCursor'].map((name) => [name, name])),
    },
  ],
  outcomes: [],
  gatewayKeys: { edges: 'edges', cursor: '_c', page: '_p', hasNext: '_n', hasPrevious: '_b' },
}
const ORDER = 'ID_ASC'
const ANSWERED: Outcome = { reach: 'ANSWERED', code: null }
const DOWN: Outcome = { reach: 'UNAVAILABLE', code: 'CONNECTION' }

interface World {
  /** Each country's rows in order. */
  readonly rows: Readonly<Record<string, readonly Place[]>>
}

/** Whether the gateway drops a row, because it lacks a required value. */
type IsDropped = (place: Place) => boolean

/** One country's page, as the gateway reads it from the answer. `cap`: the largest page that the country sends, in rows. */
function nationalPage(
  rows: readonly Place[],
  after: Place | null,
  first: number,
  cap: number,
  isDropped: IsDropped,
): Record<string, unknown> {
  const rest = rows.filter((row) => after === null || comparePlaces(row, after) > 0)
  const taken = rest.slice(0, Math.min(first, cap))
  const edges = taken
    .filter((place) => !isDropped(place))
    .map((place) => ({ _c: place, cursor: 'national', node: place.id }))
  return {
    edges,
    again: edges,
    _c: taken.at(-1) ?? null,
    _p: { _n: rest.length > taken.length, _b: rest.length < rows.length },
  }
}

function ask(
  world: World,
  page: Page,
  down: ReadonlySet<string>,
  cap = 100,
  isDropped: IsDropped = () => false,
): Record<string, unknown> {
  const parts = Object.entries(world.rows).map(([country, rows]): CountryPart => {
    if (down.has(country)) return { country, outcome: DOWN, value: null }
    const after = page.silent[country] ?? page.base
    return { country, outcome: ANSWERED, value: nationalPage(rows, after || null, page.first, cap, isDropped) }
  })
  return mergeConnection(SPEC, parts, page)
}

function pageAfter(after: string | null, first: number): Page {
  if (after === null) return { order: ORDER, first, after, base: null, silent: {} }
  const cursor = decodeCursor(after, ORDER)
  return { order: ORDER, first, after, base: { key: cursor.key, id: cursor.id }, silent: cursor.silent ?? {} }
}

function idsOf(answer: Record<string, unknown>): string[] {
  return (answer.edges as { node: string }[]).map((edge) => edge.node)
}

const info = (answer: Record<string, unknown>): { hasNextPage: boolean; endCursor: string | null } =>
  answer.info as never

const COUNTRIES = ['GT', 'HN', 'PA', 'SV']
const world = fc
  .record({
    countries: fc.integer({ min: 1, max: 4 }),
    rows: fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 }), fc.nat(9)), {
      selector: ([, key, n]) => `${key} ${n}`,
      maxLength: 14,
    }),
  })
  .map(({ countries, rows }): World => {
    const byCountry: Record<string, Place[]> = {}
    for (const country of COUNTRIES.slice(0, countries)) byCountry[country] = []
    for (const [country, key, n] of rows) {
      const code = COUNTRIES[country % countries] ?? ''
      byCountry[code]?.push({ key: String(key), id: `${code}:${n}-${key}` })
    }
    for (const list of Object.values(byCountry)) list.sort(comparePlaces)
    return { rows: byCountry }
  })

function completeList(world: World): string[] {
  return Object.values(world.rows)
    .flat()
    .sort(comparePlaces)
    .map((place) => place.id)
}

describe('pages over countries', () => {
  it('contain the complete list in order, for each page size and each national cap', () => {
    fc.assert(
      fc.property(world, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), (world, first, cap) => {
        const seen: string[] = []
        let after: string | null = null
        for (let turn = 0; turn < 60; turn++) {
          const answer = ask(world, pageAfter(after, first), new Set(), cap)
          expect(answer.again).toHaveLength(idsOf(answer).length)
          seen.push(...idsOf(answer))
          if (!info(answer).hasNextPage) break
          after = info(answer).endCursor
        }
        expect(seen).toEqual(completeList(world))
      }),
      { numRuns: 500 },
    )
  })

  it('continue behind rows that were dropped, for each page size and each national cap', () => {
    const isDropped: IsDropped = ({ id }) => /[0-4]-\d$/.test(id)
    fc.assert(
      fc.property(world, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), (all, first, cap) => {
        const seen: string[] = []
        let after: string | null = null
        for (let pages = 0; pages < 40; pages++) {
          const answer = ask(all, pageAfter(after, first), new Set(), cap, isDropped)
          seen.push(...idsOf(answer))
          if (!info(answer).hasNextPage) break
          after = info(answer).endCursor
        }
        expect(seen).toEqual(completeList(all).filter((id) => !isDropped({ key: '', id })))
      }),
    )
  })

  it('lose no row and repeat none while countries fail and recover', () => {
    const failures = fc.array(fc.subarray(COUNTRIES), { maxLength: 6 })
    fc.assert(
      fc.property(world, fc.integer({ min: 1, max: 4 }), failures, (world, first, failures) => {
        const seen: string[] = []
        let after: string | null = null
        for (let turn = 0; turn < 80; turn++) {
          const down = new Set(failures[turn] ?? [])
          const answer = ask(world, pageAfter(after, first), down)
          seen.push(...idsOf(answer))
          if (turn >= failures.length && !info(answer).hasNextPage) break
          after = info(answer).endCursor ?? after
        }
        expect([...seen].sort()).toEqual([...completeList(world)].sort())
      }),
      { numRuns: 1000 },
    )
  })

  it.each([
    ['quotas of rows', 'QUOTA_SPENT'],
    ['shares of running time', 'TIME_SPENT'],
  ] as const)(
    'lose no row and repeat none while %s are spent again and again, and no country waits for another',
    (_, code) => {
      const spent: Outcome = { reach: 'DENIED', code }
      const most = fc.record(Object.fromEntries(COUNTRIES.map((country) => [country, fc.integer({ min: 1, max: 6 })])))
      fc.assert(
        fc.property(
          world,
          fc.integer({ min: 1, max: 4 }),
          most,
          fc.integer({ min: 1, max: 4 }),
          (all, first, quotas, pagesADay) => {
            const seen: string[] = []
            let after: string | null = null
            let left: Record<string, number> = { ...quotas }
            for (let turn = 0; turn < 200; turn++) {
              if (turn % pagesADay === 0) left = { ...quotas }
              const page = pageAfter(after, first)
              const parts = Object.entries(all.rows).map(([country, rows]): CountryPart => {
                if ((left[country] ?? 0) <= 0) return { country, outcome: spent, value: null }
                const from = (page.silent[country] ?? page.base) || null
                const full = nationalPage(rows, from, first, 100, () => false)
                const value = nationalPage(rows, from, first, left[country] ?? 0, () => false)
                const isQuotaReached = (full.edges as []).length > (value.edges as []).length
                left[country] = (left[country] ?? 0) - (full.edges as []).length
                const outcome: Outcome = { reach: 'ANSWERED', code: isQuotaReached ? 'QUOTA_REACHED' : null }
                return { country, outcome, value, isQuotaReached }
              })
              const answer = mergeConnection(SPEC, parts, page)
              seen.push(...idsOf(answer))
              const isAnyoneSpent = parts.some(({ outcome }) => outcome.code === code)
              if (!info(answer).hasNextPage && !isAnyoneSpent) break
              after = info(answer).endCursor
            }
            expect([...seen].sort()).toEqual([...completeList(all)].sort())
          },
        ),
        { numRuns: 1000 },
      )
    },
  )

  it('do not wait for a country whose page was cut, and say where it goes on', () => {
    const place = (id: string): Place => ({ key: '', id })
    const cut = { ...nationalPage([place('GT:1'), place('GT:9')], null, 5, 1, () => false) }
    const whole = nationalPage([place('HN:2'), place('HN:3')], null, 5, 5, () => false)
    const outcome: Outcome = { reach: 'ANSWERED', code: 'QUOTA_REACHED' }
    const parts = [
      { country: 'GT', outcome, value: cut, isQuotaReached: true },
      { country: 'HN', outcome: ANSWERED, value: whole },
    ]
    const answer = mergeConnection(SPEC, parts, pageAfter(null, 5))
    expect(idsOf(answer)).toEqual(['GT:1', 'HN:2', 'HN:3'])
    expect(info(answer).hasNextPage).toBe(true)
    expect(decodeCursor(info(answer).endCursor ?? '')).toEqual({
      order: ORDER,
      ...place('HN:3'),
      silent: { GT: place('GT:1') },
    })
  })

  it('have cursors of three members while no country fails', () => {
    fc.assert(
      fc.property(world, (world) => {
        const answer = ask(world, pageAfter(null, 3), new Set())
        for (const edge of answer.edges as { cursor: string }[])
          expect(decodeCursor(edge.cursor).silent).toBeUndefined()
      }),
    )
  })

  it('end where they began if a country is silent and there is no edge', () => {
    const empty: World = { rows: { GT: [], HN: [{ key: '', id: 'HN:1' }] } }
    const after = 'WyJJRF9BU0MiLCIiLCJHVDoxIl0'
    expect(info(ask(empty, pageAfter(after, 2), new Set(['HN']))).endCursor).toBe(after)
    expect(info(ask(empty, pageAfter(null, 2), new Set(['HN']))).endCursor).toBeNull()
  })

  it('say the place of a silent country in the fourth member, and ask it from there', () => {
    const two: World = {
      rows: {
        GT: [
          { key: '', id: 'GT:1' },
          { key: '', id: 'GT:2' },
        ],
        HN: [{ key: '', id: 'HN:1' }],
      },
    }
    const first = ask(two, pageAfter(null, 2), new Set(['HN']))
    expect(decodeCursor(info(first).endCursor ?? '')).toEqual({ order: ORDER, key: '', id: 'GT:2', silent: { HN: 0 } })
    const second = ask(two, pageAfter(info(first).endCursor, 2), new Set())
    expect(idsOf(second)).toEqual(['HN:1'])
    expect(decodeCursor(info(second).endCursor ?? '')).toEqual({ order: ORDER, key: '', id: 'HN:1' })
  })
})

describe('a page of several countries', () => {
  const place = (id: string): Place => ({ key: '1', id })
  const FIRST_PAGE: Page = { order: ORDER, first: 2, after: null, base: null, silent: {} }
  const part = (country: string, ids: readonly string[], facts: object = {}): CountryPart => {
    const edges = ids.map((id) => ({ _c: place(id), cursor: 'national', node: id }))
    return {
      country,
      outcome: ANSWERED,
      value: { edges, again: edges, _c: edges.at(-1)?._c ?? null, _p: { _n: false, _b: false, ...facts } },
    }
  }

  it('has at most as many edges as requested, and a next page if there are more', () => {
    const answer = mergeConnection(SPEC, [part('GT', ['GT:1', 'GT:2']), part('HN', ['HN:1'])], FIRST_PAGE)
    expect(idsOf(answer)).toEqual(['GT:1', 'GT:2'])
    expect(info(answer).hasNextPage).toBe(true)
  })

  it('has its own cursors in place of those of the countries, under each alias that asks for them', () => {
    const { edges, again, info: facts } = mergeConnection(SPEC, [part('GT', ['GT:1', 'GT:2'])], FIRST_PAGE) as never
    const cursors = (edges as { cursor: string }[]).map(({ cursor }) => decodeCursor(cursor, ORDER))
    expect(cursors).toMatchObject([place('GT:1'), place('GT:2')])
    expect(again).toMatchObject([{ cursor: 'national' }, { cursor: 'national' }])
    expect(facts).toMatchObject({
      startCursor: (edges as { cursor: string }[])[0]?.cursor,
      endCursor: (edges as { cursor: string }[])[1]?.cursor,
    })
  })

  it.each([
    [false, false, false],
    [true, false, true],
    [false, true, true],
  ])('has a previous page if one country has one: %s, %s', (gt, hn, expected) => {
    const parts = [part('GT', ['GT:1'], { _b: gt }), part('HN', ['HN:1'], { _b: hn })]
    expect(mergeConnection(SPEC, parts, FIRST_PAGE).info).toMatchObject({ hasPreviousPage: expected })
  })

  it('keeps rows back that are beyond the end of another country’s page', () => {
    const parts = [part('GT', ['GT:1'], { _n: true }), part('HN', ['HN:1']), part('PA', [], { _n: false })]
    const answer = mergeConnection(SPEC, parts, FIRST_PAGE)
    expect(idsOf(answer)).toEqual(['GT:1'])
    expect(info(answer).hasNextPage).toBe(true)
  })

  it('without edges has no cursors, and names the type of its facts', () => {
    const spec = {
      ...SPEC,
      pageInfo: [
        {
          key: 'info',
          fields: new Map([
            ['t', '__typename'],
            ['s', 'startCursor'],
          ]),
        },
      ],
    }
    expect(mergeConnection(spec, [part('GT', [])], FIRST_PAGE).info).toEqual({ t: 'PageInfo', s: null })
  })

  it('keeps no rows back because of a country that has a next page but no rows', () => {
    const parts = [part('GT', ['GT:1'], { _n: true }), part('HN', [], { _n: true })]
    expect(idsOf(mergeConnection(SPEC, parts, FIRST_PAGE))).toEqual(['GT:1'])
  })

  it('has the latest place of all countries as its common place, whichever country comes last', () => {
    const page: Page = { ...FIRST_PAGE, after: 'x', silent: { GT: place('ZZ:9') } }
    const parts = [part('GT', []), part('HN', ['HN:1'])]
    const cursor = decodeCursor(info(mergeConnection(SPEC, parts, page)).endCursor ?? '', ORDER)
    expect(cursor).toEqual({ order: ORDER, ...place('ZZ:9'), silent: { HN: place('HN:1') } })
  })

  it('has no rows of a country without a list of edges', () => {
    const odd: CountryPart = { country: 'HN', outcome: ANSWERED, value: { edges: null } }
    expect(idsOf(mergeConnection(SPEC, [part('GT', ['GT:1']), odd], FIRST_PAGE))).toEqual(['GT:1'])
  })

  it('has no rows of a country without a value', () => {
    const down: CountryPart = { country: 'HN', outcome: DOWN, value: null }
    expect(idsOf(mergeConnection(SPEC, [part('GT', ['GT:1']), down], FIRST_PAGE))).toEqual(['GT:1'])
  })

  it('continues from the place of each country: from the row, or from a later place where the country was silent', () => {
    const page: Page = { ...FIRST_PAGE, after: 'x', base: place('GT:1'), silent: { HN: place('HN:9'), PA: 0 } }
    const down: CountryPart = { country: 'PA', outcome: DOWN, value: null }
    const [edge] = mergeConnection(SPEC, [part('GT', ['GT:2']), part('HN', []), down], page).edges as {
      cursor: string
    }[]
    const cursor = decodeCursor(edge?.cursor ?? '', ORDER)
    expect(cursor).toMatchObject(place('HN:9'))
    expect(cursor.silent).toEqual({ GT: place('GT:2'), PA: 0 })
  })

  it.each([
    ['has a next page but no end', { _c: null, _p: { _n: true } }, true],
    ['has a next page and an end', { _c: place('GT:1'), _p: { _n: true } }, false],
    ['has no next page', { _c: null, _p: { _n: false } }, false],
    ['says nothing of a next page', { _c: null, _p: null }, false],
    ['has no value', null, false],
  ])('stands still only if a country %s', (_, value, expected) => {
    expect(standsStill(SPEC, value)).toBe(expected)
  })

  it.each<[Outcome['reach'], boolean]>([
    ['UNAVAILABLE', true],
    ['TIMED_OUT', true],
    ['DENIED', false],
    ['NOT_PUBLISHED', false],
    ['ANSWERED', false],
  ])('counts a country with the reach %s as silent: %s', (reach, expected) => {
    expect(isSilent({ reach, code: null })).toBe(expected)
  })
})
