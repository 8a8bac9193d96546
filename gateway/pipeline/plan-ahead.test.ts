import { describe, expect, it } from 'vitest'
import { createPlanner } from '../plan/compile.ts'
import { OPEN_SUPERGRAPH_SDL, SUPERGRAPH_SDL } from '../plan/testing.ts'
import { aContext, aParticipant } from '../testing.ts'
import type { OperationToPlan } from '../types/operation.ts'
import type { Payer, PlanningRequest, RunPlanning } from '../types/planning.ts'
import { createEngine, planOnThisThread } from './engine.ts'

const DOCUMENT = 'query A($id: ID!, $x: Boolean!) { person(id: $id) { id sex @include(if: $x) names { full } } }'
const ASKED = { source: DOCUMENT, operationName: 'A', conditions: { x: true } }
const VARIABLES = { id: 'GT:1', x: true }
const AHEAD: Payer = { ...aContext(), isAhead: true }

/** An engine whose planning is noted: each request by its kind and by whether it was made ahead. */
function createWorld(supergraphSdl = OPEN_SUPERGRAPH_SDL, maxCacheBytes = 64 * 2 ** 20) {
  const plan = planOnThisThread(createPlanner(supergraphSdl, () => true))
  const jobs: string[] = []
  const run: RunPlanning = (request: PlanningRequest, payer) => {
    jobs.push(`${request.kind}${payer.isAhead === true ? ' ahead' : ''}`)
    return plan(request as never, payer)
  }
  const engine = createEngine({
    supergraphSdl,
    participants: [aParticipant('GT'), aParticipant('HN')],
    subgraphDefaults: { deadlineMs: 1_000, maxAnswerBytes: 1_000 },
    sendLeg: async () => ({ kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'CONNECTION' } }),
    planning: { run, close: async () => {} },
    maxCacheBytes,
  })
  return {
    engine,
    jobs,
    async ask(source = DOCUMENT, variables: Record<string, unknown> = VARIABLES, operationName?: string) {
      const read = await engine.readDocument(source, aContext())
      if (read.kind !== 'valid') throw new Error('expected a valid document')
      const { document } = read
      await engine.execute({ document, source, operationName, variables }, aContext())
      return jobs.splice(0)
    },
    ahead: (over: Partial<OperationToPlan> = {}) => engine.planAhead({ ...ASKED, ...over }, AHEAD),
  }
}

describe('an operation that was planned ahead', () => {
  it('needs nothing of the planning thread when it is asked', async () => {
    const { ahead, ask, jobs } = createWorld()
    expect(await ahead()).toBe(true)
    expect(jobs.splice(0)).toEqual(['read ahead', 'prepare ahead', 'plan ahead'])
    expect(await ask(DOCUMENT, VARIABLES, 'A')).toEqual([])
    expect(await ask(DOCUMENT, { id: 'GT:2', x: true }, 'A')).toEqual([])
    expect(await ask(DOCUMENT, { id: 'GT:2', x: false }, 'A')).toEqual(['prepare', 'plan'])
  })

  it('answers the same as one that is planned when it is asked', async () => {
    const answers = []
    for (const isAhead of [true, false]) {
      const { engine, ahead } = createWorld()
      if (isAhead) await ahead()
      const read = await engine.readDocument(DOCUMENT, aContext())
      if (read.kind !== 'valid') throw new Error('expected a valid document')
      const request = { document: read.document, source: DOCUMENT, operationName: 'A', variables: VARIABLES }
      answers.push(await engine.execute(request, aContext()))
    }
    expect(answers[0]).toEqual(answers[1])
  })

  it('is no plan for a caller from whom fields are removed', async () => {
    const { ahead, ask, jobs } = createWorld(SUPERGRAPH_SDL)
    await ahead()
    jobs.splice(0)
    expect(await ask(DOCUMENT, VARIABLES, 'A')).toEqual(['plan'])
  })

  it('stays, however many operations come once', async () => {
    const { ahead, ask } = createWorld(OPEN_SUPERGRAPH_SDL, 2 * 2 ** 20)
    await ahead()
    for (let i = 0; i < 60; i++) await ask(`{ person(id: "GT:1") { n${i}: id names { full } sex } }`, {})
    expect(await ask(DOCUMENT, VARIABLES, 'A')).toEqual([])
  })
})

describe('a known operation', () => {
  it.each([
    ['of another graph', '{ maria { id } }'],
    ['that asks about the schema', '{ __schema { queryType { name } } }'],
  ])('%s is not planned', async (_, source) => {
    const { ahead, jobs } = createWorld()
    expect(await ahead({ source, operationName: undefined, conditions: {} })).toBe(false)
    expect(jobs).not.toContain('plan ahead')
  })

  it('whose name the document does not have is rejected', async () => {
    const { ahead } = createWorld()
    await expect(ahead({ operationName: 'Maria' })).rejects.toMatchObject({ code: 'OPERATION_RESOLUTION_FAILURE' })
  })
})
