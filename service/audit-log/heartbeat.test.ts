import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { HEARTBEAT_EVERY_MS, startHeartbeat } from './heartbeat.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: 0 })
})
afterEach(() => {
  vi.useRealTimers()
})

it('a heartbeat is written every ten minutes, is tried again if it fails, and ends', async () => {
  let [beats, tries, isFull] = [0, 0, false]
  const write = async () => {
    tries++
    if (isFull) throw new Error('full')
    beats++
  }
  const end = startHeartbeat(write, Date.now)
  await vi.advanceTimersByTimeAsync(HEARTBEAT_EVERY_MS - 1)
  expect(beats).toBe(0)
  await vi.advanceTimersByTimeAsync(1)
  expect(beats).toBe(1)
  await vi.advanceTimersByTimeAsync(HEARTBEAT_EVERY_MS * 3)
  expect([beats, tries]).toEqual([4, 4])
  isFull = true
  await vi.advanceTimersByTimeAsync(HEARTBEAT_EVERY_MS + 4_000)
  isFull = false
  await vi.advanceTimersByTimeAsync(1_000)
  expect([beats, tries]).toEqual([5, 10])
  await end()
  await vi.advanceTimersByTimeAsync(HEARTBEAT_EVERY_MS * 3)
  expect(beats).toBe(5)
})
