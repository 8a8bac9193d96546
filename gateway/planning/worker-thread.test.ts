import { getCompileCacheDir } from 'node:module'
import { deserialize } from 'node:v8'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NEVER_GONE } from '../../contract/hangup.ts'
import { type Jobs, runJobs } from './run-jobs.ts'
import { startWorkerThread } from './worker-thread.ts'

/** These tests start real threads. Only `loop` waits for a deadline. */
const restarts: string[] = []
let jobs: Jobs

beforeEach(() => {
  restarts.length = 0
  // Long, so that a slow machine changes nothing.
  jobs = startJobs(60_000)
})
afterEach(() => jobs.close())

function startJobs(deadlineMs: number): Jobs {
  return runJobs({
    start: startWorkerThread(new URL('./testing.ts', import.meta.url), null, 32),
    deadlineMs,
    maxWaiting: { ofLane: 10, ofAll: 10 },
    onRestart: (reason) => void restarts.push(reason),
  })
}

async function run(request: string, lane = 'a', onSpent: (ms: number) => void = () => {}): Promise<unknown> {
  const hangup = NEVER_GONE
  const job = { request, lane, admit: () => {}, onSpent, deadlineAt: Number.MAX_VALUE, hangup }
  return deserialize(await jobs.run(job))
}

describe('a worker thread', () => {
  it('answers jobs, and sees nothing of the environment but where Node keeps compiled code, and NODE_ENV', async () => {
    await jobs.loaded
    const environment = ['NODE_ENV', ...(getCompileCacheDir() === undefined ? [] : ['NODE_COMPILE_CACHE'])]
    expect(await run('echo')).toEqual({ request: 'echo', environment })
  })

  it('keeps the code and the detail of an error, and gives the log what it needs of a fault', async () => {
    await expect(run('reject')).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: 'The operation is larger than the limits allow. Expected at most 1; came 2.',
    })
    await expect(run('throw')).rejects.toThrow(/a fault[\s\S]*testing\.ts/)
  })

  it.each([
    ['loop', 'DEADLINE', { code: 'DOCUMENT_TOO_HARD' }],
    ['fill', 'MEMORY', { code: 'DOCUMENT_TOO_HARD' }],
    ['exit', 'CRASH', { code: 'DOCUMENT_TOO_HARD' }],
  ])('that is ended by a job (%s) loses that job only', async (request, reason, error) => {
    if (reason === 'DEADLINE') {
      await jobs.close()
      jobs = startJobs(4_000)
    }
    const hard = run(request)
    const others = [run('echo'), run('echo', 'b'), run('echo', 'b')]
    await expect(hard).rejects.toMatchObject(error)
    expect(await Promise.all(others)).toHaveLength(3)
    expect(new Set(restarts)).toEqual(new Set([reason]))
  })

  it('charges the time that a job computes, and not the time that the thread waits', async () => {
    const spent: number[] = []
    await run('wait', 'a', (ms) => spent.push(ms))
    await run('compute', 'a', (ms) => spent.push(ms))
    expect(spent[0]).toBeLessThan(200)
    expect(spent[1]).toBeGreaterThan(20)
  })

  it('rejects a job whose answer is too large to be handed over', async () => {
    await expect(run('huge')).rejects.toMatchObject({ code: 'DOCUMENT_TOO_HARD' })
    expect(restarts).toEqual([])
  })

  it('that cannot load says why', async () => {
    const broken = runJobs({
      start: startWorkerThread(new URL('./nowhere.ts', import.meta.url), null, 32),
      deadlineMs: 5_000,
      maxWaiting: { ofLane: 1, ofAll: 1 },
      onRestart: () => {},
    })
    await expect(broken.loaded).rejects.toThrow('nowhere.ts')
  })
})
