/**
 * What the bystander's slowest questions wait for, seen from the gateway: stage times from diagnostics channels of Node and undici, the
 * disk's syncs, and collections of garbage. It changes nothing in the gateway's own code.
 */
import { subscribe } from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { PerformanceObserver } from 'node:perf_hooks'
import { BYSTANDER_HEADER } from './documents.ts'

/** How long each stage took, in milliseconds. The stages follow one another. */
export interface Stages {
  /** From the request's arrival to its first leg: authentication, admission, the plan and the legs' tokens. */
  readonly planned: number
  /** Until the last leg is on a connection. */
  readonly sent: number
  /** Until the last answer of a country is there. */
  readonly legs: number
  /** Until the answer to the bystander leaves: gathering, and the audit log's entry on the disk. */
  readonly recorded: number
}

/** Durations of one kind in milliseconds. */
export interface Pauses {
  readonly count: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/**
 * How often the event loop came late by {@link LATE_MS} or more, and for how long in all, in milliseconds. `ownMs`: how long the thread itself
 * worked in that time. For the rest it waited: for its core, or for the machine below.
 */
export interface Lateness {
  readonly count: number
  readonly totalMs: number
  readonly ownMs: number
}

/** What was seen since the last report. */
export interface StageReport {
  /** From arrival to answer within the gateway, in milliseconds. */
  readonly inside: Pauses
  /** The means of the slowest fiftieth of the questions. Null if no question came. */
  readonly slowest: Stages | null
  readonly syncs: Pauses
  readonly late: Lateness
  /** How long the gateway’s thread was ready to run and another thread had its core, in milliseconds. */
  readonly coreWaitMs: number
  readonly collections: Pauses
}

/** How often the event loop is looked at, in milliseconds. */
const LOOK_EVERY_MS = 2

/** From how many milliseconds on the event loop is late. */
const LATE_MS = 12

interface Times {
  readonly arrivedAt: number
  createdAt: number
  sentAt: number
  answeredAt: number
  leftAt: number
}

/** Begins to watch. Returns the function that reports and starts over. */
export async function watchStages(): Promise<() => StageReport> {
  const { times, take } = watchRequests()
  watchLegs(times)
  const syncs: number[] = []
  await watchSyncs(syncs)
  const collections: number[] = []
  const takeLateness = watchLateness()
  let waitedBefore = readCoreWait()
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) collections.push(duration)
  }).observe({ entryTypes: ['gc'] })
  return () => {
    const done = take().sort((a, b) => b.leftAt - b.arrivedAt - (a.leftAt - a.arrivedAt))
    const inside = summarise(done.map(({ leftAt, arrivedAt }) => leftAt - arrivedAt))
    const slowest = meansOf(done.slice(0, Math.ceil(done.length / 50)))
    const waited = readCoreWait()
    const coreWaitMs = waited - waitedBefore
    waitedBefore = waited
    const late = takeLateness()
    return {
      inside,
      slowest,
      late,
      coreWaitMs,
      syncs: summarise(syncs.splice(0)),
      collections: summarise(collections.splice(0)),
    }
  }
}

/** Notes when the bystander's requests arrive and when their answers leave, by their request ids. */
function watchRequests(): { readonly times: Map<string, Times>; readonly take: () => Times[] } {
  const times = new Map<string, Times>()
  let done: Times[] = []
  subscribe('http.server.request.start', (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
    if (request.headers[BYSTANDER_HEADER] === undefined) return
    const arrivedAt = performance.now()
    const note = (): void => {
      const id = response.getHeader('istmo-request-id')
      if (typeof id === 'string') times.set(id, { arrivedAt, createdAt: 0, sentAt: 0, answeredAt: 0, leftAt: 0 })
    }
    // The gateway gives the response its id in the same round.
    queueMicrotask(note)
  })
  subscribe('http.server.response.finish', (message) => {
    const { response } = message as { response: ServerResponse }
    const id = String(response.getHeader('istmo-request-id'))
    const seen = times.get(id)
    // Without a leg, an answer is not the right one, and the bench says so.
    if (seen === undefined || seen.answeredAt === 0) return
    times.delete(id)
    seen.leftAt = performance.now()
    done.push(seen)
  })
  return {
    times,
    take() {
      const taken = done
      done = []
      return taken
    },
  }
}

function watchLegs(times: ReadonlyMap<string, Times>): void {
  const on = (channel: string, note: (seen: Times, now: number) => void): void =>
    subscribe(channel, (message) => {
      const { headers } = (message as { readonly request: { readonly headers: readonly unknown[] } }).request
      const at = headers.indexOf('istmo-request-id')
      const seen = at === -1 ? undefined : times.get(String(headers[at + 1]))
      if (seen !== undefined) note(seen, performance.now())
    })
  on('undici:request:create', (seen, now) => {
    seen.createdAt ||= now
  })
  on('undici:client:sendHeaders', (seen, now) => {
    seen.sentAt = now
  })
  on('undici:request:trailers', (seen, now) => {
    seen.answeredAt = now
  })
}

/** Measures each sync of the disk, from its call to its callback. */
async function watchSyncs(syncs: number[]): Promise<void> {
  const handle = await open('/dev/null')
  const prototype = Object.getPrototypeOf(handle) as { datasync: () => Promise<void> }
  await handle.close()
  const { datasync } = prototype
  prototype.datasync = async function timed(this: unknown): Promise<void> {
    const startedAt = performance.now()
    await datasync.call(this)
    syncs.push(performance.now() - startedAt)
  }
}

function watchLateness(): () => Lateness {
  let late: Lateness = { count: 0, totalMs: 0, ownMs: 0 }
  let [at, usage] = [performance.now(), process.threadCpuUsage()]
  setInterval(() => {
    const ms = performance.now() - at - LOOK_EVERY_MS
    if (ms >= LATE_MS) {
      const { user, system } = process.threadCpuUsage(usage)
      const ownMs = Math.min(ms, (user + system) / 1_000)
      late = { count: late.count + 1, totalMs: late.totalMs + ms, ownMs: late.ownMs + ownMs }
    }
    at = performance.now()
    usage = process.threadCpuUsage()
  }, LOOK_EVERY_MS).unref()
  return () => {
    const taken = late
    late = { count: 0, totalMs: 0, ownMs: 0 }
    return taken
  }
}

/** Reads from Linux how long the main thread has waited for a core in all, in milliseconds. */
function readCoreWait(): number {
  return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]) / 1e6
}

function meansOf(all: readonly Times[]): Stages | null {
  if (all.length === 0) return null
  const mean = (of: (times: Times) => number): number => all.reduce((sum, times) => sum + of(times), 0) / all.length
  return {
    planned: mean(({ createdAt, arrivedAt }) => createdAt - arrivedAt),
    sent: mean(({ sentAt, createdAt }) => sentAt - createdAt),
    legs: mean(({ answeredAt, sentAt }) => answeredAt - sentAt),
    recorded: mean(({ leftAt, answeredAt }) => leftAt - answeredAt),
  }
}

function summarise(values: readonly number[]): Pauses {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? 0 }
}
