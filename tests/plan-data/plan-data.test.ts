import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CreatePlanMaker } from '../../gateway/plan/make-plan.ts'
import { createCloningPlanMaker } from '../../gateway/plan/testing.ts'
import { ourGateway } from '../federation/harness/gateways.ts'
import type { Shape } from '../federation/harness/shape.ts'
import { composeShape, serveInProcess } from '../federation/harness/subgraphs.ts'
import { expectSameAnswer } from '../oracle/compare.ts'
import { apiSchema, createAsk } from '../oracle/federation.ts'
import { nationsInMemory } from '../oracle/nation.ts'
import { createOracle } from '../oracle/oracle.ts'
import { questions } from '../oracle/question.ts'
import { PROPERTY_TIMEOUT_MS, runsOf } from '../oracle/runs.ts'

/**
 * A plan is plain data: one that passes through a message between threads answers as one that does not. Every plan here is searched
 * for what is not plain, cloned, and compared with its clone (`createCloningPlanMaker`).
 */
const FEDERATION = new URL('../federation/', import.meta.url)
const names = readdirSync(FEDERATION, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'harness')
  .map((entry) => entry.name)

/** Counts the plans that are cloned, so that a test whose plans are not would be found out. */
function countClones(): { readonly createPlanMaker: CreatePlanMaker; readonly count: () => number } {
  let plans = 0
  const createPlanMaker: CreatePlanMaker = (graph, isSpread) => {
    const maker = createCloningPlanMaker(graph, isSpread)
    return {
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
  it.each(names)('answers as the plan that was made: %s', async (name) => {
    const { shape } = (await import(`${FEDERATION}${name}/shape.ts`)) as { shape: Shape }
    const serve = serveInProcess(shape.subgraphs)
    const supergraphSdl = composeShape(shape.subgraphs)
    const clones = countClones()
    const made = ourGateway(supergraphSdl, serve)
    const cloned = ourGateway(supergraphSdl, serve, clones.createPlanMaker)
    for (const asked of shape.cases) expect(await cloned.ask(asked)).toEqual(await made.ask(asked))
    expect(clones.count()).toBeGreaterThan(0)
  })
})

describe('a cloned plan over countries', () => {
  const oracle = createOracle(apiSchema())
  const clones = countClones()
  const askCountries = createAsk(clones.createPlanMaker)

  it(
    'answers as one database that holds all rows',
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
