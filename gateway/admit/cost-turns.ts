import { getOrAdd } from '../../contract/get-or-add.ts'

/** Runs an operation when it is its caller's turn. It begins within the call if nothing must be waited for. */
export type RunInTurn = <Answer>(caller: string, cost: number, run: () => Promise<Answer>) => Promise<Answer>

/** The operations of one caller. */
interface Lane {
  /** What those in progress cost each country together. */
  cost: number
  running: number
  /** Those that wait, the oldest first. */
  readonly waiting: { readonly cost: number; readonly begin: () => void }[]
}

/**
 * Lets the operations of one caller that are in progress cost each country only so much together. The next ones wait for their turn, so that a caller
 * who asks much at once does not fill the nodes. One may always run, whatever it costs.
 * @param most what they may cost together.
 */
export function createCostTurns(most: number): RunInTurn {
  const lanes = new Map<string, Lane>()
  const fits = ({ cost, running }: Lane, more: number): boolean => running === 0 || cost + more <= most
  const begin = (lane: Lane, cost: number): void => {
    lane.cost += cost
    lane.running++
  }
  const end = (caller: string, lane: Lane, cost: number): void => {
    lane.cost -= cost
    lane.running--
    for (let [next] = lane.waiting; next !== undefined && fits(lane, next.cost); [next] = lane.waiting) {
      lane.waiting.shift()
      begin(lane, next.cost)
      next.begin()
    }
    if (lane.running === 0) lanes.delete(caller)
  }
  return (caller, cost, run) => {
    const lane = getOrAdd(lanes, caller, () => ({ cost: 0, running: 0, waiting: [] }))
    const runAndEnd = async () => {
      try {
        return await run()
      } finally {
        end(caller, lane, cost)
      }
    }
    if (lane.waiting.length === 0 && fits(lane, cost)) {
      begin(lane, cost)
      return runAndEnd()
    }
    return new Promise<void>((resolve) => lane.waiting.push({ cost, begin: resolve })).then(runAndEnd)
  }
}
