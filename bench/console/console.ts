import { chromium } from 'playwright-core'
import { runCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { readBasePort } from '../../tools/screenshots/open-console.ts'
import { measureFirstRow } from './first-row.ts'
import { medianOf } from './frames.ts'
import { measureNetwork } from './network-frames.ts'

/** `npm run bench:console`: how long an officer waits for the first row, and how many frames a second a large network has while it is dragged. */

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
    chromium: { flag: 'chromium', value: 'file', meaning: 'the browser', default: '/usr/bin/chromium' },
  },
} as const satisfies CommandSpec

await runCommand(SPEC, process.argv.slice(2), async ({ port, rounds, only, chromium: executablePath }) => {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    if (only !== 'network') {
      const rows = []
      for (let round = 0; round < rounds; round++) rows.push(await measureFirstRow(browser, port))
      const signIn = medianOf(rows.map(({ signInMs }) => signInMs))
      const search = medianOf(rows.map(({ searchMs }) => searchMs))
      const sums = rows.map(({ signInMs, searchMs }) => signInMs + searchMs)
      say(`sign-in ${ms(signIn)}, search ${ms(search)}; medians of ${rounds}`)
      say(
        `first row after the sign-in: ${judge(medianOf(sums) <= BOUNDS.firstRowMs)} ${ms(medianOf(sums))} of ${BOUNDS.firstRowMs} ms (slowest ${ms(Math.max(...sums))})`,
      )
    }
    if (only !== 'rows') {
      const figures = []
      for (let round = 0; round < rounds; round++) figures.push(await measureNetwork(browser, NODES))
      const rate = medianOf(figures.map(({ framesPerSecond }) => framesPerSecond))
      say(`${NODES} nodes are drawn after ${ms(medianOf(figures.map(({ drawnMs }) => drawnMs)))}`)
      say(
        `while dragged: ${judge(rate >= BOUNDS.framesPerSecond)} ${rate.toFixed(1)} frames a second of ${BOUNDS.framesPerSecond}, p95 ${ms(medianOf(figures.map(({ p95Ms }) => p95Ms)))} between frames`,
      )
    }
  } finally {
    await browser.close()
  }
})

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function ms(value: number): string {
  return `${Math.round(value)} ms`
}

function judge(isReached: boolean): string {
  return isReached ? 'holds,' : 'MISSED,'
}
