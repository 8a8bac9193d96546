import { describe, expect, it } from 'vitest'
import { IstmoError } from '../../contract/errors.ts'
import { createHangup, NEVER_GONE } from '../../contract/hangup.ts'
import { type Clock, type Job, type JobOptions, runJobs } from './run-jobs.ts'
import type { ErrorMessage, JobMessage, Thread, ThreadEnd, ThreadMessage } from './thread.ts'

/** A thread that does nothing by itself: a test says when it loads, answers and ends. */
interface FakeThread extends Thread {
  readonly posted: JobMessage[]
  isStopped: boolean
  load(): void
  /** Answers the last job, which took 5 ms. */
  answer(): void
  fail(error: ErrorMessage): void
  end(end: Partial<ThreadEnd>): void
}

/** A clock that a test moves. */
function createClock(): Clock & { advance(ms: number): void } {
  let now = 0
  const timers = new Set<{ at: number; callback: () => void }>()
  return {
    now: () => now,
    after(ms, callback) {
      const timer = { at: now + ms, callback }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    advance(ms) {
      now += ms
      for (const timer of [...timers].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at)) {
        if (timers.delete(timer)) timer.callback()
      }
    },
  }
}

function createWorld(over: Partial<JobOptions> = {}) {
  const threads: FakeThread[] = []
  const restarts: string[] = []
  const clock = createClock()
  const jobs = runJobs({
    start(onMessage, onEnd) {
      const thread = createThread(onMessage, onEnd)
      threads.push(thread)
      return thread
    },
    deadlineMs: 100,
    maxWaiting: { ofLane: 50, ofAll: 60 },
    onRestart: (reason) => void restarts.push(reason),
    clock,
    ...over,
  })
  const spent: [string, number][] = []
  const ended: string[] = []
  /** Runs a job, and notes its end as `request: code`, or `request` if it was answered. */
  const run = (lane: string, request: string, job: Partial<Job> = {}): void => {
    const onSpent = (ms: number): void => void spent.push([lane, ms])
    const usual = { admit: () => {}, onSpent, deadlineAt: 1_000_000, hangup: NEVER_GONE }
    jobs.run({ ...usual, lane, request, ...job }).then(
      () => ended.push(request),
      (error: unknown) => ended.push(`${request}: ${error instanceof IstmoError ? error.code : error}`),
    )
  }
  const last = (): FakeThread => threads.at(-1) as FakeThread
  return { jobs, threads, restarts, clock, spent, ended, run, last, settled: () => new Promise(setImmediate) }
}

function createThread(onMessage: (message: ThreadMessage) => void, onEnd: (end: ThreadEnd) => void): FakeThread {
  const posted: JobMessage[] = []
  const id = (): number => posted.at(-1)?.id ?? 0
  return {
    posted,
    isStopped: false,
    post: (message) => void posted.push(message),
    async stop() {
      this.isStopped = true
    },
    load: () => onMessage({ kind: 'loaded' }),
    answer: () => onMessage({ kind: 'answered', id: id(), ms: 5, answer: new Uint8Array(1) }),
    fail: (error) => onMessage({ kind: 'failed', id: id(), ms: 5, error }),
    end: (end) => onEnd({ cause: new Error('ended'), isOutOfMemory: false, ...end }),
  }
}

const requestsOf = (threads: readonly FakeThread[]): unknown[] =>
  threads.flatMap(({ posted }) => posted.map(({ request }) => request))

