import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseSignerKey } from '../../audit/note/key.ts'
import { CHECKS, chooseChecks, makeCallers } from '../../joining/conformance/conformance-command.ts'
import type { Ask, Leg, Reply } from '../../joining/conformance/leg.ts'
import { type CheckedResult, writeText } from '../../joining/conformance/report.ts'
import { someOf } from '../share.ts'
import type { Wrong } from './mutants/damage.ts'
import { forking, NODE_MUTANTS, TAKING_AGAIN } from './mutants/of-nodes.ts'
import { SERVICE_MUTANTS } from './mutants/of-services.ts'
import { type CheckedNode, type ConformanceWorld, checkAll, IS_FULL, idsOf, openConformanceWorld } from './world.ts'

/** Our own three subgraphs conform, and a node or a service that is wrong in one thing is caught by exactly the check of this thing. */

let world: ConformanceWorld
/** Our three subgraphs behind a sidecar. */
let sidecar: CheckedNode
/** Asks the sidecar each question once. The mutants ask the same, and damage what it answers. */
let right: Ask

beforeAll(async () => {
  world = await openConformanceWorld()
  sidecar = await world.startSidecar()
  right = remembering(sidecar.ask)
})
afterAll(() => world?.close())

function remembering(ask: Ask): Ask {
  const replies = new Map<string, Promise<Reply>>()
  return (leg) => {
    // What was sent once more must have been sent just now: tokens end after a minute.
    if (leg.again !== undefined) return askAgain(ask, leg, leg.again.salt)
    // What is counted is counted each time.
    if (leg.officer !== undefined || leg.question?.name !== undefined) return ask(leg)
    const name = JSON.stringify(leg)
    const known = replies.get(name) ?? ask(leg)
    replies.set(name, known)
    return known
  }
}

async function askAgain(ask: Ask, { again: _, ...leg }: Leg, salt: 'new' | 'old'): Promise<Reply> {
  return ask({ ...leg, again: { reply: await ask(leg), salt } })
}

/** Expects that no check failed, and that each was tried. */
function expectPassed(results: readonly CheckedResult[]): void {
  const failed = results.filter(({ findings }) => findings.length > 0)
  expect(failed.length === 0 ? '' : report(failed)).toBe('')
  expect(idsOf(results, 'NOT_TRIED')).toEqual([])
}

const report = (results: readonly CheckedResult[]): string =>
  writeText({ country: 'HN', where: '', domains: [], results, legs: 0, records: 0, ms: 0 }, 'en')

async function caughtBy(
  node: CheckedNode,
  ask: Ask,
  wrong: Wrong,
  names: readonly string[],
): Promise<readonly string[]> {
  const callers = makeCallers(node.identity)
  const results = await checkAll(node, (leg) => wrong(leg, ask, callers), chooseChecks(names) ?? [])
  // A text that the words lack is said by its key.
  expect(report(results)).not.toMatch(/\bchecks\.|\{\{/)
  return idsOf(results, 'FAILED')
}

describe('our own three subgraphs', () => {
  it('pass each check behind a sidecar', async () => {
    expectPassed(await checkAll(sidecar, right))
  })

  it('pass the checks of what a node does, in a node of their own that takes each token once', async () => {
    const node = await world.startNode({ legTokens: 'once' })
    const checks = chooseChecks(['tokens', 'receipts', 'requests']) ?? []
    expectPassed(await checkAll(node, node.ask, checks))
    expect(await caughtBy(node, node.ask, TAKING_AGAIN, ['tokens'])).toEqual(['tokens.replayed'])
  })
})

const MUTANTS = {
  ...Object.fromEntries(Object.entries(SERVICE_MUTANTS).map(([id, wrong]) => [id, () => wrong])),
  ...NODE_MUTANTS,
}

describe('a node that is wrong is caught', () => {
  it.each(someOf('mutants of conformance', Object.entries(MUTANTS)))('by exactly %s', async (id, make) => {
    const [area = ''] = id.split('.')
    // A receipt is of one leg, and is not given again.
    const [ask, names] = area === 'receipts' ? [sidecar.ask, [area]] : [right, IS_FULL ? [] : [area]]
    expect(await caughtBy(sidecar, ask, make(), names)).toEqual([id])
  })

  it('by exactly receipts.chain, if it writes two logs under one name', async () => {
    const key = parseSignerKey(await readFile(join(sidecar.keys, 'audit-log.key'), 'utf8'))
    expect(await caughtBy(sidecar, sidecar.ask, forking(key), ['receipts'])).toEqual(['receipts.chain'])
  })

  it('by some mutant for each check', () => {
    // The last one is asked of the service itself (leaks.test.ts).
    const apart = ['receipts.chain', 'tokens.replayed', 'rows.no-task-force']
    expect(new Set([...Object.keys(MUTANTS), ...apart])).toEqual(new Set(CHECKS.map(({ id }) => id)))
  })
})
