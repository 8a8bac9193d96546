/** What issue 13 demands of Istmo's speed, and whether a run has reached it. */
import { row } from '../trust/table.ts'

/** The least ratio that must be reached, and the one that is aimed at, if there is another. */
type Bound = readonly [must: number, aim?: number]

interface Demand {
  readonly what: string
  readonly of: string
  readonly by: string
  /** By operation. */
  readonly bounds: Readonly<Record<string, Bound>>
}

const DEMANDS: readonly Demand[] = [
  { what: 'bare ÷ stock', of: 'istmo', by: 'stock', bounds: { a: [8, 12], b: [8, 10], c: [8, 10] } },
  {
    ...{ what: 'bare ÷ Hive with its Rust planner', of: 'istmo', by: 'hive-rust' },
    bounds: { a: [8, 12], b: [6, 8], c: [5, 6] },
  },
  {
    ...{ what: 'bare ÷ Mercurius with jit', of: 'istmo', by: 'mercurius' },
    bounds: { a: [1.2, 1.5], b: [2, 2.5], c: [5, 6] },
  },
  {
    ...{ what: 'bare ÷ Grafbase, native', of: 'istmo', by: 'grafbase' },
    bounds: { a: [1.4, 2], b: [1.05, 1.3], c: [1.3, 1.4], n100: [0.7, 1], n1000: [0.5, 0.9], n10000: [0.4, 0.7] },
  },
  {
    ...{ what: 'bare ÷ the limit with merged fetches', of: 'istmo', by: 'limit' },
    bounds: { a: [0.7, 0.8], b: [0.65, 0.75], c: [0.65, 0.75] },
  },
  {
    ...{ what: 'production dress ÷ bare', of: 'dress', by: 'istmo' },
    bounds: { a: [0.65, 0.75], b: [0.7, 0.8], c: [0.8, 0.9] },
  },
  { what: 'bare with its audit log ÷ bare', of: 'istmo-log', by: 'istmo', bounds: { a: [0.8], c: [0.9] } },
  // Both on the same cores, so that it is a ratio per core.
  {
    what: 'two workers ÷ one process, with audit logs',
    of: 'istmo-workers',
    by: 'istmo-log',
    bounds: { a: [0.95], c: [0.95] },
  },
]

/**
 * What no bound is for, and says what a bound asks for: the limits do by hand what nobody with an audit log, or in production dress, can leave out, so
 * nobody is much faster.
 */
const CONTROLS = [
  { what: 'the limit with an audit log ÷ the limit', of: 'limit-log', by: 'limit' },
  { what: 'the limit in dress ÷ bare', of: 'limit-dress', by: 'istmo' },
  { what: 'production dress ÷ the limit in dress', of: 'dress', by: 'limit-dress' },
]

/** In which operations the controls stand. */
const CONTROLLED = ['a', 'b', 'c']

/** Returns the ratio of two contenders in one operation; null if it was not measured. */
export type RatioOf = (operation: string, of: string, by: string) => number | null

/** Whether a ratio reaches its bound. */
export type Verdict = 'reaches the aim' | 'holds' | 'MISSED' | 'not measured'

/** Judges a ratio. */
export function judgeRatio(ratio: number | null, [must, aim]: Bound): Verdict {
  if (ratio === null || Number.isNaN(ratio)) return 'not measured'
  if (aim !== undefined && ratio >= aim) return 'reaches the aim'
  return ratio >= must ? 'holds' : 'MISSED'
}

/** Writes the table of what must be reached, with what a run has reached. A miss is named as one. */
export function boundsTable(ratioOf: RatioOf): string {
  const operations = [...new Set(DEMANDS.flatMap(({ bounds }) => Object.keys(bounds)))]
  const head = `${row('', ...operations)}|${'---|'.repeat(operations.length + 1)}\n`
  const rows = DEMANDS.map(({ what, of, by, bounds }) =>
    row(what, ...operations.map((operation) => cellOf(bounds[operation], ratioOf(operation, of, by)))),
  )
  const controls = CONTROLS.map(({ what, of, by }) =>
    row(what, ...operations.map((name) => (CONTROLLED.includes(name) ? writeRatio(ratioOf(name, of, by)) : ''))),
  )
  return `${head}${rows.join('')}${controls.join('')}`
}

function writeRatio(ratio: number | null): string {
  return ratio === null || Number.isNaN(ratio) ? 'not measured' : `${ratio.toFixed(2)}, no bound`
}

function cellOf(bound: Bound | undefined, ratio: number | null): string {
  if (bound === undefined) return ''
  const verdict = judgeRatio(ratio, bound)
  const came = ratio === null || Number.isNaN(ratio) ? '' : `${ratio.toFixed(2)} `
  return `${came}of ${bound.join(' / ')}: ${verdict}`
}

/** The most that README's question in production dress may cost for each request to a country, as a multiple of what (c) costs for each. */
const MOST_OF_C = 2

/** Returns the processor time of a contender for each request that it sends to a subgraph; null if it was not measured. */
export type LegCostOf = (operation: string, contender: string) => number | null

/** Writes the lines about what README's question costs for each request to a country. */
export function legCostLines(legCostOf: LegCostOf, operations: readonly string[]): string {
  const ofC = legCostOf('c', 'dress')
  return operations
    .map((operation) => {
      const cost = legCostOf(operation, 'dress')
      const ratio = cost === null || ofC === null ? null : cost / ofC
      const verdict =
        ratio === null ? 'not measured' : `${ratio.toFixed(2)}: ${ratio <= MOST_OF_C ? 'holds' : 'MISSED'}`
      return `- (${operation}) in production dress: the CPU of a request to a country ÷ that of (c), at most ${MOST_OF_C}: ${verdict}\n`
    })
    .join('')
}