describe('jobs', () => {
  it('wait until the thread has loaded, run one at a time, and are charged with the time that they took', async () => {
    const { run, last, ended, spent, settled } = createWorld()
    run('a', 'a1')
    run('a', 'a2')
    await settled()
    expect(last().posted).toEqual([])
    last().load()
    expect(requestsOf([last()])).toEqual(['a1'])
    last().answer()
    expect(requestsOf([last()])).toEqual(['a1', 'a2'])
    last().fail({ code: 'PLAN_FAILED', detail: '' })
    await settled()
    expect(ended).toEqual(['a1', 'a2: PLAN_FAILED'])
    expect(spent).toEqual([
      ['a', 5],
      ['a', 5],
    ])
  })

  it('of a caller who asks one come second, behind a flood of another caller', async () => {
    const { run, last, ended, settled } = createWorld()
    last().load()
    for (let i = 0; i < 40; i++) run('flood', `flood${i}`)
    run('other', 'one')
    await settled()
    last().answer()
    last().answer()
    await settled()
    expect(ended).toEqual(['flood0', 'one'])
  })

  it('are rejected when their turn comes if their caller has nothing left, and the next one runs', async () => {
    const { run, last, ended, settled } = createWorld()
    const admit = (): void => {
      throw new IstmoError('PLANNING_BUDGET_SPENT')
    }
    run('a', 'a1', { admit })
    run('b', 'b1')
    last().load()
    last().answer()
    await settled()
    expect([requestsOf([last()]), ended]).toEqual([['b1'], ['a1: PLANNING_BUDGET_SPENT', 'b1']])
  })

  it('wait in limited numbers, of one caller and of all', async () => {
    const { run, ended, settled } = createWorld({ maxWaiting: { ofLane: 2, ofAll: 3 } })
    for (const job of ['a1', 'a2', 'a3', 'b1', 'b2']) run(job.charAt(0), job)
    await settled()
    expect(ended).toEqual(['a3: PLANNING_BUDGET_SPENT', 'b2: GATEWAY_BUSY'])
  })

  it('whose request ends, or whose client leaves, are not run', async () => {
    const { run, last, ended, clock, settled } = createWorld()
    const client = createHangup()
    run('a', 'a1', { deadlineAt: 10 })
    run('b', 'b1', { hangup: client })
    run('c', 'c1')
    await settled()
    clock.advance(10)
    client.hangUp()
    last().load()
    last().answer()
    await settled()
    expect([requestsOf([last()]), ended]).toEqual([['c1'], ['a1: GATEWAY_BUSY', 'b1: GATEWAY_BUSY', 'c1']])
  })
})

describe('a job that takes too long', () => {
  it('ends the thread, is rejected and paid for, and those that wait run on the next thread', async () => {
    const { run, last, threads, restarts, ended, spent, clock, settled } = createWorld()
    last().load()
    run('a', 'hard')
    run('a', 'a2')
    run('b', 'b1')
    await settled()
    clock.advance(99)
    expect(threads).toHaveLength(1)
    clock.advance(1)
    expect([threads.length, threads[0]?.isStopped]).toEqual([2, true])
    last().load()
    last().answer()
    last().answer()
    await settled()
    expect(ended).toEqual(['hard: DOCUMENT_TOO_HARD', 'b1', 'a2'])
    expect(spent[0]).toEqual(['a', 100])
    expect(restarts).toEqual(['DEADLINE'])
  })

  it('has no deadline left over for the next job', async () => {
    const { run, last, threads, clock, settled } = createWorld()
    last().load()
    run('a', 'a1')
    await settled()
    clock.advance(90)
    last().answer()
    run('a', 'a2')
    await settled()
    clock.advance(90)
    expect(threads).toHaveLength(1)
  })

  it('is not answered by a message that its stopped thread still sent', async () => {
    const { run, last, threads, ended, clock, settled } = createWorld()
    last().load()
    run('a', 'a1')
    run('b', 'b1')
    await settled()
    clock.advance(100)
    last().load()
    threads[0]?.answer()
    await settled()
    expect(ended).toEqual(['a1: DOCUMENT_TOO_HARD'])
  })
})

