import { CLASSES, type DifferenceClass, type Weight } from '../../../auditors/reconcile/classes.ts'

/** Reads the result of `istmo audit reconcile --json` out of a file, and lays it out as a picture over time. */

/** One difference between the gateway's log and the country's. */
export interface ReadDifference {
  readonly class: DifferenceClass
  readonly weight: Weight
  readonly requestId: string | null
  /** Milliseconds since 1970; null for what is about a whole log. */
  readonly timeMs: number | null
  readonly what: string
}

/** A comparison of two logs. */
export interface Reconciliation {
  readonly verdict: string
  readonly gateway: string
  readonly node: string
  readonly country: string
  readonly matched: number
  readonly differences: readonly ReadDifference[]
}

/** The result of reading a file. `line` counts from 1. */
export type ReadReconciliation =
  | { readonly kind: 'READ'; readonly reconciliation: Reconciliation }
  | { readonly kind: 'WRONG'; readonly line: number }

/** Reads the file: a line of JSON for each difference, and the sums in the last line. */
export function readReconciliation(text: string): ReadReconciliation {
  const differences: ReadDifference[] = []
  const lines = text.split('\n')
  for (const [at, line] of lines.entries()) {
    if (line.trim() === '') continue
    const value = parseObject(line)
    const difference = value === null ? null : readDifference(value)
    if (difference !== null) differences.push(difference)
    else if (value !== null && typeof value.matched === 'number' && typeof value.verdict === 'string') {
      const { verdict, gateway, node, country, matched } = value
      const logs = { gateway: String(gateway), node: String(node), country: String(country) }
      return { kind: 'READ', reconciliation: { verdict, matched, ...logs, differences } }
    } else return { kind: 'WRONG', line: at + 1 }
  }
  return { kind: 'WRONG', line: lines.length }
}

function readDifference(value: Readonly<Record<string, unknown>>): ReadDifference | null {
  const { class: name, requestId, time, what } = value
  if (typeof name !== 'string' || !Object.hasOwn(CLASSES, name) || typeof what !== 'string') return null
  const timeMs = Date.parse(String(time))
  const kind = name as DifferenceClass
  return {
    class: kind,
    weight: CLASSES[kind].weight,
    what,
    requestId: typeof requestId === 'string' ? requestId : null,
    timeMs: Number.isNaN(timeMs) || timeMs === 0 ? null : timeMs,
  }
}

function parseObject(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null
  } catch {
    return null
  }
}

/** The weights, the gravest first. */
export const WEIGHTS = ['CONTRADICTS', 'OPEN', 'EXPECTED'] as const satisfies readonly Weight[]

/** A span of time of the picture, with how many differences of each weight fall into it. */
export interface PictureSpan {
  /** Milliseconds since 1970. */
  readonly fromMs: number
  readonly untilMs: number
  readonly counts: Readonly<Record<Weight, number>>
}

/**
 * Lays differences out over time, in spans of one length. Differences without a time are in none of them.
 * @param spans how many spans the picture has
 */
export function layOut(differences: readonly ReadDifference[], spans: number): readonly PictureSpan[] {
  const timed = differences.flatMap(({ timeMs, weight }) => (timeMs === null ? [] : [{ timeMs, weight }]))
  const [first] = timed
  if (first === undefined) return []
  let [fromMs, lastMs] = [first.timeMs, first.timeMs]
  for (const { timeMs } of timed) {
    fromMs = Math.min(fromMs, timeMs)
    lastMs = Math.max(lastMs, timeMs)
  }
  const length = Math.max(1, Math.ceil((lastMs - fromMs + 1) / spans))
  const counts = Array.from({ length: spans }, () => ({ CONTRADICTS: 0, OPEN: 0, EXPECTED: 0 }))
  for (const { timeMs, weight } of timed) {
    const span = counts[Math.floor((timeMs - fromMs) / length)]
    if (span !== undefined) span[weight] += 1
  }
  return counts.map((each, at) => ({
    fromMs: fromMs + at * length,
    untilMs: fromMs + (at + 1) * length,
    counts: each,
  }))
}

/** The classes of the differences, the gravest first, each with its differences. */
export function groupByClass(
  differences: readonly ReadDifference[],
): readonly { readonly class: DifferenceClass; readonly weight: Weight; readonly found: readonly ReadDifference[] }[] {
  return [...Map.groupBy(differences, (each) => each.class)]
    .map(([name, found]) => ({ class: name, weight: CLASSES[name].weight, found }))
    .toSorted((one, other) => WEIGHTS.indexOf(one.weight) - WEIGHTS.indexOf(other.weight))
}
