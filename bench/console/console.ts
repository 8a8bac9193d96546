import { loadavg } from 'node:os'
import { type Browser, chromium } from 'playwright-core'
import { runCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { readBasePort } from '../../tools/screenshots/open-console.ts'
import { BORDER_OFFICE, type FirstRow, measureFirstRow } from './first-row.ts'
import { medianOf } from './frames.ts'
import { measureNetwork, type NetworkFigures } from './network-frames.ts'

/**
 * `npm run bench:console`: how long an officer waits for the first row, and how many frames a second a large network has while it is dragged.
 *
 * The bound of issue 15 is the search: from the Enter key until the first row, «after sign-in». Before it, the officer chooses a purpose and types a name, and the console
 * uses that time. The sign-in, from the click at the login provider until there is a field to type in, is a figure of its own: half of its round trips
 * are the login provider's, which each country chooses. Their sum is printed too.
 */

/** What must be reached. */
const BOUNDS = { firstRowMs: 1_500, framesPerSecond: 30 } as const

/** How many nodes the network has. */
const NODES = 5_000

const PARTS = ['rows', 'network'] as const

const SPEC = {
  name: 'npm run bench:console --',
  description: 'Measures the console in a real browser. For «rows», a demo must run (npm start).',
  options: {
    port: {
      ...{ flag: 'port', value: 'port', meaning: 'the base of the demo’s ports', default: '4000' },
      ...{ expected: 'a whole number from 1 to 65499', parse: readBasePort },
    },
    rounds: {
      ...{ flag: 'rounds', value: 'count', meaning: 'how often each is measured', default: '5' },
      expected: 'a whole number from 1 to 100',
      parse: (text: string) => (/^([1-9]\d?|100)$/.test(text) ? Number(text) : undefined),
    },
    only: {
      ...{ flag: 'only', value: 'part', meaning: 'measure this part only: rows or network' },
      expected: 'rows or network',
      parse: (text: string) => PARTS.find((part) => part === text),
    },
    latency: {
      ...{ flag: 'latency', value: 'ms', meaning: 'how long each request is on its way, there and back' },
      ...{ default: String(BORDER_OFFICE.latencyMs), expected: 'a whole number from 0 to 2000' },
      parse: (text: string) => (/^\d{1,4}$/.test(text) && Number(text) <= 2_000 ? Number(text) : undefined),
    },
    trace: { flag: 'trace', value: null, meaning: 'print the requests of the last round, and which waited for which' },
    chromium: { flag: 'chromium', value: 'file', meaning: 'the browser', default: '/usr/bin/chromium' },
  },
} as const satisfies CommandSpec

await runCommand(SPEC, process.argv.slice(2), async (options) => {
  const { only, chromium: executablePath } = options
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    if (only !== 'network') await measureRows(browser, options)
    if (only !== 'rows') await measureFrames(browser, options.rounds)
  } finally {
    await browser.close()
  }
})

async function measureRows(
  browser: Browser,
  { port, rounds, latency, trace }: { port: number; rounds: number; latency: number; trace: boolean },
): Promise<void> {
  const rows: FirstRow[] = []
  for (let round = 0; round < rounds; round++) {
    rows.push(await measureFirstRow(browser, port, { ...BORDER_OFFICE, latencyMs: latency }))
  }
  const signIns = rows.map(({ signInMs }) => signInMs)
  const searches = rows.map(({ searchMs }) => searchMs)
  const sums = rows.map(({ signInMs, searchMs }) => signInMs + searchMs)
  say(`first row, ${latency} ms there and back, medians of ${rounds} (load ${loadavg()[0]?.toFixed(1)}):`)
  const search = medianOf(searches)
  say(
    `  first row after the sign-in: ${judge(search <= BOUNDS.firstRowMs)} ${ms(search)} of ${BOUNDS.firstRowMs} ms (slowest ${ms(Math.max(...searches))})`,
  )
  say(`  the sign-in itself: ${ms(medianOf(signIns))} (slowest ${ms(Math.max(...signIns))})`)
  say(`  both together: ${ms(medianOf(sums))}`)
  if (!trace) return
  const last = rows.at(-1)?.chains
  say('requests of the last sign-in:')
  last?.signIn.forEach(say)
  say('requests of the last search:')
  last?.search.forEach(say)
}

async function measureFrames(browser: Browser, rounds: number): Promise<void> {
  const figures: NetworkFigures[] = []
  for (let round = 0; round < rounds; round++) figures.push(await measureNetwork(browser, NODES))
  const rate = medianOf(figures.map(({ framesPerSecond }) => framesPerSecond))
  const p95 = medianOf(figures.map(({ p95Ms }) => p95Ms))
  say(`${NODES} nodes are drawn after ${ms(medianOf(figures.map(({ drawnMs }) => drawnMs)))}`)
  say(
    `while dragged: ${judge(rate >= BOUNDS.framesPerSecond)} ${rate.toFixed(1)} frames a second of ${BOUNDS.framesPerSecond}, p95 ${ms(p95)} between frames`,
  )
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function ms(value: number): string {
  return `${Math.round(value)} ms`
}

function judge(isReached: boolean): string {
  return isReached ? 'holds,' : 'MISSED,'
}
