import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeCursor } from '../../../contract/cursor.ts'
import type { SessionAnswer } from '../session/session.ts'
import { mergeRows, nextSteps, type RowOfList, type RowPage, type Step, toStreams } from './streams.ts'

const PAGE_ROWS = 3
const GROUPS = ['GT', 'HN', 'SV'] as const

/** The whole list of each group: keys in order. */
const arbitraryLists = fc.tuple(...GROUPS.map(() => fc.array(fc.integer({ min: 100, max: 140 }), { maxLength: 12 })))

function listRows(keys: readonly number[], country: string): readonly RowOfList[] {
  const rows = keys.map((key, index) => ({ key: String(key), id: `${country}:C-${String(index).padStart(2, '0')}` }))
  return rows
    .toSorted((a, b) => (`${a.key} ${a.id}` < `${b.key} ${b.id}` ? -1 : 1))
    .map(({ key, id }) => ({ cursor: encodeCursor({ order: 'ID_ASC', key, id }), node: { id } }))
}

/** Answers a step as a gateway would. */
function answer(rows: readonly RowOfList[], { after }: Step): SessionAnswer<RowPage<RowOfList>> {
  const from = after === null ? 0 : rows.findIndex(({ cursor }) => cursor === after) + 1
  const edges = rows.slice(from, from + PAGE_ROWS)
  const pageInfo = { hasNextPage: from + PAGE_ROWS < rows.length, endCursor: edges.at(-1)?.cursor ?? null }
  const about = { operation: 'Cases', problems: [], countries: [], denied: [], requestId: null, at: 0, purpose: '' }
  return { ...about, data: { edges, pageInfo } }
}

describe('a list that is asked in groups', () => {
  it('is the whole list in the end; each «more» shows more; no row is asked for twice', () => {
    fc.assert(
      fc.property(arbitraryLists, (keys) => {
        const lists = keys.map((each, index) => listRows(each, GROUPS[index] ?? ''))
        const whole = mergeRows(lists.map((rows) => ({ rows, end: null }))).map(({ node }) => node.id)
        let steps: readonly Step[] = GROUPS.map((_, group) => ({ group, after: null }))
        let before = -1
        for (;;) {
          const results = steps.map((step) => ({ data: answer(lists[step.group] ?? [], step), isFetching: false }))
          const asked = results.flatMap(({ data }) => data.data?.edges ?? []).map(({ node }) => node.id)
          expect(new Set(asked).size).toBe(asked.length)
          const streams = toStreams(steps, results, (page) => page)
          const shown = mergeRows(streams).map(({ node }) => node.id)
          expect(shown).toEqual(whole.slice(0, shown.length))
          expect(shown.length).toBeGreaterThan(before)
          before = shown.length
          const more = nextSteps(streams, new Set(shown), PAGE_ROWS)
          if (more.length === 0) {
            expect(shown).toEqual(whole)
            return
          }
          steps = [...steps, ...more]
        }
      }),
    )
  })

  it('leaves out a group that is awaited, and asks for no page of it twice', () => {
    const rows = listRows([1, 2, 3, 4, 5], 'GT')
    const steps: readonly Step[] = [
      { group: 0, after: null },
      { group: 1, after: null },
    ]
    const results = [
      { data: answer(rows, { group: 0, after: null }), isFetching: false },
      { data: undefined, isFetching: true },
    ]
    const streams = toStreams(steps, results, (page) => page)
    expect(streams.map(({ group }) => group)).toEqual([0])
    const shown = new Set(rows.map(({ node }) => node.id))
    const more = nextSteps(streams, shown, PAGE_ROWS)
    expect(more).toEqual([{ group: 0, after: rows[2]?.cursor }])
    const pending = toStreams([...steps, ...more], [...results, { data: undefined, isFetching: true }], (page) => page)
    expect(nextSteps(pending, shown, PAGE_ROWS)).toEqual([])
  })

  it('asks nothing more of a group with enough waiting rows', () => {
    const rows = listRows([1, 2, 3, 4, 5], 'GT')
    const step: Step = { group: 0, after: null }
    const streams = toStreams([step], [{ data: answer(rows, step), isFetching: false }], (page) => page)
    expect(nextSteps(streams, new Set(), PAGE_ROWS)).toEqual([])
    expect(nextSteps(streams, new Set(['GT:C-00']), PAGE_ROWS)).toHaveLength(1)
  })
})
