import { setImmediate as nextTurnOfLoop } from 'node:timers/promises'
import { IstmoError } from '../../contract/errors.ts'
import { getOrAdd } from '../../contract/get-or-add.ts'
import { type CallerUsage, MUCH_MS } from './caller-time.ts'
import { checkTime, type LegTime } from './leg-time.ts'

/**
 * A queue for something that only few can use at once: the connections of a database or of a service, or the thread of a node. It is fair by caller:
 * however many turns one caller waits for, the next turn is for the caller who has used the least.
 */
export interface FairTurns {
  /** Runs `work` when it is its turn. Rejects with the IstmoError `LEG_DEADLINE` if the time is over before, and then does not begin. */
  take<T>(caller: string, time: LegTime | undefined, work: () => Promise<T>): Promise<T>
}

/** How many turns at once a caller has beside others: enough for the statements of a light leg. */
const BESIDE_OTHERS = 3

/** For how long a caller who has used much lets the legs of others go first, in milliseconds. */
const PATIENCE_MS = 100

/** The turns of one caller. */
interface Lane {
  /** What begins each turn that waits, and since when it waits, the oldest first. */
  readonly waiting: Map<() => void, number>
  running: number
  /** The number of the last turn that began. */
  last: number
}

/**
 * Creates a queue.
 * @param places how many turns run at once. A caller who is alone has half of them, so that another who comes need not wait for the end of a turn. Beside
 *   others, a caller has few: what runs at once shares the processors behind it, so that each turn is as slow as there are many. A caller who has used
 *   much has one, and for some time none while a leg of another is in progress: what has begun would slow that down to its end.
 * @param now returns milliseconds of a clock that never goes back.
 */
export function createFairTurns(
  places: number,
  usage: CallerUsage,
  now: () => number = () => performance.now(),
): FairTurns {
  const lanes = new Map<string, Lane>()
  let [running, begun] = [0, 0]
  const { usedBy, onChange } = usage
  const mostOf = createMostOf(Math.ceil(places / 2), usage, now)
  const canBegin = (caller: string, lane: Lane): boolean => running < places && lane.running < mostOf(caller, lane)
  const begin = (lane: Lane): void => {
    running++
    lane.running++
    lane.last = ++begun
  }
  const end = (caller: string, lane: Lane): void => {
    running--
    lane.running--
    forgetEmpty(caller, lane)
    beginNext()
  }
  const beginNext = (): void => {
    for (let next = nextOf(lanes, canBegin, usedBy); next; next = nextOf(lanes, canBegin, usedBy)) next()
  }
  onChange(beginNext)
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
      lane.waiting.set(beginWaiting, now())
    })
  return {
    async take(caller, time, work) {
      checkTime(time)
      const lane = getOrAdd(lanes, caller, () => ({ waiting: new Map<() => void, number>(), running: 0, last: 0 }))
      if (canBegin(caller, lane)) begin(lane)
      else await wait(caller, lane, time)
      try {
        return await work()
      } finally {
        end(caller, lane)
      }
    },
  }
}

/** Returns how many turns of a caller may run at once now. */
function createMostOf(half: number, { usedBy, isAlone, yields }: CallerUsage, now: () => number) {
  return (caller: string, { waiting }: Lane): number => {
    if (usedBy(caller) < MUCH_MS) return isAlone(caller) ? half : Math.min(half, BESIDE_OTHERS)
    const [since = now()] = waiting.values()
    return yields(caller) && now() - since < PATIENCE_MS ? 0 : 1
  }
}

/** Returns what begins the next turn: that of the caller who has used the least, and of several the one whose last turn is the longest ago. */
function nextOf(
  lanes: ReadonlyMap<string, Lane>,
  canBegin: (caller: string, lane: Lane) => boolean,
  usedBy: CallerUsage['usedBy'],
): (() => void) | undefined {
  const waiting = [...lanes].flatMap(([caller, lane]) => {
    const [beginOldest] = lane.waiting.keys()
    return beginOldest === undefined || !canBegin(caller, lane)
      ? []
      : [{ beginOldest, used: usedBy(caller), last: lane.last }]
  })
  return waiting.sort((a, b) => a.used - b.used || a.last - b.last)[0]?.beginOldest
}

/** For how long a leg may compute before others run, in milliseconds. */
const SLICE_MS = 5

/**
 * Makes what a leg calls before it begins, and a long computation now and then. One leg computes in each turn of the event loop, so a request that comes
 * meanwhile waits for one slice, and not for all that compute. A caller within the share begins at once, and all others wait for their turn.
 * @param thread the queue for the node's thread, which has one place.
 */
export function createPause(
  thread: FairTurns,
  caller: string,
  time: LegTime,
  { usedBy }: Pick<CallerUsage, 'usedBy'>,
): () => Promise<void> {
  let since = performance.now()
  let hasBegun = false
  return async () => {
    const mayGoOn = (hasBegun || usedBy(caller) === 0) && performance.now() - since < SLICE_MS
    hasBegun = true
    if (mayGoOn) return
    await thread.take(caller, time, () => nextTurnOfLoop())
    since = performance.now()
  }
}
