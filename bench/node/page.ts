/** What the bench prints of what it measured, and what it judges. */
import { median, ratioByRound, row } from '../trust/table.ts'
import type { NodeContender, NodeWindow } from './contenders.ts'

/** The windows of one operation: one of each contender in each round. */
export interface Measured {
  readonly operation: string
  readonly what: string
  readonly rows: readonly (Pick<NodeContender, 'name' | 'title'> & {
    readonly windows: readonly (NodeWindow & {
      /** Which share of the machine's processors other work took. */
      readonly otherShare: number
    })[]
  })[]
}

/** The node must have so many times the requests of the plain subgraph, or so large a share of PostgreSQL's own. */
export const BOUNDS = { plain: 3, limit: 0.8 } as const

const HEAD = [
  '',
  'requests a second',
  'p50 ms',
  'p99 ms',
  'CPU µs a request',
  'PostgreSQL’s CPU µs a request',
  'RSS MiB',
  'other work %',
]

/** Writes a run as a page in Markdown. */
export function writePage(setup: readonly string[], measured: readonly Measured[]): string {
  const verdicts = measured.map((one) => `- ${one.what}: ${verdictOf(one)}\n`)
  const tables = measured.map((one) => `## ${one.what}\n\n${tableOf(one)}`)
  return `# The national node beside a plain subgraph\n\nWritten by \`npm run bench:node\`; [README.md](README.md), The national node, says how it measures.\n\n${setup
    .map((line) => `- ${line}\n`)
    .join('')}\n## What must be reached\n\n${verdicts.join('')}\n${tables.join('\n')}`
}

/** Judges an operation: the node against the plain subgraph, and against PostgreSQL's own time. One of both suffices. */
export function verdictOf({ rows }: Measured): string {
  const rates = (name: string) => rows.find((one) => one.name === name)?.windows.map(({ perSecond }) => perSecond) ?? []
  const [own, plain, limit] = [rates('node'), rates('plain'), rates('limit')]
  const ratios = { plain: ratioByRound(own, plain), limit: ratioByRound(own, limit) }
  const holds = ratios.plain >= BOUNDS.plain || ratios.limit >= BOUNDS.limit
  return `${ratios.plain.toFixed(2)} × the plain subgraph (bound ${BOUNDS.plain}), ${ratios.limit.toFixed(2)} of PostgreSQL’s own rate (bound ${BOUNDS.limit}): ${holds ? 'holds' : 'MISSED'}`
}

function tableOf({ rows }: Measured): string {
  const lines = rows.map(({ title, windows }) => {
    const of = (read: (window: (typeof windows)[number]) => number): number => median(windows.map(read))
    const whole = (value: number): string => Math.round(value).toLocaleString('en')
    return row(
      title,
      whole(of(({ perSecond }) => perSecond)),
      of(({ p50Ms }) => p50Ms).toFixed(1),
      of(({ p99Ms }) => p99Ms).toFixed(1),
      whole(of(({ cpuUs }) => cpuUs)),
      whole(of(({ postgresUs }) => postgresUs)),
      whole(of(({ memoryMib }) => memoryMib)),
      (Math.max(...windows.map(({ otherShare }) => otherShare)) * 100).toFixed(0),
    )
  })
  return `${row(...HEAD)}|${'---|'.repeat(HEAD.length)}\n${lines.join('')}`
}
