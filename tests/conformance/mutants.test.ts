import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseSignerKey } from '../../audit/note/key.ts'
import { CHECKS, chooseChecks } from '../../joining/conformance/all-checks.ts'
import type { Ask, Reply } from '../../joining/conformance/leg.ts'
import { makeCallers } from '../../joining/conformance/run-checks.ts'
import { forking, NODE_MUTANTS, TAKING_AGAIN } from './mutants/of-nodes.ts'
import { SERVICE_MUTANTS } from './mutants/of-services.ts'
import type { Wrong } from './mutants/damage.ts'
import { type CheckedNode, type ConformanceWorld, checkAll, idsOf, openConformanceWorld } from './world.ts'

/** A node that is wrong in one thing is caught by exactly the check of this thing. */

let world: ConformanceWorld
let right: Ask

beforeAll(async () => {
  world = await openConformanceWorld()
  right = remembering(world.node.ask)
  // The answers of the node that is right, which the mutants damage.
  await checkAll(world.node, right)
})
afterAll(() => world?.close())

/** Asks each question once: what the node answers does not change, and the mutants ask the same. Each receipt is of the leg that was sent. */
function remembering(ask: Ask): Ask {
  const replies = new Map<string, Promise<Reply>>()
  return (leg) => {
    if (leg.again !== undefined) return ask(leg)
    const name = JSON.stringify(leg)
    const known = replies.get(name) ?? ask(leg)
    replies.set(name, known)
    return known
  }
}

async function caughtBy(node: CheckedNode, ask: Ask, wrong: Wrong, names: readonly string[]): Promise<readonly string[]> {
  const callers = makeCallers(node.identity)
  const results = await checkAll(node, (leg) => wrong(leg, ask, callers), chooseChecks(names) ?? [])
  return idsOf(results, 'FAILED')
}

const MUTANTS = { ...Object.fromEntries(Object.entries(SERVICE_MUTANTS).map(([id, wrong]) => [id, () => wrong])), ...NODE_MUTANTS }

describe('a node that is wrong is caught', () => {
  it.each(Object.entries(MUTANTS))('by exactly %s', async (id, make) => {
    // Receipts are of one leg each.
    const ask = id.startsWith('receipts.') ? world.node.ask : right
    const names = id.startsWith('receipts.') ? ['receipts'] : []
    expect(await caughtBy(world.node, ask, make(), names)).toEqual([id])
  })

  it('by exactly receipts.chain, if it writes two logs under one name', async () => {
    const key = parseSignerKey(await readFile(join(world.keys, 'audit-log.key'), 'utf8'))
    expect(await caughtBy(world.node, world.node.ask, forking(key), ['receipts'])).toEqual(['receipts.chain'])
  })

  it('by exactly tokens.replayed, if it takes a token again that counts once', async () => {
    const node = await world.startNode({ legTokens: 'once' })
    expect(await caughtBy(node, node.ask, TAKING_AGAIN, ['tokens'])).toEqual(['tokens.replayed'])
  })

  it('by some mutant for each check', () => {
    const apart = ['receipts.chain', 'tokens.replayed']
    expect(new Set([...Object.keys(MUTANTS), ...apart])).toEqual(new Set(CHECKS.map(({ id }) => id)))
  })
})
