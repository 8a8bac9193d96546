import { afterEach, expect, it, vi } from 'vitest'
import { stopOnSignals } from './stop-on-signals.ts'

const before = { SIGINT: process.listeners('SIGINT'), SIGTERM: process.listeners('SIGTERM') }
afterEach(() => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    for (const listener of process.listeners(signal)) {
      if (!before[signal].includes(listener)) process.off(signal, listener)
    }
  }
})

/** Sends a signal to what {@link stopOnSignals} installed, and not to the test runner. */
function send(signal: 'SIGINT' | 'SIGTERM'): void {
  for (const listener of process.listeners(signal)) {
    if (!before[signal].includes(listener)) (listener as (name: string) => void)(signal)
  }
}

it('says first that it stops, and closes after its drain time, once for two signals', async () => {
  vi.useFakeTimers()
  const done: string[] = []
  const server = { drain: () => void done.push('drain'), close: async () => void done.push('close') }
  stopOnSignals(server, 5_000, () => done.push('end'))
  send('SIGTERM')
  send('SIGINT')
  await vi.advanceTimersByTimeAsync(4_999)
  expect(done).toEqual(['drain'])
  await vi.advanceTimersByTimeAsync(1)
  expect(done).toEqual(['drain', 'close', 'end'])
  vi.useRealTimers()
})

it.each([
  ['without a drain time', 0, () => undefined],
  ['if the server has no readiness', 5_000, undefined],
])('closes at once %s', async (_, drainMs, drain) => {
  const done: string[] = []
  stopOnSignals({ ...(drain && { drain }), close: async () => void done.push('close') }, drainMs, () => undefined)
  send('SIGTERM')
  expect(done).toEqual(['close'])
})
