import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { apiSchema, askCountries } from './federation.ts'
import { nationsInMemory } from './nation.ts'
import { createOracle } from './oracle.ts'
import type { World } from './rows.ts'
import { fewerRunsOf, PROPERTY_TIMEOUT_MS } from './runs.ts'
import { type AnsweredPage, pageIn, pageOperation, type Walk, walks } from './walk.ts'

const oracle = createOracle(apiSchema())
/** More than any number of rows in a world, so that one page is the complete list. */
const WHOLE = 100

function completeList(world: World, walk: Walk): AnsweredPage['edges'] {
  return pageIn(oracle(world, pageOperation(walk, WHOLE, null)).data, walk)?.edges ?? []
}

/** Reads all edges of all pages, from the first page until there is no next page. */
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
    { title: 'together are the complete list in its order', isCapped: false },
    { title: 'lose no row and repeat none if countries send smaller pages than requested', isCapped: true },
  ])(
    '$title',
    async ({ isCapped }) => {
      await fc.assert(
        fc.asyncProperty(walks({ isCapped, everyOnly: false }), async ({ world, asked }) => {
          const edges = await walkToTheEnd(world, asked)
          // Compares the cursors too, byte for byte, unless countries are capped: then nested pages are shorter than the oracle's.
          const expected = completeList(world, asked)
          const show = isCapped ? placesOf : (all: AnsweredPage['edges']) => all
          expect(show(edges)).toEqual(show(expected))
        }),
        fewerRunsOf(0.4),
      )
    },
    PROPERTY_TIMEOUT_MS,
  )
})

function placesOf(edges: AnsweredPage['edges']): unknown {
  return edges.map(({ cursor, node }) => [cursor, node.id])
}
