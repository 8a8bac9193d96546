import { getIntrospectionQuery } from 'graphql'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NEVER_GONE } from '../../contract/hangup.ts'
import { NO_LIMITS } from '../admit/testing.ts'
import { createShownSchemas } from '../introspect/shown-schemas.ts'
import { createPlanningJobs } from '../pipeline/planning-jobs.ts'
import { createPlanner } from '../plan/compile.ts'
import { SUPERGRAPH_SDL } from '../plan/testing.ts'
import { aCaller, aParticipant } from '../testing.ts'
import type { Payer, PlanningRequest } from '../types/planning.ts'
import { createPlanning, loadWith, type Planning, type PlanningConfig } from './planning.ts'

/** Planning on a real thread, over the supergraph of the three domains. */
const CONFIG: PlanningConfig = {
  limits: { ...NO_LIMITS, tokens: 1_000, operations: 2 },
  planningBudget: { perSecond: 1, burst: 60_000 },
  planningDeadlineMs: 30_000,
  planningMemoryMb: 384,
}
const FILES = { supergraphSdl: SUPERGRAPH_SDL, participants: [aParticipant('GT'), aParticipant('HN')], hash: '' }
const log = pino({ level: 'silent' })
const payer = (subject: string): Payer => ({
  caller: aCaller({ subject }),
  hangup: NEVER_GONE,
  deadlineAt: Number.MAX_VALUE,
})

let planning: Planning
beforeAll(async () => {
  planning = createPlanning(CONFIG, log)(FILES)
  await planning.loaded
})
afterAll(() => planning.close())

const operation = (source: string, conditions = {}) => ({ source, operationName: undefined, conditions })
const QUESTION = 'query ($a: Boolean!) { person(id: "GT:1") { id names @include(if: $a) { full } sameAs { sex } } }'
const CALLER_SCHEMA = { hidden: ['Person.addresses', 'Case.narrative'], language: 'es' as const, variables: {} }

describe('the planning thread', () => {
  const { apiSchema, rules, jobs } = createPlanner(SUPERGRAPH_SDL, () => true)
  if (jobs === null) throw new Error('expected jobs')
  const showSchema = createShownSchemas({ apiSchema, rules, isContract: true })
  const answerHere = createPlanningJobs({ apiSchema, showSchema, jobs, limits: CONFIG.limits })

  it.each<[string, PlanningRequest]>([
    ['a document', { kind: 'read', source: QUESTION }],
    ['a document that is not valid', { kind: 'read', source: '{ person { nam } }' }],
    ['the fields of an operation', { kind: 'prepare', ...operation(QUESTION, { a: true }) }],
    [
      'the fields of a mixed operation',
      { kind: 'prepare', ...operation('{ __schema { queryType { name } } person(id: "GT:1") { id } }') },
    ],
    ['a plan', { kind: 'plan', ...operation(QUESTION, { a: false }), removedFields: [] }],
    ['a plan without a field', { kind: 'plan', ...operation(QUESTION, { a: true }), removedFields: ['Person.names'] }],
    [
      'the standard introspection query',
      { kind: 'introspect', ...operation(getIntrospectionQuery()), ...CALLER_SCHEMA },
    ],
    [
      'other introspection',
      { kind: 'introspect', ...operation('{ t: __typename __type(name: "Person") { name } }'), ...CALLER_SCHEMA },
    ],
  ])('answers what this thread would answer: %s', async (_, request) => {
    const { answer, bytes } = await planning.run(request as never, payer('one'))
    expect(answer).toEqual(answerHere(request))
    expect(bytes).toBeGreaterThan(0)
  })

  it('checks the limits of a document', async () => {
    const source = 'query A { __typename } query B { __typename } query C { __typename }'
    await expect(planning.run({ kind: 'read', source }, payer('one'))).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })

  it('rejects a caller whose budget is spent until it comes back, and serves another one', async () => {
    const own = createPlanning({ ...CONFIG, planningBudget: { perSecond: 0.001, burst: 1 } }, log)(FILES)
    await own.loaded
    const plan = (i: number, subject: string) =>
      own.run({ kind: 'read', source: `# ${i}\n${QUESTION}` }, payer(subject))
    await plan(0, 'greedy')
    let code: unknown
    for (let i = 1; i < 100 && code === undefined; i++) {
      code = await plan(i, 'greedy').then(
        () => undefined,
        (error) => error.code,
      )
    }
    expect(code).toBe('PLANNING_BUDGET_SPENT')
    expect(await plan(1, 'other')).toMatchObject({ answer: { kind: 'valid' } })
    await own.close()
  })

  it('plans for the next graph too if only settings of countries changed, and stops with the last of both', async () => {
    const start = createPlanning(CONFIG, log)
    const first = start(FILES)
    const second = start({ ...FILES, participants: [aParticipant('GT'), aParticipant('SV')] })
    await first.loaded
    expect(second.loaded).toBe(first.loaded)
    await first.close()
    await first.close()
    expect(await second.run({ kind: 'read', source: QUESTION }, payer('one'))).toMatchObject({
      bytes: expect.any(Number),
    })
    await second.close()
    await expect(second.run({ kind: 'read', source: `# 1\n${QUESTION}` }, payer('one'))).rejects.toMatchObject({
      code: 'GATEWAY_BUSY',
    })
  })

  it('is another one for another supergraph, for other domains, and when the one before has stopped', async () => {
    const start = createPlanning(CONFIG, log)
    const [gt] = FILES.participants
    const { cases: _, ...others } = gt?.domains ?? {}
    const changed = [
      FILES,
      { ...FILES, supergraphSdl: `# changed\n${SUPERGRAPH_SDL}` },
      { ...FILES, participants: [{ ...aParticipant('GT'), domains: others }] },
    ].map(start)
    await Promise.all(changed.map(({ close }) => close()))
    const last = start({ ...FILES, participants: [{ ...aParticipant('GT'), domains: others }] })
    expect(new Set([...changed, last].map(({ loaded }) => loaded)).size).toBe(4)
    await last.close()
  })

  it('that cannot load the graph is a graph that cannot be served', async () => {
    const broken = createPlanning(CONFIG, log)({ ...FILES, supergraphSdl: 'type Query { a: Int }' })
    await expect(loadWith(broken, () => 'loaded')).rejects.toMatchObject({ code: 'GRAPH_INVALID' })
    await expect(broken.run({ kind: 'read', source: '{ a }' }, payer('one'))).rejects.toMatchObject({
      code: 'GATEWAY_BUSY',
    })
  })
})