describe('a thread that ends while it works', () => {
  it('for lack of memory takes only its job with it', async () => {
    const { run, last, ended, restarts, clock, spent, settled } = createWorld()
    last().load()
    run('a', 'large')
    run('b', 'b1')
    await settled()
    clock.advance(7)
    last().end({ isOutOfMemory: true })
    last().load()
    last().answer()
    await settled()
    expect([ended, restarts]).toEqual([['large: DOCUMENT_TOO_HARD', 'b1'], ['MEMORY']])
    expect(spent[0]).toEqual(['a', 7])
  })

  it('for another reason gets its job once more, as the next one', async () => {
    const { run, last, threads, ended, settled } = createWorld()
    last().load()
    run('a', 'a1')
    run('b', 'b1')
    await settled()
    last().end({})
    last().load()
    last().answer()
    last().answer()
    await settled()
    expect([requestsOf(threads), ended]).toEqual([
      ['a1', 'a1', 'b1'],
      ['a1', 'b1'],
    ])
  })

  it('twice with the same job rejects the job', async () => {
    const { run, last, threads, ended, settled } = createWorld()
    last().load()
    run('a', 'a1')
    await settled()
    last().end({})
    last().load()
    last().end({})
    last().load()
    await settled()
    expect([threads.length, ended]).toEqual([3, ['a1: DOCUMENT_TOO_HARD']])
  })
})

describe('a thread that cannot load', () => {
  it('at the start says why, and no job waits for it', async () => {
    const { jobs, run, last, ended, settled } = createWorld()
    run('a', 'a1')
    await settled()
    last().end({ cause: new Error('no supergraph') })
    await expect(jobs.loaded).rejects.toThrow('no supergraph')
    run('a', 'a2')
    await settled()
    expect(ended).toEqual(['a1: GATEWAY_BUSY', 'a2: GATEWAY_BUSY'])
  })

  it('later is started again after a longer pause each time, and the jobs still wait', async () => {
    const { run, last, threads, ended, clock, settled } = createWorld()
    last().load()
    last().end({})
    run('a', 'a1')
    await settled()
    for (const [pauseMs, started] of [
      [100, 3],
      [200, 4],
      [400, 5],
    ] as const) {
      last().end({})
      clock.advance(pauseMs - 1)
      expect(threads).toHaveLength(started - 1)
      clock.advance(1)
      expect(threads).toHaveLength(started)
    }
    last().load()
    last().answer()
    await settled()
    expect(ended).toEqual(['a1'])
  })
})

describe('closing', () => {
  it('stops the thread and rejects what runs, what waits and what comes', async () => {
    const { jobs, run, last, ended, restarts, settled } = createWorld()
    last().load()
    run('a', 'a1')
    run('a', 'a2')
    await settled()
    await jobs.close()
    run('a', 'a3')
    await settled()
    expect([last().isStopped, restarts]).toEqual([true, []])
    expect(ended.sort()).toEqual(['a1: GATEWAY_BUSY', 'a2: GATEWAY_BUSY', 'a3: GATEWAY_BUSY'])
  })

  it('during a pause starts no thread any more', async () => {
    const { jobs, last, threads, clock } = createWorld()
    last().load()
    last().end({})
    last().end({})
    await jobs.close()
    clock.advance(10_000)
    expect(threads).toHaveLength(2)
  })
})

describe('jobs of a caller who must rest', () => {
  it('wait while those of the others run, and run by themselves after the rest', async () => {
    const rests = new Map([['heavy', 30]])
    const { run, last, clock, ended, settled } = createWorld({
      restMs: (lane) => Math.max(0, (rests.get(lane) ?? 0) - clock.now()),
    })
    last().load()
    run('heavy', 'a')
    run('light', 'b')
    run('heavy', 'c')
    run('light', 'd')
    for (const _ of ['b', 'd']) last().answer()
    await settled()
    expect(ended).toEqual(['b', 'd'])
    expect(last().posted).toHaveLength(2)
    clock.advance(29)
    expect(last().posted).toHaveLength(2)
    clock.advance(1)
    expect(last().posted).toHaveLength(3)
    rests.set('heavy', 90)
    last().answer()
    await settled()
    expect(ended).toEqual(['b', 'd', 'a'])
    clock.advance(60)
    last().answer()
    await settled()
    expect(ended).toEqual(['b', 'd', 'a', 'c'])
  })

  it('are rejected when their request ends before', async () => {
    const { run, last, clock, ended, settled } = createWorld({ restMs: () => 50 })
    last().load()
    run('heavy', 'a', { deadlineAt: 20 })
    clock.advance(20)
    await settled()
    expect(ended).toEqual(['a: GATEWAY_BUSY'])
    clock.advance(100)
    expect(last().posted).toEqual([])
  })
})
