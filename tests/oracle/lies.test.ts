import fc from 'fast-check'
import { type DocumentNode, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createDice } from './dice.ts'
import { apiSchema, askCountries } from './federation.ts'
import { LIES } from './lies.ts'
import { type AnswerNationally, nationsInMemory } from './nation.ts'
import type { Operation } from './operation.ts'
import { createOracle } from './oracle.ts'
import type { World } from './rows.ts'
import { fewerRunsOf, PROPERTY_TIMEOUT_MS } from './runs.ts'
import { type AskedKind, InWorldArbitrary } from './world.ts'

const oracle = createOracle(apiSchema())
const SETS = [
  { GT: ['cases', 'persons', 'legal'], HN: ['cases', 'persons', 'legal'], SV: ['cases', 'persons', 'legal'] },
] as const
const LIAR = 'HN'

/** Rows of each country, with fields that the row's country answers in the same leg. */
const LISTS: readonly DocumentNode[] = [
  ['cases', '', 'id country court offences { iccs } provenance { originator }'],
  ['cases', 'orderBy: ID_ASC', 'id participants { edges { node { role } } } warrants { edges { node { id } } }'],
  ['persons', 'search: { nationality: "GT" }', 'id names { full } birthDate'],
  ['statutes', '', 'id country iccs'],
  ['mlaRequests', '', 'id country status measures requestedCountry'],
].map(([field, args, node]) =>
  parse(`query ($first: Int, $after: String) { list: ${field}(first: $first, after: $after ${args}) {
    edges { cursor node { ${node} } } pageInfo { hasNextPage endCursor } outcomes { country reach } } }`),
)
/** More than any number of rows, so that one page is the complete list. */
const WHOLE = 100
/** A lying country may cut many pages short, but each page makes progress. */
const MAX_PAGES = 60

interface Asked {
  readonly document: DocumentNode
  readonly pageSize: number
  readonly lie: keyof typeof LIES
  /** The throws of the lying country's dice. */
  readonly thrown: readonly number[]
}

const kind: AskedKind<Asked> = {
  make: (dice) => ({
    document: dice.pick(LISTS),
    pageSize: dice.between(1, 5),
    lie: dice.pick(Object.keys(LIES) as (keyof typeof LIES)[]),
    thrown: dice.many(20, 20, () => dice.between(0, 1_000)),
  }),
  smaller: () => [],
  describe: ({ document, pageSize, lie, thrown }) =>
    `${document.loc?.source.body}\npages of ${pageSize}, ${LIAR} ${lie}, dice ${thrown}`,
}

function lying(answers: AnswerNationally, { lie, thrown }: Asked): AnswerNationally {
  let at = 0
  const dice = createDice((min, max) => min + ((thrown[at++ % thrown.length] ?? 0) % (max - min + 1)))
  return async (request) => {
    const answer = await answers(request)
    return request.country === LIAR ? { ...answer, data: LIES[lie](answer.data, dice) as never } : answer
  }
}

interface List {
  readonly edges: readonly { readonly node: { readonly id: string } }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  readonly outcomes: readonly { readonly country: string; readonly reach: string }[]
}

const listIn = (data: unknown): List => (data as { readonly list: List }).list
const isLiars = (text: string): boolean => text.startsWith(LIAR)

/** Reads the rows of the other countries, page by page to the end. */
async function othersOf(world: World, asked: Asked, answers: AnswerNationally): Promise<unknown[]> {
  const rows: unknown[] = []
  let after: string | null = null
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const { data } = await askCountries(world.publishers, pageOf(asked.document, asked.pageSize, after), answers)
    const { edges, pageInfo, outcomes } = listIn(data)
    expect(outcomes.filter(({ country, reach }) => !isLiars(country) && reach !== 'ANSWERED')).toEqual([])
    rows.push(...edges.map(({ node }) => node).filter(({ id }) => !isLiars(id)))
    if (!pageInfo.hasNextPage) return rows
    after = pageInfo.endCursor
  }
  throw new Error(`expected an end within ${MAX_PAGES} pages`)
}

function pageOf(document: DocumentNode, first: number, after: string | null): Operation {
  return { document, operationName: undefined, variables: { first, after } }
}

describe('a country that lies', () => {
  it(
    'cannot change the rows of another country, or add rows in its name',
    async () => {
      await fc.assert(
        fc.asyncProperty(new InWorldArbitrary(kind, SETS), async ({ world, asked }) => {
          const answers = lying(nationsInMemory(world.rows), asked)
          const { edges } = listIn(oracle(world, pageOf(asked.document, WHOLE, null)).data)
          const truth = edges.map(({ node }) => node).filter(({ id }) => !isLiars(id))
          expect(await othersOf(world, asked, answers)).toEqual(truth)
        }),
        fewerRunsOf(),
      )
    },
    PROPERTY_TIMEOUT_MS,
  )
})
