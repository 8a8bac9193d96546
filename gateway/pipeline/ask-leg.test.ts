import fc from 'fast-check'
import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { comparePlaces, decodeCursor, encodeCursor, type Place } from '../../contract/cursor.ts'
import { OPEN_SUPERGRAPH_SDL } from '../plan/testing.ts'
import { aContext, anEndpoint, aParticipant } from '../testing.ts'
import type { Leg, LegAnswer, SendLeg } from '../types/flow.ts'
import type { Participant } from '../types/participant.ts'
import { MAX_FURTHER_PAGES } from './ask-leg.ts'
import { createEngine, type Engine } from './engine.ts'

const ORDER = 'FILED_ON_DESC'
const DEADLINE_MS = 500
type Json = Record<string, unknown>

/** Plays a country: returns the rows behind a place, and whether there are more. `first`: how many the gateway asked for. */
type PlayPage = (after: Place | null, first: number) => { readonly rows: readonly Place[]; readonly hasNext: boolean }

/** A country that has these rows and sends at most `cap` of them in one page. */
function honest(rows: readonly Place[], cap = 100): PlayPage {
  return (after, first) => {
    const rest = rows.filter((row) => after === null || comparePlaces(row, after) > 0)
    const taken = rest.slice(0, Math.min(first, cap))
    return { rows: taken, hasNext: rest.length > taken.length }
  }
}

/** A country that has a next row forever, each before all rows of other countries, and sends `size` rows in a page. */
function endless(size: number): PlayPage {
  return (after) => {
    const start = after === null ? 0 : Number(after.id.slice(3)) + 1
    const rows = Array.from({ length: size }, (_, i) => placeOf('HN', start + i, '0'))
    return { rows, hasNext: true }
  }
}

function placeOf(country: string, n: number, key: string): Place {
  return { key, id: `${country}:${String(n).padStart(9, '0')}` }
}

function edgeOf(place: Place): Json {
  const cursor = encodeCursor({ order: ORDER, ...place })
  return { _iC: cursor, cursor, node: { _iT: 'Case', _iId: place.id, id: place.id, country: place.id.slice(0, 2) } }
}

function pageOf(play: PlayPage, after: unknown, first: number): Json {
  const { rows, hasNext } = play(typeof after === 'string' ? decodeCursor(after, ORDER) : null, first)
  const pageInfo = { hasNextPage: hasNext, endCursor: null }
  return { edges: rows.map(edgeOf), pageInfo, _iP: { _in: hasNext, _ib: after !== null } }
}

interface Page {
  readonly edges: readonly { readonly node: { readonly id: string } }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  readonly outcomes: readonly { readonly country: string; readonly reach: string; readonly code: string | null }[]
}

type ReplaceAnswer = (leg: Leg, asked: number) => LegAnswer | undefined

const SOURCE = `query ($first: Int, $after: String) { cases(first: $first, after: $after) {
  edges { node { id country } } pageInfo { hasNextPage endCursor } outcomes { country reach code } } }`

/** What plays the countries of an engine now. Making an engine takes longer than a page. */
const engines = new Map<string, { readonly engine: Engine; send: SendLeg }>()

function engineOver(countries: readonly string[]): { readonly engine: Engine; send: SendLeg } {
  const key = countries.join()
  const known = engines.get(key)
  if (known) return known
  const participants = countries.map((country): Participant => {
    const endpoint = anEndpoint({ deadlineMs: DEADLINE_MS })
    return aParticipant(country, { domains: { cases: endpoint, persons: endpoint, legal: endpoint } })
  })
  const subgraphDefaults = { deadlineMs: 1, maxAnswerBytes: 1 }
  const sendLeg: SendLeg = (leg, request) => entry.send(leg, request)
  const engine = createEngine({ supergraphSdl: OPEN_SUPERGRAPH_SDL, participants, subgraphDefaults, sendLeg })
  const entry = { engine, send: sendLeg }
  engines.set(key, entry)
  return entry
}

/** Opens a gateway over countries that are played. `answer`: replaces the answer to a leg. */
function open(players: Readonly<Record<string, PlayPage>>, answer?: ReplaceAnswer) {
  const legs: Leg[] = []
  const send: SendLeg = async (leg) => {
    legs.push(leg)
    const replaced = answer?.(leg, legs.filter(({ country }) => country === leg.country).length)
    const play = players[leg.country ?? '']
    if (replaced !== undefined || !play) return replaced ?? { kind: 'answered', data: null, errors: [] }
    // The gateway gives the variables of an operation names of its own.
    const first = /first: ?\$(\w+)/.exec(leg.query)?.[1] ?? ''
    const page = pageOf(play, leg.variables._iAfter0 ?? null, Number(leg.variables[first]))
    return { kind: 'answered', data: { cases: page }, errors: [] }
  }
  const opened = engineOver(Object.keys(players))
  const ask = async (first: number, after: string | null = null): Promise<Page> => {
    opened.send = send
    const request = { document: parse(SOURCE), source: SOURCE, operationName: undefined, variables: { first, after } }
    const { data } = await opened.engine.execute(request, aContext())
    return (data as { cases: Page }).cases
  }
  return { ask, legs }
}

const idsOf = ({ edges }: Page): string[] => edges.map(({ node }) => node.id)
const rowsIn = (country: string) =>
  fc
    .uniqueArray(fc.nat(30), { maxLength: 12 })
    .map((numbers) => numbers.map((n) => placeOf(country, n, String(n % 3))).sort(comparePlaces))

