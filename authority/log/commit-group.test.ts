import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Entry } from '../../contract/audit-log/entry.ts'
import type { WrittenEntry } from '../../service/audit-log/recorder.ts'
import { createCommitGroup } from './authority-log.ts'

const entryOf = (id: number): Entry => ({ id: String(id) }) as Entry
const writtenOf = ({ id }: Entry): WrittenEntry => ({ bytes: Buffer.from(id) }) as unknown as WrittenEntry

function createLog() {
  const commits: string[][] = []
  const append = async (entries: readonly Entry[]) => {
    commits.push(entries.map(({ id }) => id))
    if (entries.some(({ id }) => id === '666')) throw new Error('no space left on device')
    return entries.map(writtenOf)
  }
  return { commits, group: createCommitGroup(append) }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('the commit group', () => {
  it('writes the entries of five requests at once in one commit', async () => {
    const { commits, group } = createLog()
    const ends = [1, 2, 3, 4, 5].map(() => group.begin())
    const writing = [1, 2, 3, 4].map((id) => group.write(entryOf(id)))
    await vi.advanceTimersByTimeAsync(5)
    expect(commits).toEqual([])
    writing.push(group.write(entryOf(5)))
    await vi.advanceTimersByTimeAsync(2)
    expect(commits).toEqual([['1', '2', '3', '4', '5']])
    expect((await Promise.all(writing)).map(({ bytes }) => String(bytes))).toEqual(['1', '2', '3', '4', '5'])
    for (const end of ends) end()
  })

  it('waits two milliseconds for a request alone, and ten for one that never writes', async () => {
    const { commits, group } = createLog()
    group.begin()
    void group.write(entryOf(1))
    await vi.advanceTimersByTimeAsync(2)
    expect(commits).toEqual([['1']])
    const other = createLog()
    other.group.begin()
    other.group.begin()
    void other.group.write(entryOf(2))
    await vi.advanceTimersByTimeAsync(9)
    expect(other.commits).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(other.commits).toEqual([['2']])
  })

  it('tells each request of a commit that failed', async () => {
    const { group } = createLog()
    const writing = [1, 666].map((id) => group.write(entryOf(id)))
    const settled = Promise.allSettled(writing)
    await vi.advanceTimersByTimeAsync(10)
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })

  it('writes each entry exactly once, in order, whenever requests come and go', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('begin' as const) }),
      fc.record({ kind: fc.constant('write' as const) }),
      fc.record({ kind: fc.constant('end' as const) }),
      fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 12 }) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { commits, group } = createLog()
        const ends: (() => void)[] = []
        let written = 0
        for (const each of steps) {
          if (each.kind === 'begin') ends.push(group.begin())
          else if (each.kind === 'end') ends.pop()?.()
          else if (each.kind === 'wait') await vi.advanceTimersByTimeAsync(each.ms)
          else void group.write(entryOf(++written))
        }
        await vi.advanceTimersByTimeAsync(10)
        expect(commits.flat()).toEqual(Array.from({ length: written }, (_, at) => String(at + 1)))
        expect(commits.every(({ length }) => length > 0)).toBe(true)
      }),
    )
  })
})
