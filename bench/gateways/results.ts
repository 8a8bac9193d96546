/** What the bench prints of what it measured. */
import { median, ratioByRound, row } from '../trust/table.ts'
import { boundsTable, type LegCostOf, legCostLines, type RatioOf } from './bounds.ts'
import type { Window } from './window.ts'

/** The windows of one contender in one operation: one for each round. */
export interface Measured {
  readonly operation: string
  readonly contender: string
  readonly title: string
  /** How many requests it sent to subgraphs for each that it got. */
  readonly fetches: number
  readonly windows: readonly Window[]
}

/** What was measured, and on what. */
export interface Run {
  /** Lines about machine, versions and method. */
  readonly setup: readonly string[]
  /** The operations in order, with what each is. */
  readonly operations: readonly { readonly name: string; readonly what: string }[]
  readonly measured: readonly Measured[]
  /** The contenders that do not run here, with the reason. */
  readonly missing: readonly string[]
}

/** The operations that ask README's question. */
const README_QUESTIONS = ['d4', 'd20']

/** Why these have no ratios. */
const NO_OTHER_GATEWAY =
  'Stock and the others are not measured here, because they cannot answer it: they have no answer that several countries give together.\n\n'

/** If other work took more of the machine in a window than this, the run says so. */
const MOST_OTHER_WORK = 0.05

/** The subgraphs may be busy for this share of their core at most. */
const MOST_STUB_WORK = 0.6

/** Makes the function that compares two contenders: the median, over the rounds, of the ratio of requests a second. */
export function compareIn(measured: readonly Measured[]): RatioOf {
  const find = (operation: string, contender: string): readonly number[] | undefined =>
    measured
      .find((one) => one.operation === operation && one.contender === contender)
      ?.windows.map(({ perSecond }) => perSecond)
  return (operation, of, by) => {
    const [rates, base] = [find(operation, of), find(operation, by)]
    return rates === undefined || base === undefined ? null : ratioByRound(rates, base)
  }
}

/** Makes the function that finds the processor time for each request to a subgraph, in microseconds. */
export function findLegCosts(measured: readonly Measured[]): LegCostOf {
  return (operation, contender) => {
    const found = measured.find((one) => one.operation === operation && one.contender === contender)
    return found === undefined ? null : median(found.windows.map(({ cpuUs }) => cpuUs)) / found.fetches
  }
}

/** Writes a run as a page in Markdown. */
export function writePage({ setup, operations, measured, missing }: Run): string {
  const ratioOf = compareIn(measured)
  const tables = operations.flatMap(({ name, what }) => {
    const own = measured.filter(({ operation }) => operation === name)
    const note = README_QUESTIONS.includes(name) ? NO_OTHER_GATEWAY : ''
    return own.length === 0 ? [] : [`## (${name}) ${what}\n\n${note}${operationTable(own)}`]
  })
  const notes = [...missing.map((one) => `Not measured: ${one}`), ...listDoubts(measured)]
  const noteList =
    notes.length === 0 ? '' : `\n## What disturbs these figures\n\n${notes.map((one) => `- ${one}\n`).join('')}`
  return `# Istmo beside other gateways\n\nWritten by \`npm run bench\`; [README.md](README.md), Gateways, says how it measures.\n\n${setup
    .map((line) => `- ${line}\n`)
    .join(
      '',
    )}\n## What must be reached\n\n${boundsTable(ratioOf)}\n${legCostLines(findLegCosts(measured), README_QUESTIONS)}\n${tables.join('\n')}${noteList}`
}

/** What a table shows of a window, and how it is written. */
interface Figure {
  readonly name: string
  readonly of: (window: Window) => number
  readonly write: (value: number) => string
}

const whole = (value: number): string => Math.round(value).toLocaleString('en')
const percent = (share: number): string => (share * 100).toFixed(0)
const tenths = (value: number): string => value.toFixed(1)

/** Each is compared with the stock gateway and with the limit. */
const FIGURES: readonly Figure[] = [
  { name: 'requests a second', of: ({ perSecond }) => perSecond, write: whole },
  { name: 'p50 ms', of: ({ p50Ms }) => p50Ms, write: tenths },
  { name: 'p99 ms', of: ({ p99Ms }) => p99Ms, write: tenths },
  { name: 'CPU %', of: ({ cpuShare }) => cpuShare, write: percent },
  { name: 'CPU µs a request', of: ({ cpuUs }) => cpuUs, write: whole },
  { name: 'RSS MiB', of: ({ memoryMib }) => memoryMib, write: whole },
]

const BASES = ['stock', 'limit']

function operationTable(measured: readonly Measured[]): string {
  const head = [
    'gateway',
    ...FIGURES.map(({ name }) => name),
    'requests to subgraphs',
    'slowest to fastest',
    'subgraphs busy %',
    'other work %',
  ]
  const bases = BASES.map((name) => measured.find(({ contender }) => contender === name)?.windows)
  const baseFetches = BASES.map((name) => measured.find(({ contender }) => contender === name)?.fetches)
  const rows = measured.map(({ title, fetches, windows }) => {
    const figures = FIGURES.map(({ of, write }) => {
      const ratios = bases.map((base) =>
        base === undefined ? '–' : ratioByRound(windows.map(of), base.map(of)).toFixed(2),
      )
      return `${write(median(windows.map(of)))} (${ratios.join(', ')})`
    })
    const rates = windows.map(({ perSecond }) => perSecond)
    const spread = `${whole(Math.min(...rates))} to ${whole(Math.max(...rates))}`
    const stub = percent(median(windows.map(({ stubShare }) => stubShare)))
    const fetchRatios = baseFetches.map((base) => (base === undefined ? '–' : (fetches / base).toFixed(2)))
    const sent = `${tenths(fetches)} (${fetchRatios.join(', ')})`
    return row(title, ...figures, sent, spread, stub, percent(Math.max(...windows.map(({ otherShare }) => otherShare))))
  })
  return `${row(...head)}|${'---|'.repeat(head.length)}\n${rows.join('')}`
}

/** Lists the windows that do not count: other work took part of the machine, or the subgraphs were the limit. */
export function listDoubts(measured: readonly Measured[]): readonly string[] {
  return measured.flatMap(({ operation, title, windows }) =>
    windows.flatMap(({ otherShare, stubShare }, round) => {
      const where = `(${operation}) ${title}, round ${round + 1}`
      const disturbed =
        otherShare > MOST_OTHER_WORK ? [`${where}: other work took ${percent(otherShare)} % of the machine`] : []
      const limited = stubShare > MOST_STUB_WORK ? [`${where}: the subgraphs were ${percent(stubShare)} % busy`] : []
      return [...disturbed, ...limited]
    }),
  )
}
