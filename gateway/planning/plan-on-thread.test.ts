import { serialize } from 'node:v8'
import { describe, expect, it } from 'vitest'
import { IstmoError } from '../../contract/errors.ts'
import { NEVER_GONE } from '../../contract/hangup.ts'
import { aCaller } from '../testing.ts'
import type { Payer } from '../types/planning.ts'
import { AHEAD, planOnThread } from './plan-on-thread.ts'
import type { Job } from './run-jobs.ts'

const PAYER: Payer = { caller: aCaller({ subject: 'one' }), hangup: NEVER_GONE, deadlineAt: 1_000 }
const ANSWER = { kind: 'invalid', errors: [] }

/** Plans on a thread that runs each job at once, as `run` says. */
function createWorld(run: (job: Job) => Promise<Uint8Array> = async () => new Uint8Array(serialize(ANSWER))) {
  const ran: Job[] = []
  const spent: string[] = []
  let isSpent = false
  const plan = planOnThread(
    {
      run(job) {
        ran.push(job)
        return run(job)
      },
    },
    {
      laneOf: (caller) => caller?.subject ?? 'strangers',
      check: () => {
        if (isSpent) throw new IstmoError('PLANNING_BUDGET_SPENT')
      },
      spend: (lane) => void spent.push(lane),
    },
  )
  return { plan, ran, spent, spendAll: () => (isSpent = true) }
}

describe('a planning request', () => {
  it('is a job in its caller’s lane, and its answer has the size of the message', async () => {
    const { plan, ran } = createWorld()
    expect(await plan({ kind: 'read', source: '{ a' }, PAYER)).toEqual({
      answer: ANSWER,
      bytes: serialize(ANSWER).length,
    })
    expect(ran).toMatchObject([{ request: { kind: 'read', source: '{ a' }, lane: 'one', deadlineAt: 1_000 }])
  })

  it('is charged for the thread’s time and for the time that its answer takes to read', async () => {
    const { plan, spent } = createWorld(async (job) => {
      job.onSpent(5)
      return new Uint8Array(serialize(ANSWER))
    })
    await plan({ kind: 'read', source: '{ a' }, { ...PAYER, caller: null })
    expect(spent).toEqual(['strangers', 'strangers'])
  })

  it('of a caller whose budget is spent does not become a job', async () => {
    const { plan, ran, spendAll } = createWorld()
    spendAll()
    await expect(plan({ kind: 'read', source: '{ a' }, PAYER)).rejects.toMatchObject({ code: 'PLANNING_BUDGET_SPENT' })
    expect(ran).toEqual([])
  })

  it('of a caller whose budget is spent while it waits is rejected when its turn comes', async () => {
    const world = createWorld(async (job) => {
      world.spendAll()
      job.admit()
      throw new Error('expected a rejection')
    })
    const answer = world.plan({ kind: 'read', source: '{ a' }, PAYER)
    await expect(answer).rejects.toMatchObject({ code: 'PLANNING_BUDGET_SPENT' })
  })

  it('that was too hard is rejected at once when it comes again, and another one is not', async () => {
    const { plan, ran } = createWorld(async () => {
      throw new IstmoError('DOCUMENT_TOO_HARD')
    })
    for (const source of ['{ hard }', '{ hard }', '{ other }']) {
      await expect(plan({ kind: 'read', source }, PAYER)).rejects.toMatchObject({ code: 'DOCUMENT_TOO_HARD' })
    }
    expect(ran).toHaveLength(2)
  })

  it('that the gateway makes ahead is a job in a lane of its own, and is charged to nobody', async () => {
    const { plan, ran, spent, spendAll } = createWorld(async (job) => {
      job.admit()
      job.onSpent(5)
      return new Uint8Array(serialize(ANSWER))
    })
    spendAll()
    await plan({ kind: 'read', source: '{ a' }, { ...PAYER, caller: null, isAhead: true })
    expect([ran.map(({ lane }) => lane), spent]).toEqual([[AHEAD], []])
  })
})
