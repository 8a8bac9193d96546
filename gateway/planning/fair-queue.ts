/** A queue with a lane for each caller. It takes one job of each lane in turn, so that nobody waits for another's whole lane. */
export interface FairQueue<Job> {
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
