import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCursor } from '../../contract/cursor.ts'
import { type Failing, failing, failLegs, PASSING_FAILURES } from './failures.ts'
import { apiSchema, askCountries } from './federation.ts'
import { nationsInMemory } from './nation.ts'
import { createOracle } from './oracle.ts'
import type { World } from './rows.ts'
import { fewerRunsOf, PROPERTY_TIMEOUT_MS } from './runs.ts'
import { type AnsweredPage, pageIn, pageOperation, type Walk, walks } from './walk.ts'

const oracle = createOracle(apiSchema())
const WHOLE = 100

/** Returns a row's place without what the cursor says about silent countries: the id of its node, or of the row. */
function rowOf({ cursor, node }: { readonly cursor: string; readonly node: { readonly id?: string } }): string {
  return node.id ?? decodeCursor(cursor).id
}

function wholeList(world: World, walk: Walk): string[] {
  const page = pageIn(oracle(world, pageOperation(walk, WHOLE, null)).data, walk)
  return (page?.edges ?? []).map(rowOf)
}

function isAnyoneSilent({ outcomes = [] }: AnsweredPage): boolean {
  return outcomes.some(({ reach }) => reach === 'TIMED_OUT' || reach === 'UNAVAILABLE')
}

/**
 * Reads all pages as a client would. On the first pages countries fail as `troubles` says. Continues until all countries answer and there
 * is no next page. Asks again for a page that is null.
 */
async function walkThrough(world: World, walk: Walk, troubles: readonly Failing[]): Promise<string[]> {
  const answers = nationsInMemory(world.rows, (country) => walk.caps[country] ?? WHOLE)
  const rows: string[] = []
  let after: string | null = null
  for (let pages = 0; pages <= WHOLE + troubles.length; pages++) {
    const trouble = troubles[pages] ?? {}
    const operation = pageOperation(walk, walk.pageSize, after)
    const { data } = await askCountries(world.publishers, operation, answers, failLegs(trouble))
    const page = pageIn(data, walk)
    rows.push(...(page?.edges ?? []).map(rowOf))
    if (page && !page.pageInfo.hasNextPage && !isAnyoneSilent(page)) return rows
    if (!page && pages >= troubles.length) return rows
    if (page) after = page.pageInfo.endCursor
  }
  throw new Error(`expected an end within ${WHOLE} pages once all countries are back`)
}

describe('pages while countries fail and recover', () => {
  it(
    'lose no row and repeat none after all countries have recovered',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          walks({ isCapped: true, everyOnly: true }),
          fc.array(failing(PASSING_FAILURES), { minLength: 1, maxLength: 5 }),
          async ({ world, asked }, troubles) => {
            const rows = await walkThrough(world, asked, troubles)
            expect(rows.toSorted()).toEqual(wholeList(world, asked).toSorted())
          },
        ),
        fewerRunsOf(0.6),
      )
    },
    PROPERTY_TIMEOUT_MS,
  )
})
