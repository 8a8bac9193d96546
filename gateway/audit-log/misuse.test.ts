import { describe, expect, it } from 'vitest'
import type { NotedMisuse } from '../types/request-log.ts'
import { type CountedMisuse, createMisuses } from './repeated.ts'
import { CALLER } from './testing.ts'

const REPLAY: NotedMisuse = { requestId: 'r', caller: CALLER, code: 'PROOF_INVALID', misuse: 'PROOF_REPLAYED' }

function collect() {
  const written: CountedMisuse[] = []
  const state = { nowMs: 60_000, isBroken: false }
  const write = async (misuse: CountedMisuse): Promise<void> => {
    if (state.isBroken) throw new Error('disk full')
    written.push(misuse)
  }
  return { written, state, misuses: createMisuses(write, () => state.nowMs) }
}

describe('misuses of a token', () => {
  it('have entries of their own at first, and then one count for the rest of the minute', async () => {
    const { written, state, misuses } = collect()
    for (let time = 0; time < 1_000; time++) {
      state.nowMs = 60_000 + time
      await misuses.note({ ...REPLAY, requestId: `r${time}` })
    }
    await misuses.flush()
    expect(written.map(({ requestId, count }) => [requestId, count])).toEqual(
      [0, 1, 2, 3, 4].map((at) => [`r${at}`, 1]),
    )
    state.nowMs = 120_000
    await misuses.flush()
    expect(written).toHaveLength(6)
    expect(written[5]).toEqual({ ...REPLAY, requestId: 'r999', count: 995, sinceMs: 60_005, untilMs: 60_999 })
    await misuses.note(REPLAY)
    expect(written[6]).toMatchObject({ count: 1, sinceMs: 120_000 })
  })

  it('are counted for each caller and kind', async () => {
    const { written, misuses } = collect()
    for (let time = 0; time < 6; time++) {
      await misuses.note(REPLAY)
      await misuses.note({ ...REPLAY, misuse: 'PROOF_NOT_VALID' })
      await misuses.note({ ...REPLAY, caller: { ...CALLER, subject: 'other' } })
      await misuses.note({ ...REPLAY, caller: { ...CALLER, issuer: 'https://id.hn.example' } })
    }
    expect(written).toHaveLength(20)
    await misuses.flush(true)
    expect(written.slice(20).map(({ count }) => count)).toEqual([1, 1, 1, 1])
  })

  it('are rejected if their entry cannot be written, and a count stays until it can', async () => {
    const { written, state, misuses } = collect()
    for (let time = 0; time < 8; time++) await misuses.note(REPLAY)
    state.isBroken = true
    await expect(misuses.note({ ...REPLAY, misuse: 'PROOF_NOT_VALID' })).rejects.toThrow('disk full')
    await expect(misuses.flush(true)).rejects.toThrow('disk full')
    state.isBroken = false
    await misuses.flush(true)
    expect(written.at(-1)).toMatchObject({ misuse: 'PROOF_REPLAYED', count: 3 })
  })

  it('are all counted if more come while a count cannot be written', async () => {
    const { written, state, misuses } = collect()
    for (let time = 0; time < 8; time++) await misuses.note(REPLAY)
    state.isBroken = true
    const flushing = misuses.flush(true)
    state.nowMs += 500
    const noted = Array.from({ length: 7 }, () => misuses.note(REPLAY))
    const ended = await Promise.allSettled([flushing, ...noted])
    // The count, and the first five, which have entries of their own again.
    expect(ended.filter(({ status }) => status === 'rejected')).toHaveLength(6)
    state.isBroken = false
    await misuses.flush(true)
    expect(written.at(-1)).toMatchObject({ count: 5, sinceMs: 60_000, untilMs: 60_500 })
  })

  it('of ever new callers fill no memory: the oldest count is written', async () => {
    const { written, misuses } = collect()
    const first = { ...REPLAY, caller: { ...CALLER, subject: 'first' } }
    for (let time = 0; time < 7; time++) await misuses.note(first)
    for (let time = 0; time < 10_000; time++) {
      await misuses.note({ ...REPLAY, caller: { ...CALLER, subject: `s${time}` } })
    }
    expect(written.filter(({ caller, count }) => caller.subject === 'first' && count === 2)).toHaveLength(1)
  })
})
