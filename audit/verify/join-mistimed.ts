import type { Finding } from '../finding.ts'

/** Makes one finding of neighbouring entries with a wrong time: a clock that is wrong for an hour writes thousands of them. */
export interface MistimedRuns {
  /** Takes the next entry with a wrong time, in order. */
  readonly push: (index: number, timeMs: number, expected: string, came: string) => void
  /** Ends the last run. */
  readonly end: () => void
  /** How many entries were taken. */
  readonly count: () => number
}

interface Run {
  readonly first: number
  readonly last: number
  readonly fromMs: number
  readonly untilMs: number
  readonly expected: string
  readonly came: string
}

/** Joins entries to runs, and gives each run as a finding that names the first and the last entry, and their earliest and latest time. */
export function joinMistimed(report: (finding: Finding) => void): MistimedRuns {
  let run: Run | undefined
  let count = 0
  const end = (): void => {
    if (run !== undefined) report(toFinding(run))
    run = undefined
  }
  return {
    push(index, timeMs, expected, came) {
      count++
      if (run !== undefined && index === run.last + 1) {
        run = { ...run, last: index, fromMs: Math.min(run.fromMs, timeMs), untilMs: Math.max(run.untilMs, timeMs) }
        return
      }
      end()
      run = { first: index, last: index, fromMs: timeMs, untilMs: timeMs, expected, came }
    },
    end,
    count: () => count,
  }
}

function toFinding({ first, last, fromMs, untilMs, expected, came }: Run): Finding {
  if (first === last) return { kind: 'TIME', where: `entry ${first}`, expected, came }
  const times = `${new Date(fromMs).toISOString()} to ${new Date(untilMs).toISOString()}`
  return { kind: 'TIME', where: `entries ${first} to ${last}`, expected, came: times }
}
