import { type DocumentNode, parse, print } from 'graphql'
import { describe, expect, it } from 'vitest'
import { DOMAINS, isDomain } from '../../../contract/domain.ts'
import { createEngine, type Engine } from '../../../gateway/pipeline/engine.ts'
import { OPEN_SUPERGRAPH_SDL } from '../../../gateway/plan/testing.ts'
import { anEndpoint, aParticipant } from '../../../gateway/testing.ts'
import type { SendLeg } from '../../../gateway/types/flow.ts'
import type { Dice } from '../../oracle/dice.ts'
import { makeRows } from '../../oracle/make-rows.ts'
import { type AnswerNationally, nationsInMemory } from '../../oracle/nation.ts'
import { seededDice } from '../random.ts'
import { FUZZ_TIMEOUT_MS, fuzzRuns } from '../runs.ts'
import { newContext } from '../supergraph/ask-graph.ts'
import { faultOf, withTypes } from './judge-answer.ts'
import { readSpoiled } from './read-spoiled.ts'
import { spoil } from './spoil.ts'

/** Half of the cases. plain.test.ts has the other half. */
const SHARE = 0.5
const CASES_PER_WORLD = 50
const COUNTRIES = ['GT', 'HN', 'SV'] as const
const LIAR = 'HN'
/** How many pages to read until the list ends. A spoiled answer may cut many pages short, but each page makes progress. */
const MAX_PAGES = 60
const FIRST = 40

/** Lists of rows of each country, with fields that the row's country answers in the same leg. */
const LISTS: readonly DocumentNode[] = [
  ['cases', '', 'id country court offences { iccs } provenance { originator }'],
  ['cases', 'orderBy: ID_ASC', 'id participants { edges { node { role } } } warrants { edges { node { id } } }'],
  ['persons', 'search: { nationality: "GT" }', 'id names { full } birthDate'],
  ['statutes', '', 'id country iccs'],
  ['mlaRequests', '', 'id country status measures requestedCountry'],
].map(([field, args, node]) =>
  withTypes(
    parse(`query ($after: String) { list: ${field}(first: ${FIRST}, after: $after ${args}) {
      edges { cursor node { ${node} } } pageInfo { hasNextPage endCursor } outcomes { country reach code } } }`),
  ),
)

interface Spoiling {
  nations: AnswerNationally
  dice: Dice | null
  last: string
}

describe('a country that answers anything', () => {
  it(
    'loses no row of another country, and none of its text reaches a client',
    async () => {
      const { cases, seed } = fuzzRuns()
      const spoiling: Spoiling = { nations: nationsInMemory(makeRows(seededDice('none'), {})), dice: null, last: '' }
      const engine = engineOver(spoiling)
      for (let done = 0, at = seed; done < cases * SHARE; at++, done += CASES_PER_WORLD) {
        const dice = seededDice(`countries ${at}`)
        const publishers = Object.fromEntries(COUNTRIES.map((country) => [country, DOMAINS]))
        spoiling.nations = nationsInMemory(makeRows(dice, publishers))
        spoiling.dice = null
        const truths = new Map<DocumentNode, unknown>()
        for (const document of LISTS) truths.set(document, await othersOf(engine, document))
        spoiling.dice = dice
        for (let i = 0; i < CASES_PER_WORLD; i++) {
          const document = dice.pick(LISTS)
          const rows = await othersOf(engine, document).catch((cause: unknown) => cause)
          const report = `ISTMO_FUZZ_SEED=${at} case ${i}\n${print(document)}\n${spoiling.last}`
          expect(rows instanceof Error ? rows.stack : rows, report).toEqual(truths.get(document))
        }
      }
    },
    FUZZ_TIMEOUT_MS,
  )
})

function engineOver(spoiling: Spoiling): Engine {
  const endpoint = anEndpoint({ deadlineMs: 1_000, maxAnswerBytes: 1 << 20 })
  const sendLeg: SendLeg = async ({ country, domain, query, variables }) => {
    if (country === null || !isDomain(domain)) throw new Error(`expected a leg to a country; came ${domain}`)
    const plain = JSON.parse(JSON.stringify(variables))
    const { data, errors = [] } = await spoiling.nations({ country, domain, query, variables: plain })
    if (country !== LIAR || spoiling.dice === null) return { kind: 'answered', data, errors }
    const bytes = spoil({ data }, spoiling.dice)
    spoiling.last = bytes.toString('utf8', 0, 2_000)
    return readSpoiled(bytes)
  }
  return createEngine({
    supergraphSdl: OPEN_SUPERGRAPH_SDL,
    participants: COUNTRIES.map((country) =>
      aParticipant(country, { domains: Object.fromEntries(DOMAINS.map((domain) => [domain, endpoint])) }),
    ),
    subgraphDefaults: { deadlineMs: 1_000, maxAnswerBytes: 1 << 20 },
    sendLeg,
  })
}

interface List {
  readonly edges: readonly { readonly node: { readonly id: string } }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  readonly outcomes: readonly { readonly country: string; readonly reach: string }[]
}

/** Reads the rows of the countries whose answers are not spoiled, page by page to the end. */
async function othersOf(engine: Engine, document: DocumentNode): Promise<unknown[]> {
  const rows: unknown[] = []
  let after: string | null = null
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const operation = { document, variables: { after }, operationName: undefined }
    const answer = await engine.execute({ ...operation, source: print(document) }, newContext())
    const fault = faultOf(answer, operation, engine.apiSchema)
    if (fault !== null) throw new Error(fault)
    const { edges, pageInfo, outcomes } = (answer.data as { readonly list: List }).list
    const silent = outcomes.filter(({ country, reach }) => country !== LIAR && reach !== 'ANSWERED')
    if (silent.length > 0) throw new Error(`expected ${LIAR} alone to fail; came ${JSON.stringify(silent)}`)
    rows.push(...edges.map(({ node }) => node).filter(({ id }) => !id.startsWith(LIAR)))
    if (!pageInfo.hasNextPage) return rows
    after = pageInfo.endCursor
  }
  throw new Error(`expected an end within ${MAX_PAGES} pages`)
}
