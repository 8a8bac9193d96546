import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../../service/config-error.ts'
import type { GatewayConfig } from '../config.ts'
import type { ToWorker } from './messages.ts'
import { type SuperviseOptions, superviseWorkers } from './supervise.ts'
import type { WorkerEvents } from './worker-process.ts'

/** A process that does what the test says. */
interface Played {
  readonly number: number
  readonly events: WorkerEvents
  readonly got: ToWorker[]
  answer: unknown
}

type Plays = (played: Played, message: ToWorker) => void

const listens: Plays = ({ events, number }, { kind }) => {
  if (kind === 'start') events.onMessage({ kind: 'listening', url: `http://worker.invalid:${number}` })
  if (kind === 'close') events.onEnd('exit code 0')
}

/** Starts two workers that do what `plays` says. Waits end at once. */
async function supervise(plays: Plays = listens, over: Partial<SuperviseOptions> = {}) {
  const played: Played[] = []
  const waits: number[] = []
  const prepared: number[] = []
  const workers = await superviseWorkers({
    workers: 2,
    async prepare(number) {
      prepared.push(number)
      return { worker: { number, of: 2 } } as GatewayConfig
    },
    start(events) {
      const one: Played = { number: prepared[played.length] ?? 0, events, got: [], answer: null }
      played.push(one)
      return {
        pid: 1_000 + played.length,
        send(message) {
          one.got.push(message)
          queueMicrotask(() => plays(one, message))
        },
        ask: async () => one.answer,
        kill: () => events.onEnd('SIGKILL'),
      }
    },
    endWithinMs: 60_000,
    onListening: () => undefined,
    log: { info: () => undefined, error: () => undefined },
    pause: async (ms) => void waits.push(ms),
    ...over,
  })
  return { workers, played, waits, prepared }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('workers that are supervised', () => {
  it('listen all before the gateway does, each with its own settings', async () => {
    const { workers, played } = await supervise()
    expect(workers.url).toBe('http://worker.invalid:1')
    expect(played.map(({ got }) => got)).toEqual(
      [1, 2].map((number) => [{ kind: 'start', config: { worker: { number, of: 2 } } }]),
    )
    expect(workers.states()).toEqual([
      { worker: 1, pid: 1_001, isListening: true, restarts: 0 },
      { worker: 2, pid: 1_002, isListening: true, restarts: 0 },
    ])
  })

  it.each([
    [true, ConfigError],
    [false, Error],
  ])(
    'end with the error of the one that cannot start, and leave none behind (of a setting: %s)',
    async (isConfig, kind) => {
      let ends = 0
      const starting = supervise((one, message) => {
        if (one.number === 1) return listens(one, message)
        if (message.kind === 'start') one.events.onMessage({ kind: 'failed', message: 'the reason', isConfig })
        one.events.onEnd('exit code 1')
        ends++
      })
      await expect(starting).rejects.toThrow('the reason')
      await expect(starting).rejects.toBeInstanceOf(kind)
      expect(ends).toBeGreaterThan(0)
    },
  )

  it('start again when one of them ends, and the other goes on', async () => {
    const { workers, played, waits, prepared } = await supervise()
    played[1]?.events.onEnd('SIGKILL')
    await Promise.resolve()
    expect(workers.states()[1]).toMatchObject({ pid: null, isListening: false })
    await settled()
    expect(waits).toEqual([100])
    expect(prepared).toEqual([1, 2, 2])
    expect(workers.states()).toMatchObject([
      { worker: 1, pid: 1_001, restarts: 0 },
      { worker: 2, pid: 1_003, isListening: true, restarts: 1 },
    ])
  })

  it('are given up, with longer and longer waits, if one of them cannot start any more', async () => {
    let isBroken = false
    const { workers, played, waits } = await supervise((one, message) => {
      if (isBroken && message.kind === 'start') one.events.onEnd('exit code 1')
      else listens(one, message)
    })
    isBroken = true
    played[0]?.events.onEnd('SIGKILL')
    expect((await workers.givenUp).message).toMatch(/^worker 1 did not start 10 times in a row/)
    expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000])
  })

  it('do not start again while they end', async () => {
    const { workers, prepared, played, waits } = await supervise()
    await workers.close()
    await settled()
    expect(waits).toEqual([])
    expect(prepared).toEqual([1, 2])
    expect(played.map(({ got }) => got.at(-1))).toEqual([{ kind: 'close' }, { kind: 'close' }])
  })

  it('are killed if they take too long to end', async () => {
    const ignores: Plays = (one, message) => {
      if (message.kind === 'start') listens(one, message)
    }
    const { workers } = await supervise(ignores, { endWithinMs: 1 })
    await workers.close()
    expect(workers.states().map(({ pid }) => pid)).toEqual([null, null])
  })

  it.each([
    ['all can take requests', [null, null], null],
    ['another one cannot write its log', [null, 'RECORD_UNAVAILABLE'], 'RECORD_UNAVAILABLE'],
    ['another one does not answer', [null, undefined], 'WORKER_UNAVAILABLE'],
    ['only the one that asks cannot', ['RECORD_UNAVAILABLE', null], null],
  ])('tell one that asks about the others: %s', async (_, answers, unready) => {
    const { played } = await supervise()
    for (const [at, one] of played.entries()) one.answer = answers[at]
    played[0]?.events.onMessage({ kind: 'others', id: 7 })
    await settled()
    expect(played[0]?.got.at(-1)).toEqual({ kind: 'others', id: 7, unready })
  })
})