describe('a country whose pages are shorter than asked for', () => {
  it('is asked on, so that each page is as full as if the country had no cap of its own', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ GT: rowsIn('GT'), HN: rowsIn('HN'), SV: rowsIn('SV') }),
        fc.integer({ min: 1, max: 8 }),
        fc.record({ GT: fc.integer({ min: 1, max: 4 }), HN: fc.integer({ min: 1, max: 4 }), SV: fc.constant(100) }),
        async (rows, first, caps) => {
          const countries = ['GT', 'HN', 'SV'] as const
          const capped = Object.fromEntries(countries.map((code) => [code, honest(rows[code], caps[code])]))
          const whole = Object.fromEntries(countries.map((code) => [code, honest(rows[code])]))
          const [one, other] = [open(capped), open(whole)]
          let after: string | null = null
          for (let pages = 0; pages < 40; pages++) {
            const page = await one.ask(first, after)
            expect(page).toEqual(await other.ask(first, after))
            if (!page.pageInfo.hasNextPage) return
            after = page.pageInfo.endCursor
          }
          throw new Error('expected an end')
        },
      ),
      { numRuns: 200 },
    )
  })

  it('asks only for what is missing, behind the place where its page ended', async () => {
    const rows = Array.from({ length: 5 }, (_, n) => placeOf('HN', n, '0'))
    const { ask, legs } = open({ GT: honest([]), HN: honest(rows, 2) })
    expect(idsOf(await ask(5))).toEqual(rows.map(({ id }) => id))
    const afters = legs.filter(({ country }) => country === 'HN').map(({ variables }) => variables._iAfter0)
    const places = afters.map((after) => (typeof after === 'string' ? decodeCursor(after).id : after))
    expect(places).toEqual([null, rows[1]?.id, rows[3]?.id])
  })

  it('forever is left out of the page, which says so, and no other country loses a row or waits', async () => {
    const liar = fc.integer({ min: 1, max: 3 }).map(endless)
    await fc.assert(
      fc.asyncProperty(
        rowsIn('GT'),
        rowsIn('SV'),
        liar,
        fc.integer({ min: 70, max: 100 }),
        async (gt, sv, hn, first) => {
          const { ask, legs } = open({ GT: honest(gt), HN: hn, SV: honest(sv) })
          const page = await ask(first)
          expect(idsOf(page)).toEqual([...gt, ...sv].sort(comparePlaces).map(({ id }) => id))
          expect(page.outcomes[1]).toEqual({ country: 'HN', reach: 'UNAVAILABLE', code: 'BAD_ANSWER' })
          expect(legs.filter(({ country }) => country === 'HN')).toHaveLength(MAX_FURTHER_PAGES + 1)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('and that fails when it is asked on has the outcome of that failure, and is asked again from its former place', async () => {
    const rows = Array.from({ length: 4 }, (_, n) => placeOf('HN', n, '0'))
    const failed: LegAnswer = { kind: 'failed', outcome: { reach: 'TIMED_OUT', code: 'LEG_DEADLINE' } }
    const gt = [placeOf('GT', 1, '1')]
    const { ask } = open({ GT: honest(gt), HN: honest(rows, 2) }, ({ country }, asked) =>
      country === 'HN' && asked === 2 ? failed : undefined,
    )
    const page = await ask(4)
    expect(idsOf(page)).toEqual(gt.map(({ id }) => id))
    expect(page.outcomes[1]).toEqual({ country: 'HN', reach: 'TIMED_OUT', code: 'LEG_DEADLINE' })
    expect(idsOf(await ask(4, page.pageInfo.endCursor))).toEqual(rows.map(({ id }) => id))
  })

  it('is not left out if it is the only country that is asked, because nobody waits for it', async () => {
    const { ask, legs } = open({ HN: honest([placeOf('HN', 1, '0'), placeOf('HN', 2, '0')], 1) })
    const page = await ask(2)
    expect(idsOf(page)).toEqual(['HN:000000001'])
    expect(page).toMatchObject({ pageInfo: { hasNextPage: true }, outcomes: [{ reach: 'ANSWERED', code: null }] })
    expect(legs).toHaveLength(1)
  })

  it('has the errors of a further page at the rows of the whole page', async () => {
    const rows = Array.from({ length: 3 }, (_, n) => placeOf('HN', n, '0'))
    const answer = (leg: Leg, asked: number): LegAnswer | undefined => {
      if (leg.country !== 'HN') return undefined
      const after = leg.variables._iAfter0
      const page = pageOf(honest(rows, 2), after ?? null, 3)
      const edges = (page.edges as Json[]).map((edge, i) => (asked === 2 && i === 0 ? { ...edge, node: null } : edge))
      const errors = asked === 2 ? [{ path: ['cases', 'edges', 0, 'node'], extensions: { code: 'FORBIDDEN' } }] : []
      return { kind: 'answered', data: { cases: { ...page, edges } }, errors }
    }
    const page = await open({ GT: honest([]), HN: honest(rows) }, answer).ask(3)
    expect(idsOf(page)).toEqual(['HN:000000000', 'HN:000000001'])
    expect(page.outcomes[1]).toEqual({ country: 'HN', reach: 'ANSWERED', code: 'ROWS_DROPPED' })
  })
})
