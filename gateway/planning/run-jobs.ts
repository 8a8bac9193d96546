/**
 * Runs jobs on one thread, one at a time, in an order that is fair to the callers. A job that takes too long, or all memory, ends the thread:
 * this file starts another one and goes on with the jobs that wait (docs/decisions/0033-a-thread-plans.md).
 */

import { type Detail, detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import type { Hangup } from '../../contract/hangup.ts'
import type { ErrorMessage, StartThread, Thread, ThreadEnd, ThreadMessage } from './thread.ts'

/** How often a job is tried if the thread ends and the job may not be the reason. */
const MAX_ATTEMPTS = 2

/** How long to wait after a thread that ended while it loaded, in milliseconds: the first time, and at most. It doubles each time. */
const RESTART_MS = [100, 10_000] as const

/** What {@link runJobs} works with. */
export interface JobOptions {
  readonly start: StartThread
  /** How long one job may take, in milliseconds. */
  readonly deadlineMs: number
  /** How many jobs may wait, of one caller and of all. */
  readonly maxWaiting: { readonly ofLane: number; readonly ofAll: number }
  /** Called when the thread was ended and another one is started. */
  readonly onRestart: (reason: 'DEADLINE' | 'MEMORY' | 'CRASH', cause: Error | null) => void
  /** The lane whose jobs run only if no other job waits. Default: no lane is like that. */
  readonly idleLane?: string
  /** Returns for how many milliseconds the jobs of a lane must still rest; 0 if they may run. Default: no lane rests. */
  readonly restMs?: (lane: string) => number
  readonly clock?: Clock
}

/** Time as this file uses it. Tests have their own. */
export interface Clock {
  /** Milliseconds of a clock that never goes back. */
  now(): number
  /** Calls back once after so many milliseconds. Returns a function that cancels it. */
  after(ms: number, callback: () => void): () => void
}

/** A job: what the thread shall do, and who waits for it. */
export interface Job {
  readonly request: unknown
  /** The caller, as far as fairness goes. */
  readonly lane: string
  /** Called when the job's turn comes. @throws {Error} if the job must not run; its promise rejects with this error. */
  readonly admit: () => void
  /** Called once with the time that the job took on the thread, in milliseconds, also if it failed. */
  readonly onSpent: (ms: number) => void
  /** Until when the answer is of use, in milliseconds of the clock. */
  readonly deadlineAt: number
  /** Aborts if nobody waits for the answer any longer. */
  readonly hangup: Hangup
}

/** Runs jobs on a thread. */
export type Jobs = ReturnType<typeof runJobs>

interface WaitingJob extends Job {
  attempts: number
  resolve(answer: Uint8Array): void
  reject(error: unknown): void
  /** Stops watching for the deadline of the request and for its client. */
  unwatch(): void
}

/** The state of the thread. */
type State =
  | { readonly is: 'loading'; readonly thread: Thread }
  | { readonly is: 'idle'; readonly thread: Thread }
  | {
      readonly is: 'busy'
      readonly thread: Thread
      readonly job: WaitingJob
      readonly id: number
      readonly startedAt: number
      readonly cancelDeadline: () => void
    }
  | { readonly is: 'pausing'; readonly cancel: () => void }
  | { readonly is: 'closed' }

/** Starts the first thread, and returns what runs jobs on it. */
export function runJobs(options: JobOptions) {
  const runner = new JobRunner(options)
  return {
    /** Resolves when the first thread has loaded. Rejects with the reason if it cannot load. */
    loaded: runner.loaded,
    /**
     * Runs a job and returns the bytes of its answer.
     * @throws {IstmoError} `DOCUMENT_TOO_HARD`, `GATEWAY_BUSY`, `PLANNING_BUDGET_SPENT` (too many wait), or the job's own error.
     */
    run: (job: Job) => runner.run(job),
    /** Stops the thread. Jobs that wait are rejected with `GATEWAY_BUSY`. */
    close: () => runner.close(),
  }
}

class JobRunner {
  readonly #options: JobOptions
  readonly #clock: Clock
  readonly #queue: FairQueue<WaitingJob>
  readonly #first = Promise.withResolvers<void>()
  #hasLoaded = false
  #failedStarts = 0
  #lastId = 0
  #state: State = { is: 'closed' }
  /** Cancels the look at the lanes that rest now. */
  #cancelWake: () => void = () => {}

  constructor(options: JobOptions) {
    this.#options = options
    this.#queue = createFairQueue(options.idleLane)
    this.#clock = options.clock ?? REAL_CLOCK
    // Whoever waits for the first thread handles its failure. Nobody may wait.
    this.#first.promise.catch(() => {})
    this.#startThread()
  }

  get loaded(): Promise<void> {
    return this.#first.promise
  }

  async run(job: Job): Promise<Uint8Array> {
    if (this.#state.is === 'closed') throw busy(STOPPED)
    checkWaiting(this.#queue.sizeOf(job.lane), this.#queue.size(), this.#options.maxWaiting)
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
    const waiting: WaitingJob = { ...job, attempts: 0, resolve, reject, unwatch: () => {} }
    this.#watch(waiting)
    this.#queue.push(job.lane, waiting)
    this.#dispatch()
    return promise
  }

  async close(): Promise<void> {
    const ended = this.#state
    this.#state = { is: 'closed' }
    this.#cancelWake()
    this.#rejectWaiting()
    if (ended.is === 'pausing') ended.cancel()
    if (ended.is === 'busy') {
      ended.cancelDeadline()
      ended.job.reject(busy(STOPPED))
    }
    if ('thread' in ended) await ended.thread.stop()
  }

  #startThread(): void {
    const isCurrent = (): boolean => 'thread' in this.#state && this.#state.thread === thread
    const thread: Thread = this.#options.start(
      (message) => isCurrent() && this.#onMessage(thread, message),
      (end) => isCurrent() && this.#onEnd(end),
    )
    this.#state = { is: 'loading', thread }
  }

  #onMessage(thread: Thread, message: ThreadMessage): void {
    const state = this.#state
    this.#state = { is: 'idle', thread }
    if (message.kind === 'loaded') {
      this.#hasLoaded = true
      this.#failedStarts = 0
      this.#first.resolve()
    } else if (state.is === 'busy' && state.id === message.id) {
      const { job, cancelDeadline } = state
      cancelDeadline()
      job.onSpent(message.ms)
      if (message.kind === 'answered') job.resolve(message.answer)
      else job.reject(toError(message.error))
    }
    this.#dispatch()
  }

  /** Gives the thread its next job. */
  #dispatch(): void {
    while (this.#state.is === 'idle') {
      const { restMs = () => 0 } = this.#options
      const job = this.#queue.take((lane) => restMs(lane) <= 0)
      if (job === undefined) {
        this.#wake(restMs)
        return
      }
      job.unwatch()
      try {
        job.admit()
      } catch (error) {
        job.reject(error)
        continue
      }
      this.#post(this.#state.thread, job)
    }
  }

  /** Looks again when the first of the lanes that rest may run. */
  #wake(restMs: (lane: string) => number): void {
    this.#cancelWake()
    const rests = [...this.#queue.lanes()].map(restMs)
    if (rests.length > 0) this.#cancelWake = this.#clock.after(Math.min(...rests), () => this.#dispatch())
  }

  #post(thread: Thread, job: WaitingJob): void {
    this.#lastId += 1
    job.attempts += 1
    const id = this.#lastId
    const cancelDeadline = this.#clock.after(this.#options.deadlineMs, () => this.#onDeadline(id))
    this.#state = { is: 'busy', thread, job, id, startedAt: this.#clock.now(), cancelDeadline }
    thread.post({ id, request: job.request })
  }

  #onDeadline(id: number): void {
    const state = this.#state
    if (state.is !== 'busy' || state.id !== id) return
    const { deadlineMs, onRestart } = this.#options
    void state.thread.stop()
    state.job.onSpent(deadlineMs)
    state.job.reject(new IstmoError('DOCUMENT_TOO_HARD', detail('PLANNING_DEADLINE', { most: deadlineMs })))
    onRestart('DEADLINE', null)
    this.#startThread()
  }

  #onEnd({ cause, isOutOfMemory }: ThreadEnd): void {
    const state = this.#state
    if (!this.#hasLoaded) {
      this.#state = { is: 'closed' }
      this.#first.reject(cause)
      this.#rejectWaiting()
      return
    }
    this.#options.onRestart(isOutOfMemory ? 'MEMORY' : 'CRASH', cause)
    if (state.is === 'busy') {
      state.cancelDeadline()
      state.job.onSpent(this.#clock.now() - state.startedAt)
      this.#endOrRetry(state.job, isOutOfMemory, cause)
    }
    if (state.is === 'loading') this.#pause()
    else this.#startThread()
  }

  /** Rejects the job that ended the thread. Tries it once more if the thread ended for an unknown reason. */
  #endOrRetry(job: WaitingJob, isOutOfMemory: boolean, cause: Error): void {
    if (isOutOfMemory || job.attempts >= MAX_ATTEMPTS) {
      job.reject(new IstmoError('DOCUMENT_TOO_HARD', undefined, { cause }))
      return
    }
    this.#watch(job)
    this.#queue.putBack(job.lane, job)
  }

  /** Waits before the next start, longer after each start that failed. */
  #pause(): void {
    const [least, most] = RESTART_MS
    const delayMs = Math.min(least * 2 ** this.#failedStarts, most)
    this.#failedStarts += 1
    this.#state = { is: 'pausing', cancel: this.#clock.after(delayMs, () => this.#startThread()) }
  }

  /** Rejects a job that still waits when its request ends. */
  #watch(job: WaitingJob): void {
    const giveUp = (): void => {
      job.unwatch()
      if (this.#queue.remove(job.lane, job)) job.reject(busy(detail('NO_TURN')))
    }
    const cancel = this.#clock.after(Math.max(0, job.deadlineAt - this.#clock.now()), giveUp)
    const watcher = { onGone: giveUp }
    job.hangup.watch(watcher)
    job.unwatch = () => {
      cancel()
      job.hangup.unwatch(watcher)
    }
  }

  #rejectWaiting(): void {
    for (let job = this.#queue.take(); job !== undefined; job = this.#queue.take()) {
      job.unwatch()
      job.reject(busy(STOPPED))
    }
  }
}

