import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CreatePlanMaker } from '../../gateway/plan/make-plan.ts'
import { createCloningPlanMaker } from '../../gateway/plan/testing.ts'
import { ourGateway } from '../federation/harness/gateways.ts'
import type { Pattern } from '../federation/harness/pattern.ts'
import { composePattern, serveInProcess } from '../federation/harness/subgraphs.ts'
import { expectSameAnswer } from '../oracle/compare.ts'
import { apiSchema, createAsk } from '../oracle/federation.ts'
import { nationsInMemory } from '../oracle/nation.ts'
import { createOracle } from '../oracle/oracle.ts'
import { questions } from '../oracle/question.ts'
import { PROPERTY_TIMEOUT_MS, runsOf } from '../oracle/runs.ts'

/**
 * A plan is plain data: a plan that passes through a message between threads gives the same answers as one that does not. The tests search
 * each plan for parts that are not plain, clone it, and compare it with its clone (`createCloningPlanMaker`).
 */
const FEDERATION = new URL('../federation/', import.meta.url)
const names = readdirSync(FEDERATION, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'harness')
  .map((entry) => entry.name)

/** Counts the cloned plans, so that a test that clones none fails. */
function countClones(): { readonly createPlanMaker: CreatePlanMaker; readonly count: () => number } {
  let plans = 0
  const createPlanMaker: CreatePlanMaker = (graph, isSpread) => {
    const maker = createCloningPlanMaker(graph, isSpread)
    return {
      lift: maker.lift,
      prepare: maker.prepare,
      plan(...request) {
        plans += 1
        return maker.plan(...request)
      },
    }
  }
  return { createPlanMaker, count: () => plans }
}

describe('a cloned plan of any supergraph', () => {
  it.each(names)('gives the same answers as the original: %s', async (name) => {
    const { pattern } = (await import(`${FEDERATION}${name}/pattern.ts`)) as { pattern: Pattern }
    const serve = serveInProcess(pattern.subgraphs)
    const supergraphSdl = composePattern(pattern.subgraphs)
    const clones = countClones()
    const original = ourGateway(supergraphSdl, serve)
    const cloned = ourGateway(supergraphSdl, serve, clones.createPlanMaker)
    for (const testCase of pattern.cases) expect(await cloned.ask(testCase)).toEqual(await original.ask(testCase))
    expect(clones.count()).toBeGreaterThan(0)
  })
})

describe('a cloned plan over countries', () => {
  const oracle = createOracle(apiSchema())
  const clones = countClones()
  const askCountries = createAsk({ createPlanMaker: clones.createPlanMaker })

  it(
    'gives the same answers as one database that holds all rows',
    async () => {
      await fc.assert(
        fc.asyncProperty(questions(apiSchema()), async ({ world, asked }) => {
          const answer = await askCountries(world.publishers, asked, nationsInMemory(world.rows))
          expectSameAnswer(answer, oracle(world, asked))
        }),
        runsOf(0.2),
      )
      expect(clones.count()).toBeGreaterThan(0)
    },
    PROPERTY_TIMEOUT_MS,
  )
})
