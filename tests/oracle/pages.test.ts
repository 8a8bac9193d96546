import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { apiSchema, askCountries } from './federation.ts'
import { nationsInMemory } from './nation.ts'
import { createOracle } from './oracle.ts'
import type { World } from './rows.ts'
import { PROPERTY_TIMEOUT_MS, runsOf } from './runs.ts'
import { type AnsweredPage, pageIn, pageOperation, type Walk, walks } from './walk.ts'

const oracle = createOracle(apiSchema())
/** Above any number of rows in a world, so that one page is the whole list. */
const WHOLE = 100

function wholeList(world: World, walk: Walk): AnsweredPage['edges'] {
  return pageIn(oracle(world, pageOperation(walk, WHOLE, null)).data, walk)?.edges ?? []
}

/** All edges of all pages, from the first page on until there is no next one. */
async function walkToTheEnd(world: World, walk: Walk): Promise<AnsweredPage['edges']> {
  const answers = nationsInMemory(world.rows, (country) => walk.caps[country] ?? WHOLE)
  const edges: AnsweredPage['edges'][number][] = []
  let after: string | null = null
  for (let pages = 0; pages <= WHOLE; pages++) {
    const { data, errors } = await askCountries(world.publishers, pageOperation(walk, walk.pageSize, after), answers)
    expect(errors.filter((line) => !line.startsWith('NOT_PUBLISHED'))).toEqual([])
    const page = pageIn(data, walk)
    edges.push(...(page?.edges ?? []))
    if (!page?.pageInfo.hasNextPage) return edges
    after = page.pageInfo.endCursor
    expect(after).not.toBeNull()
  }
  throw new Error(`expected an end within ${WHOLE} pages`)
}

describe('pages over several countries', () => {
  it.each([
    { title: 'are the whole list in its order, cut', isCapped: false },
    { title: 'lose nothing and give nothing twice where countries give less than is asked', isCapped: true },
  ])(
    '$title',
    async ({ isCapped }) => {
      await fc.assert(
        fc.asyncProperty(walks({ isCapped, everyOnly: false }), async ({ world, asked }) => {
          const edges = await walkToTheEnd(world, asked)
          // Cursors too, byte for byte. Nested pages of a capped country are shorter than the oracle's.
          const expected = wholeList(world, asked)
          const show = isCapped ? placesOf : (all: AnsweredPage['edges']) => all
          expect(show(edges)).toEqual(show(expected))
        }),
        runsOf(0.4),
      )
    },
    PROPERTY_TIMEOUT_MS,
  )
})

function placesOf(edges: AnsweredPage['edges']): unknown {
  return edges.map(({ cursor, node }) => [cursor, node.id])
}