const STOPPED = 'expected a planning thread; it has stopped'

const REAL_CLOCK: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    // setTimeout fires at once for a longer time.
    const timer = setTimeout(callback, Math.min(ms, 2 ** 31 - 1))
    return () => clearTimeout(timer)
  },
}

function checkWaiting(ofLane: number, ofAll: number, most: JobOptions['maxWaiting']): void {
  if (ofLane >= most.ofLane) {
    throw new IstmoError('PLANNING_BUDGET_SPENT', detail('NEW_DOCUMENTS', { most: most.ofLane }), {
      retryAfterSeconds: 1,
    })
  }
  if (ofAll >= most.ofAll) throw busy(detail('NEW_DOCUMENTS', { most: most.ofAll }))
}

function busy(why: string | Detail): IstmoError {
  return new IstmoError('GATEWAY_BUSY', why, { retryAfterSeconds: 1 })
}

function toError(error: ErrorMessage): Error {
  return error.code === null ? new Error(error.text) : new IstmoError(error.code, error.detail ?? undefined)
}

/** A queue with a lane for each caller. It takes one job of each lane in turn, so that nobody waits for another's whole lane. */
interface FairQueue<Job> {
  /** How many jobs wait. */
  size(): number
  /** How many jobs wait in one lane. */
  sizeOf(lane: string): number
  /** Adds a job at the end of its lane. A lane that was empty comes after all others. */
  push(lane: string, job: Job): void
  /** Adds a job that was taken already, so that it is the next one. */
  putBack(lane: string, job: Job): void
  /**
   * Takes the next job: the first of the lane that has waited longest, of those that may run. Its lane then comes after all others, even if it was
   * empty.
   * @param mayRun whether a lane may run now. Default: each may.
   */
  take(mayRun?: (lane: string) => boolean): Job | undefined
  /** Returns the lanes in which jobs wait. */
  lanes(): Iterable<string>
  /** Takes out one job that need not run. Returns whether it was there. */
  remove(lane: string, job: Job): boolean
}

