import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFairQueue } from './run-jobs.ts'

describe('a fair queue', () => {
  it('takes one job of each lane in turn', () => {
    const queue = createFairQueue<string>()
    for (const job of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) queue.push(job.charAt(0), job)
    expect(Array.from({ length: 7 }, () => queue.take())).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', undefined])
  })

  it('remembers whose turn it was when a lane was empty for a moment', () => {
    const queue = createFairQueue<string>()
    queue.push('a', 'a1')
    expect(queue.take()).toBe('a1')
    for (const job of ['a2', 'a3', 'b1']) queue.push(job.charAt(0), job)
    expect([queue.take(), queue.take(), queue.take()]).toEqual(['b1', 'a2', 'a3'])
  })

  it('gives a job that is put back as the next one', () => {
    const queue = createFairQueue<string>()
    for (const job of ['a1', 'b1', 'a2']) queue.push(job.charAt(0), job)
    const first = queue.take() ?? ''
    queue.putBack('a', first)
    expect([queue.take(), queue.take(), queue.take()]).toEqual(['a1', 'b1', 'a2'])
  })

  it('forgets a job that is removed', () => {
    const queue = createFairQueue<string>()
    queue.push('a', 'a1')
    queue.push('a', 'a2')
    expect([queue.remove('a', 'a1'), queue.remove('a', 'a1'), queue.remove('b', 'a2')]).toEqual([true, false, false])
    expect([queue.size(), queue.sizeOf('a'), queue.take(), queue.size(), queue.take()]).toEqual([
      1,
      1,
      'a2',
      0,
      undefined,
    ])
  })

  const lanes = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 })

  it('loses and invents nothing, and keeps the order of each lane', () => {
    fc.assert(
      fc.property(lanes, (pushed) => {
        const queue = createFairQueue<{ lane: string; at: number }>()
        const jobs = pushed.map((lane, at) => ({ lane, at }))
        for (const job of jobs) queue.push(job.lane, job)
        expect(queue.size()).toBe(jobs.length)
        const taken = jobs.flatMap(() => queue.take() ?? [])
        for (const lane of ['a', 'b', 'c', 'd']) {
          expect(taken.filter((job) => job.lane === lane)).toEqual(jobs.filter((job) => job.lane === lane))
        }
        expect(queue.take()).toBeUndefined()
      }),
    )
  })

  it('lets a new job wait for at most one job of each other lane, however many these have', () => {
    fc.assert(
      fc.property(lanes, fc.nat({ max: 10 }), (pushed, takenBefore) => {
        const queue = createFairQueue<string>()
        for (const lane of pushed) queue.push(lane, lane)
        for (let i = 0; i < takenBefore; i++) queue.take()
        queue.push('new', 'new')
        const before: string[] = []
        for (let job = queue.take(); job !== 'new'; job = queue.take()) before.push(String(job))
        expect(before).toEqual([...new Set(before)])
      }),
    )
  })

  it('takes a job of the idle lane only if no other lane has one, and then leaves the turns as they were', () => {
    const queue = createFairQueue<string>('idle')
    queue.push('idle', 'idle1')
    queue.push('idle', 'idle2')
    queue.push('a', 'a1')
    expect([queue.take(), queue.take()]).toEqual(['a1', 'idle1'])
    for (const job of ['a2', 'b1']) queue.push(job.charAt(0), job)
    expect([queue.take(), queue.take(), queue.take(), queue.take()]).toEqual(['b1', 'a2', 'idle2', undefined])
  })

  it('takes the jobs of all other lanes as if there were no idle lane', () => {
    const step = fc.oneof(fc.constantFrom('a', 'b', 'idle'), fc.constant(null))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const [queue, plain] = [createFairQueue<string>('idle'), createFairQueue<string>()]
        let idle = 0
        for (const [at, lane] of steps.entries()) {
          if (lane === 'idle') idle += 1
          if (lane !== null) queue.push(lane, `${lane}${at}`)
          if (lane === 'a' || lane === 'b') plain.push(lane, `${lane}${at}`)
          if (lane !== null) continue
          const taken = queue.take()
          const expected = plain.take()
          if (expected !== undefined) expect(taken).toBe(expected)
          else if (idle > 0) {
            expect(taken).toMatch(/^idle/)
            idle -= 1
          } else expect(taken).toBeUndefined()
        }
      }),
    )
  })
})
