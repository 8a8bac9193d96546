/**
 * Sends requests at fixed times, whatever the answers do (an open loop), and measures each from the time at which it was due. So a request that had to
 * wait for others counts fully, which a client that asks again after each answer hides.
 */
import { type Connection, openConnection } from './connection.ts'

/** What is sent, and how often. */
export interface FixedTimes {
  readonly port: number
  /** The requests, which take turns, as bytes. The answer to each must always be the same. */
  readonly requests: readonly Buffer[]
  readonly perSecond: number
  readonly seconds: number
  /** How many connections there are at most. A request that finds none free waits, and its time runs. Default: 2,000. */
  readonly maxConnections?: number
}

/** What came. Both lists are in the order in which the requests were due. */
export interface Seen {
  /** From the time at which each request was due to its complete answer, in milliseconds. */
  readonly latencies: readonly number[]
  /** From the time at which each request was due until it was sent, in milliseconds: the part that is the generator's own. */
  readonly late: readonly number[]
  /** How many requests found no free connection when they were due, and waited for one. */
  readonly withoutConnection: number
}

/** A timer of Node may be late by more than a millisecond. Closer than this, in milliseconds, the generator does not sleep. */
const SLEEP_UNTIL_MS = 2

/** The default of {@link FixedTimes.maxConnections}. */
const MAX_CONNECTIONS = 2_000

/** How long the last answers may take, in milliseconds. */
const PATIENCE_MS = 30_000

/**
 * Asks each request once, all at the same time, to learn its answer, and then sends them at fixed times. So there are as many connections as requests when
 * the first one is due: to open one costs more than to answer, and whoever is late for that would need more of them.
 * @throws {Error} if an answer did not come, or is not the one that came first.
 */
export async function sendAtFixedTimes(plan: FixedTimes): Promise<Seen> {
  const { port, requests, perSecond, seconds, maxConnections = MAX_CONNECTIONS } = plan
  const pool = createPool(port, maxConnections)
  try {
    const bodies = await Promise.all(requests.map((request) => pool.send(request)))
    const waitedBefore = pool.waited()
    const count = Math.round(perSecond * seconds)
    const [latencies, late] = [new Array<number>(count), new Array<number>(count)]
    const startedAt = performance.now()
    const dueOf = (at: number): number => startedAt + (at * 1_000) / perSecond
    const answered: Promise<void>[] = []
    await atFixedTimes(count, dueOf, (at) => {
      late[at] = performance.now() - dueOf(at)
      const turn = at % requests.length
      const one = pool.send(requests[turn] as Buffer).then((body) => {
        latencies[at] = performance.now() - dueOf(at)
        if (!body.equals(bodies[turn] as Buffer)) throw new Error(`expected ${bodies[turn]}; came ${body}`)
      })
      // It is awaited below, and may fail before.
      one.catch(() => {})
      answered.push(one)
    })
    await within(Promise.all(answered), PATIENCE_MS)
    return { latencies, late, withoutConnection: pool.waited() - waitedBefore }
  } finally {
    pool.close()
  }
}

/** Calls `act` for each number when it is due. */
function atFixedTimes(count: number, dueOf: (at: number) => number, act: (at: number) => void): Promise<void> {
  return new Promise((resolve) => {
    let next = 0
    const advance = (): void => {
      while (next < count && dueOf(next) <= performance.now()) act(next++)
      const waitMs = dueOf(next) - performance.now()
      if (next === count) resolve()
      else if (waitMs > SLEEP_UNTIL_MS) setTimeout(advance, waitMs - SLEEP_UNTIL_MS)
      else setImmediate(advance)
    }
    advance()
  })
}

/** Creates connections as they are needed. A request waits only if there are too many. */
function createPool(port: number, maxConnections: number) {
  const free: Connection[] = []
  const all: Connection[] = []
  const waiting: ((connection: Connection) => void)[] = []
  /** How many of `waiting` have a connection. They are not taken out one by one: that would take longer the more there are. */
  let served = 0
  const open = (): Connection => {
    const connection = openConnection(port)
    all.push(connection)
    return connection
  }
  const take = (use: (connection: Connection) => void): void => {
    const connection = free.pop() ?? (all.length < maxConnections ? open() : null)
    if (connection === null) waiting.push(use)
    else use(connection)
  }
  const give = (connection: Connection): void => {
    if (served === waiting.length) free.push(connection)
    else waiting[served++]?.(connection)
  }
  return {
    send: (request: Buffer) =>
      new Promise<Buffer>((resolve, reject) => {
        take((connection) =>
          connection.send(request, (came) => {
            if ('fault' in came) return reject(new Error(came.fault))
            give(connection)
            resolve(came.body)
          }),
        )
      }),
    /** How many requests found no free connection so far. */
    waited: () => waiting.length,
    close() {
      for (const connection of all) connection.close()
    },
  }
}

async function within<Value>(promise: Promise<Value>, ms: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`expected all answers within ${ms / 1_000} s; some did not come`)), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