/**
 * Creates an empty queue.
 * @param idleLane the lane from which it takes a job only if no other lane has one. Default: it has no such lane.
 */
export function createFairQueue<Job>(idleLane?: string): FairQueue<Job> {
  // The order of the map is the order of the lanes. No lane in it is empty.
  let lanes = new Map<string, Job[]>()
  let lastLane: string | undefined
  const count = (): number => [...lanes.values()].reduce((sum, jobs) => sum + jobs.length, 0)
  return {
    size: count,
    sizeOf: (lane) => lanes.get(lane)?.length ?? 0,
    push(lane, job) {
      const jobs = lanes.get(lane)
      if (jobs === undefined) lanes.set(lane, [job])
      else jobs.push(job)
    },
    putBack(lane, job) {
      const jobs = lanes.get(lane) ?? []
      lanes.delete(lane)
      lanes = new Map([[lane, [job, ...jobs]], ...lanes])
      lastLane = undefined
    },
    lanes: () => lanes.keys(),
    take(mayRun = () => true) {
      const next = findNext(lanes, lastLane, idleLane, mayRun)
      if (next === undefined) return undefined
      const [lane, [job, ...rest]] = next
      lanes.delete(lane)
      if (rest.length > 0) lanes.set(lane, rest)
      // A job of the idle lane takes nobody's turn.
      if (lane !== idleLane) lastLane = lane
      return job
    },
    remove(lane, job) {
      const jobs = lanes.get(lane) ?? []
      const at = jobs.indexOf(job)
      if (at === -1) return false
      jobs.splice(at, 1)
      if (jobs.length === 0) lanes.delete(lane)
      return true
    },
  }
}

/** Finds the lane that has waited longest and may run, but the last one only if there is no other, and the idle one only if there is none besides. */
function findNext<Job>(
  lanes: ReadonlyMap<string, readonly Job[]>,
  lastLane: string | undefined,
  idleLane: string | undefined,
  mayRun: (lane: string) => boolean,
): readonly [string, readonly Job[]] | undefined {
  let last: readonly [string, readonly Job[]] | undefined
  let idle: readonly [string, readonly Job[]] | undefined
  for (const lane of lanes) {
    if (!mayRun(lane[0])) continue
    if (lane[0] === idleLane) idle = lane
    else if (lane[0] === lastLane) last = lane
    else return lane
  }
  return last ?? idle
}
