import fc from 'fast-check'
import { buildSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { encodeCursor } from '../../contract/cursor.ts'
import { loadSupergraph } from '../plan/graph/supergraph.ts'
import { compileForTest, SUPERGRAPH_SDL } from '../plan/testing.ts'
import { readPublication } from '../spread/publication.ts'
import { spreadFetch } from '../spread/spread.ts'
import { aDomainView } from '../testing.ts'
import type { LegAnswer } from '../types/flow.ts'
import type { Page } from '../types/leg.ts'
import type { SpreadFetch } from '../types/operation.ts'
import { gatherFetch } from './gather.ts'
import { appendPage, findShortPages } from './short-pages.ts'

/** Whatever a country answers, reading it is no fault of the gateway: only a rejection, an outcome, or a value that fits. */

const schema = loadSupergraph(SUPERGRAPH_SDL).subgraphs.get('cases')?.schema ?? buildSchema('type Query { a: Int }')
const OPEN_VIEW = aDomainView()
const ROOT = compileForTest(`{ list: cases(first: 9) { edges { cursor node {
  id country court status offences { iccs } provenance { originator handling } linkedCases { id court }
  participants(first: 5) { edges { node { role } } }
} } pageInfo { hasNextPage } outcomes { country } } }`).fetches[0] as SpreadFetch
const PAGE: Page = { order: 'ROW_ASC', first: 5, after: null, base: null, silent: {} }

type Json = Record<string, unknown>

/** HN's honest answer of a few cases. */
function honestAnswer(): { list: Json } {
  const info = { hasNextPage: true }
  const edges = ['HN:1', 'HN:2'].map((id) => {
    const cursor = encodeCursor({ order: 'FILED_ON_DESC', key: '~', id })
    const participants = { edges: [], pageInfo: info, _iP: { _in: false, _ib: false } }
    const linkedCases = [{ _iT: 'Case', _iId: 'GT:7', id: 'GT:7' }]
    const provenance = { originator: 'HN', handling: [] }
    const offences = [{ iccs: '0101' }]
    const own = { id, country: 'HN', court: 'Juzgado', status: 'OPEN', offences, provenance, linkedCases, participants }
    return { _iC: cursor, cursor, node: { _iT: 'Case', _iId: id, ...own } }
  })
  return { list: { edges, pageInfo: info, _iP: { _in: true, _ib: false } } }
}

/** Lists each place of a value, as the object or list and the key in it. */
function placesIn(value: unknown): { readonly object: Json; readonly key: string }[] {
  if (typeof value !== 'object' || value === null) return []
  const object = value as Json
  return Object.keys(object).flatMap((key) => [{ object, key }, ...placesIn(object[key])])
}

const oddities = fc.oneof(
  fc.constantFrom<unknown>(null, '', 0, -1, [], {}, [null], [[]], [{}], 'HN:1', 'GT:1', 'P-12', 'HN'),
  fc
    .constantFrom('{"toString":1,"valueOf":null}', '{"__proto__":{"id":"HN:1"}}', '{"length":3}', '{"constructor":1}')
    .map((text) => JSON.parse(text) as unknown),
  fc.jsonValue({ maxDepth: 3 }),
)
/** An answer that is honest but for some places, each with an odd value. */
const lies = fc.array(fc.tuple(fc.nat(), oddities), { minLength: 1, maxLength: 3 }).map((changes) => {
  const answer: { data: unknown } = { data: honestAnswer() }
  for (const [at, value] of changes) {
    const places = placesIn(answer)
    const place = places[at % places.length]
    // A copy as JSON makes it: a value that several places shared could come to contain itself.
    if (place) place.object[place.key] = JSON.parse(JSON.stringify(value))
  }
  return answer.data
})
const errors = fc.array(
  fc.record({
    path: fc.oneof(
      fc.array(fc.oneof(fc.nat(3), fc.constantFrom('list', 'edges', 'node', 'court'), oddities)),
      oddities,
    ),
    extensions: oddities,
  }),
  { maxLength: 3 },
)

function spread() {
  return spreadFetch(ROOT, {
    variables: {},
    publishers: new Map(['GT', 'HN'].map((country) => [country, readPublication(schema, '', undefined)])),
    viewOf: () => OPEN_VIEW,
    participants: new Set(['GT', 'HN']),
    mandateCountries: null,
    entities: null,
  })
}

describe('an answer with odd values at any place', () => {
  const answers = fc.tuple(lies, errors).map(([data, errors]): LegAnswer => ({ kind: 'answered', data, errors }))
  const { legs, targets, unasked, denials } = spread()
  const honest: LegAnswer = { kind: 'answered', data: { list: { ...honestAnswer().list, edges: [] } }, errors: [] }

  it('never throws, changes no other country, and leaves only what has the form of the operation', () => {
    fc.assert(
      fc.property(answers, (lie) => {
        const tree: Json = {}
        const input = { fetch: ROOT, targets, unasked, denials, entities: null, tree, pageOf: () => PAGE }
        const { outcomes } = gatherFetch({
          ...input,
          answers: legs.map((leg) => ({ leg, answer: leg.country === 'HN' ? lie : honest })),
        })
        expect(outcomes.get('GT')).toBeDefined()
        const list = tree.list as { edges: { node: { id: unknown; country: unknown } }[] }
        for (const { node } of list.edges) {
          expect(String(node.id)).toMatch(/^HN:/)
          expect(node.country ?? 'HN').toBe('HN')
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('never throws while its short pages are found and put together', () => {
    fc.assert(
      fc.property(answers, answers, (first, next) => {
        const leg = legs.find(({ country }) => country === 'HN')
        if (!leg || first.kind === 'failed') return
        for (const page of findShortPages(leg, first, targets)) {
          const joined = appendPage(leg, first, page, next)
          expect(joined.kind === 'failed' || joined.data !== undefined).toBe(true)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
