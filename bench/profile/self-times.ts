/** What V8's profile of a thread says: which functions had the processor themselves, without those that they called. */

/** A profile in the form that `node --cpu-prof` writes (Chrome DevTools Protocol, Profiler.Profile). Times are in microseconds. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly startTime: number
  /** The node that had the processor at each sample, and the time since the sample before. */
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** A function with its share of the time in which the thread worked. */
export interface SelfTime {
  readonly what: string
  /** From 0 to 1. */
  readonly share: number
}

/** What a thread did in a time. */
export interface Work {
  /** For how long it worked, in microseconds. */
  readonly busyUs: number
  /** Its functions, the dearest first. */
  readonly functions: readonly SelfTime[]
}

/** A regular expression has its source as its name, which can be long. */
const MOST_OF_NAME = 48

/**
 * Sums up the samples of a profile between two times of its clock, in microseconds.
 * @param checkout the folder whose files are named by their path in it.
 */
export function sumSelfTimes(profile: CpuProfile, from: number, to: number, checkout: string): Work {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame, checkout)]))
  const times = new Map<string, number>()
  let [at, busyUs] = [profile.startTime, 0]
  for (const [index, sample] of profile.samples.entries()) {
    const delta = profile.timeDeltas[index] ?? 0
    at += delta
    const name = names.get(sample) ?? '(unknown)'
    if (at < from || at > to || name === '(idle)') continue
    busyUs += delta
    times.set(name, (times.get(name) ?? 0) + delta)
  }
  const functions = [...times].map(([what, us]) => ({ what, share: us / busyUs }))
  return { busyUs, functions: functions.sort((one, other) => other.share - one.share) }
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame'], checkout: string): string {
  const name = functionName.length > MOST_OF_NAME ? `${functionName.slice(0, MOST_OF_NAME)} …` : functionName
  const path = url.replace(/^file:\/\//, '').replace(/^.*\/node_modules\//, '')
  const file = path.startsWith(`${checkout}/`) ? path.slice(checkout.length + 1) : path
  // What is written in C++ has a name and no file.
  return file === '' ? name || '(anonymous)' : `${name || '(anonymous)'} ${file}:${lineNumber + 1}`
}
