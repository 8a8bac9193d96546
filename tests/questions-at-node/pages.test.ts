import fc from 'fast-check'
import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { encodeCursor, type Place } from '../../contract/cursor.ts'
import { listLegFields } from '../../subgraphs/kit/question/compare-leg.ts'
import { findForeignPage, listShortPageEnds } from '../../subgraphs/kit/question/pages.ts'
import { showQuestion } from './legs-of-questions.ts'
import { nationalSchema } from './plain-check.ts'

const SCHEMA = nationalSchema('cases')
const ORDER = 'FILED_ON_DESC'
const at = (key: number, silent?: Readonly<Record<string, Place | 0>>): string =>
  encodeCursor({ order: ORDER, key: String(key), id: `HN:C-${key}`, ...(silent && { silent }) })
const placeOf = (key: number): Place => ({ key: String(key), id: `HN:C-${key}` })

/** A leg as the gateway writes it, and another in which a page stands below an entity, in a fragment, under other names. */
const LEG =
  'query($n:Int,$_iAfter0:String){cases(first:$n,after:$_iAfter0){_e:edges{_c:cursor node{id}}_p:pageInfo{_n:hasNextPage}}}'
const FIELDS = listLegFields(parse(LEG), SCHEMA)
const REQUEST = { document: parse(LEG), operationName: undefined, variables: undefined }
const QUESTION = 'query($n: Int, $place: String) { cases(first: $n, after: $place) { edges { node { id } } } }'

/** Asks a node of Honduras for a page that begins at `sent`. */
function findForeign(
  sent: string | null,
  signed: string | null | 'hidden',
  hasEnded: (end: string) => boolean = () => false,
) {
  const variables = signed === 'hidden' ? {} : { n: 5, place: signed }
  const operation = { document: parse(QUESTION), operationName: undefined, variables }
  const question = showQuestion(operation, {
    values: new Map(Object.entries(variables)),
    isComplete: signed !== 'hidden',
  })
  return findForeignPage(FIELDS, { n: 5, _iAfter0: sent }, { question, country: 'HN', hasEnded })
}

describe('a page of a signed question', () => {
  it.each<[string, string | null, string | null]>([
    ['at the start', null, null],
    ['behind the place that was signed', at(7), at(7)],
    ['behind the common place, although another country was silent', at(7), at(7, { GT: placeOf(3) })],
    ['where this country stood when it was silent', at(4), at(7, { HN: placeOf(4) })],
    ['at the start, if this country has answered no page yet', null, at(7, { HN: 0 })],
  ])('is given %s', (_, sent, signed) => {
    expect(findForeign(sent, signed)).toBeNull()
  })

  it.each<[string, string | null, string | null | 'hidden']>([
    ['behind a place that nobody signed', at(7), null],
    ['one row further', at(8), at(7)],
    ['from the start, although a later page was signed', null, at(7)],
    ['where another country stood', at(3), at(7, { GT: placeOf(3) })],
    ['at the start, although only another country was silent', null, at(7, { GT: 0 })],
    ['in another order', encodeCursor({ order: 'ID_ASC', key: '7', id: 'HN:C-7' }), at(7)],
    ['with the places of other countries', at(7, { HN: placeOf(4) }), at(7, { HN: placeOf(4) })],
    ['at a place that is none', 'x', at(7)],
    ['at the start, if the place that was signed is hidden', null, 'hidden'],
  ])('is not given %s', (_, sent, signed) => {
    expect(findForeign(sent, signed)).toBe('Query.cases(after:)')
  })
})

describe('a captured gateway that turns page after page', () => {
  it('sees the rows of the page that was signed, and those behind pages that the node itself cut short', () => {
    const world = fc.record({
      rows: fc.integer({ min: 0, max: 20 }),
      first: fc.integer({ min: 1, max: 6 }),
      signed: fc.option(fc.integer({ min: 0, max: 20 }), { nil: null }),
      // By the row at which a page begins: how many rows it has at most.
      short: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 22, maxLength: 22 }),
    })
    fc.assert(
      fc.property(world, ({ rows, first, signed, short }) => {
        const give = (from: number, most: number) => {
          const count = Math.min(most, short[from] ?? most, rows - from)
          const keys = Array.from({ length: Math.max(0, count) }, (_, index) => from + index)
          return { keys, hasNext: from + keys.length < rows }
        }
        const given = new Set<string>()
        const seen = new Set<number>()
        // He asks for pages of each size up to the one that was signed, behind each row that there is.
        const ask = (from: number | null, n: number): void => {
          const sent = from === null ? null : at(from)
          if (findForeign(sent, signed === null ? null : at(signed), (end) => given.has(end)) !== null) return
          const { keys, hasNext } = give(from === null ? 0 : from + 1, n)
          for (const key of keys) seen.add(key)
          const data = {
            cases: { _e: keys.map((key) => ({ _c: at(key), node: { id: `HN:C-${key}` } })), _p: { _n: hasNext } },
          }
          for (const end of listShortPageEnds(REQUEST, { n }, SCHEMA, data)) given.add(end)
        }
        for (let round = 0; round < 3; round++) {
          for (const n of [first, 1, first]) {
            for (const from of [null, ...Array.from({ length: rows }, (_, row) => row), signed]) ask(from, n)
          }
        }
        // The oracle: the page that was signed, and on behind each page that was short, of any size that he could ask for.
        const allowed = new Set<number>()
        const open = [signed === null ? 0 : signed + 1]
        const done = new Set<number>()
        for (let from = open.pop(); from !== undefined; from = open.pop()) {
          if (done.has(from)) continue
          done.add(from)
          for (const n of [first, 1]) {
            const { keys, hasNext } = give(from, n)
            for (const key of keys) allowed.add(key)
            if (keys.length > 0 && keys.length < n && hasNext) open.push(from + keys.length)
          }
        }
        for (const key of seen) expect(allowed.has(key)).toBe(true)
        // An honest gateway gets the page that was signed.
        for (const key of give(signed === null ? 0 : signed + 1, first).keys) expect(seen.has(key)).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  it('is told nothing by pages of other sizes under one name, nor by a page that is full', () => {
    const text = `query($m:Int){_entities(representations:[]){... on Person{x:cases(first:$m){edges{cursor}pageInfo{hasNextPage}}}
      ...F}} fragment F on Case{x:participants(first:2){e:edges{c:cursor}pageInfo{hasNextPage}}}`
    const request = { document: parse(text), operationName: undefined, variables: undefined }
    const page = (count: number, hasNextPage = true) => ({
      edges: Array.from({ length: count }, (_, index) => ({ cursor: at(index), c: at(index) })),
      pageInfo: { hasNextPage },
    })
    const endsOf = (x: object, m: number) => listShortPageEnds(request, { m }, SCHEMA, { _entities: [null, { x }] })
    expect(new Set(endsOf(page(1), 5))).toEqual(new Set([`Person.cases ${at(0)}`, `Case.participants ${at(0)}`]))
    expect(endsOf(page(2), 5)).toEqual([])
    expect(endsOf(page(1, false), 5)).toEqual([])
    expect(endsOf(page(1), 1)).toEqual([])
  })
})
