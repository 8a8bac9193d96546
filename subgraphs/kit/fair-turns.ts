import { setImmediate as nextTurnOfLoop } from 'node:timers/promises'
import { IstmoError } from '../../contract/errors.ts'
import { getOrAdd } from '../../contract/get-or-add.ts'
import type { LegTime } from './leg-time.ts'

/**
 * A queue for something that only few can use at once: the connections of a database or of a service, or the thread of a node. It is fair by caller:
 * however many turns one caller waits for, the next turn is for the caller who has used the least.
 */
export interface FairTurns {
  /** Runs `work` when it is its turn. Rejects with the IstmoError `LEG_DEADLINE` if the time is over before, and then does not begin. */
  take<T>(caller: string, time: LegTime | undefined, work: () => Promise<T>): Promise<T>
}

/** The turns of one caller. */
interface Lane {
  /** What begins each turn that waits, the oldest first. */
  readonly waiting: Set<() => void>
  running: number
  /** The number of the last turn that began. */
  last: number
}

/**
 * Creates a queue.
 * @param places how many turns run at once. One caller has half of them at most, so that another need not wait for the end of a turn.
 * @param usedBy returns how much a caller has used (caller-time.ts).
 */
export function createFairTurns(places: number, usedBy: (caller: string) => number): FairTurns {
  const mostOfOne = Math.ceil(places / 2)
  const lanes = new Map<string, Lane>()
  let [running, begun] = [0, 0]
  const canBegin = (lane: Lane): boolean => running < places && lane.running < mostOfOne
  const begin = (lane: Lane): void => {
    running++
    lane.running++
    lane.last = ++begun
  }
  const end = (caller: string, lane: Lane): void => {
    running--
    lane.running--
    forgetEmpty(caller, lane)
    nextOf(lanes, canBegin, usedBy)?.()
  }
  const forgetEmpty = (caller: string, lane: Lane): void => {
    if (lane.running === 0 && lane.waiting.size === 0) lanes.delete(caller)
  }
  const wait = (caller: string, lane: Lane, time: LegTime | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const stop = time?.onOver(() => {
        lane.waiting.delete(beginWaiting)
        forgetEmpty(caller, lane)
        reject(new IstmoError('LEG_DEADLINE'))
      })
      const beginWaiting = (): void => {
        lane.waiting.delete(beginWaiting)
        stop?.()
        begin(lane)
        resolve()
      }
      lane.waiting.add(beginWaiting)
    })
  return {
    async take(caller, time, work) {
      const lane = getOrAdd(lanes, caller, () => ({ waiting: new Set<() => void>(), running: 0, last: 0 }))
      if (canBegin(lane)) begin(lane)
      else await wait(caller, lane, time)
      try {
        return await work()
      } finally {
        end(caller, lane)
      }
    },
  }
}

/** Returns what begins the next turn: that of the caller who has used the least, and of several the one whose last turn is the longest ago. */
function nextOf(
  lanes: ReadonlyMap<string, Lane>,
  canBegin: (lane: Lane) => boolean,
  usedBy: (caller: string) => number,
): (() => void) | undefined {
  const waiting = [...lanes].flatMap(([caller, lane]) => {
    const [beginOldest] = lane.waiting
    return beginOldest === undefined || !canBegin(lane) ? [] : [{ beginOldest, used: usedBy(caller), last: lane.last }]
  })
  return waiting.sort((a, b) => a.used - b.used || a.last - b.last)[0]?.beginOldest
}

/** For how long a leg may compute before others run, in milliseconds. */
const SLICE_MS = 5

/**
 * Makes what a long computation of a leg calls now and then. One leg computes in each turn of the event loop, so a request that comes meanwhile waits
 * for one slice, and not for all that compute.
 * @param thread the queue for the node's thread, which has one place.
 */
export function createPause(thread: FairTurns, caller: string, time: LegTime): () => Promise<void> {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < SLICE_MS) return
    await thread.take(caller, time, () => nextTurnOfLoop())
    since = performance.now()
  }
}
