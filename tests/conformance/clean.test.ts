import { afterAll, beforeAll, expect, it } from 'vitest'
import { chooseChecks } from '../../joining/conformance/all-checks.ts'
import { writeText } from '../../joining/conformance/report.ts'
import { type CheckedNode, type ConformanceWorld, checkAll, idsOf, openConformanceWorld } from './world.ts'

/** Our own three subgraphs conform, over their own tables and behind a sidecar. */

let world: ConformanceWorld

beforeAll(async () => {
  world = await openConformanceWorld()
})
afterAll(() => world?.close())

/** What these nodes have nothing to try: one lets a token count again, the other only once. */
const NEEDS_ONCE = 'tokens.replayed'

async function expectConforming(node: CheckedNode): Promise<void> {
  const results = await checkAll(node, node.ask)
  const failed = results.filter(({ result }) => result.kind === 'TRIED' && result.findings.length > 0)
  const facts = { country: 'HN', where: node.url, domains: [], results: failed, legs: 0, records: 0, ms: 0 }
  expect(failed.length === 0 ? '' : writeText(facts, 'en')).toBe('')
  expect(idsOf(results, 'NOT_TRIED')).toEqual([NEEDS_ONCE])
}

it('a node over its own tables passes each check', () => expectConforming(world.node))

it('a node in front of a service passes each check', async () => expectConforming(await world.startSidecar()))

it('a node that takes each token once passes the checks of tokens', async () => {
  const node = await world.startNode({ legTokens: 'once' })
  const results = await checkAll(node, node.ask, chooseChecks(['tokens']) ?? [])
  expect([idsOf(results, 'FAILED'), idsOf(results, 'NOT_TRIED')]).toEqual([[], ['tokens.salt-repeated']])
})
