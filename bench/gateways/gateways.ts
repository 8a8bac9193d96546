/**
 * `npm run bench`: Istmo beside other gateways, over the same subgraphs, in one run and in turn (bench/README.md). A gateway runs on one core, and the
 * subgraphs and wrk on another. A complete run writes `RESULTS.md`. Exits with 1 if an answer is not that of the server that is
 * written by hand: then the page lacks that operation, and has all others.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { endWithBench, type Pins } from '../trust/processes.ts'
import type { Contender } from './contender.ts'
import { CONTENDERS } from './contenders.ts'
import { describeMachine } from './machine.ts'
import { type LeaveOut, LIMIT, measureOperation } from './measure.ts'
import { withContenders } from './open.ts'
import { OPERATIONS, type Operation } from './operations.ts'
import { installPeers, peerVersions } from './peers.ts'
import { type Measured, type Run, writePage } from './results.ts'

const RESULTS = join(import.meta.dirname, '..', 'RESULTS.md')
const QUICK = { seconds: 3, rounds: 1 }
/** How much of the reason why an operation was not measured is written, in UTF-16 code units: it quotes answers. */
const MAX_REASON = 1000

const namesOf = (given: string, known: readonly string[]): readonly string[] | undefined => {
  const names = given.split(',')
  return names.every((name) => known.includes(name)) ? names : undefined
}
const positive = (text: string): number | undefined => (/^[1-9]\d{0,3}$/.test(text) ? Number(text) : undefined)
const OPERATION_NAMES = OPERATIONS.map(({ name }) => name)
const CONTENDER_NAMES = CONTENDERS.map(({ name }) => name)
const [ALL_OPERATIONS, ALL_CONTENDERS] = [OPERATION_NAMES.join(','), CONTENDER_NAMES.join(',')]

const GATEWAYS = {
  name: 'npm run bench --',
  description: 'Compares Istmo with other gateways. A complete run writes RESULTS.md.',
  options: {
    only: {
      ...{ flag: 'only', value: 'operations', default: ALL_OPERATIONS },
      meaning: 'the operations, with commas between them',
      expected: `some of ${OPERATION_NAMES.join(', ')}`,
      parse: (text: string) => namesOf(text, OPERATION_NAMES),
    },
    contenders: {
      ...{ flag: 'contenders', value: 'gateways', default: ALL_CONTENDERS },
      meaning: 'the gateways, with commas between them; the limit always runs, because its answers are the right ones',
      expected: `some of ${CONTENDER_NAMES.join(', ')}`,
      parse: (text: string) => namesOf(text, CONTENDER_NAMES),
    },
    seconds: {
      ...{ flag: 'seconds', value: 'n', default: '10', parse: positive },
      ...{ meaning: 'how long each window is', expected: 'a whole number from 1 to 9999' },
    },
    rounds: {
      ...{ flag: 'rounds', value: 'n', default: '3', parse: positive },
      ...{ meaning: 'how often each gateway has its turn', expected: 'a whole number from 1 to 9999' },
    },
    isQuick: { flag: 'quick', value: null, meaning: 'one round of three seconds, to see that everything runs' },
    out: { flag: 'out', value: 'file', meaning: 'where the page goes, if not only to the output' },
    gatewayCores: { flag: 'gateway-cores', value: 'cores', meaning: 'the cores of the gateways', default: '0' },
    otherCores: { flag: 'other-cores', value: 'cores', meaning: 'the cores of all other processes', default: '1' },
  },
} as const satisfies CommandSpec

interface Plan {
  readonly operations: readonly Operation[]
  readonly contenders: readonly Contender[]
  readonly seconds: number
  readonly rounds: number
  readonly pins: Pins
}

/** What a run found. `wrong`: which of the contenders that run could not be measured, and why. */
interface Found extends Run {
  readonly wrong: readonly string[]
}

async function run(plan: Plan): Promise<Found> {
  const setup = describeSetup(plan)
  const [measured, missing, wrong]: [Measured[], string[], string[]] = [[], [], []]
  for (const [size, operations] of Map.groupBy(plan.operations, (operation) => operation.size)) {
    const part = await measureGraph({ ...plan, operations }, size)
    measured.push(...part.measured)
    missing.push(...part.missing)
    wrong.push(...part.wrong)
  }
  return { setup, operations: plan.operations, measured, missing, wrong }
}

/** Measures the operations of one graph, with gateways that are started for it. */
async function measureGraph(plan: Plan, size: number): Promise<Pick<Found, 'measured' | 'missing' | 'wrong'>> {
  const contenders = plan.contenders.filter(({ isOfProduct }) => size === 0 || isOfProduct === true)
  return withContenders({ pins: plan.pins, size, contenders }, async ({ started, missing, folder }) => {
    const [measured, wrong]: [Measured[], string[]] = [[], []]
    for (const operation of plan.operations) {
      // An hour of other figures must not be lost.
      const leaveOut: LeaveOut = ({ title }, error) => {
        const why = (error instanceof Error ? error.message : String(error)).slice(0, MAX_REASON)
        process.stderr.write(`(${operation.name}) not measured: ${title}: ${why}\n`)
        wrong.push(`(${operation.name}) ${title}: ${why}`)
      }
      measured.push(...(await measureOperation(operation, started, folder, plan, leaveOut)))
    }
    return { measured, missing: [...missing, ...wrong], wrong }
  })
}

function describeSetup({ seconds, rounds, pins }: Plan): readonly string[] {
  return [
    ...describeMachine(pins),
    `${rounds} rounds of ${seconds} s each, in turn. The medians of the rounds; ratios are those of one round.`,
    peerVersions(),
  ]
}

interface Options {
  readonly only: readonly string[]
  readonly contenders: readonly string[]
  readonly seconds: number
  readonly rounds: number
  readonly isQuick: boolean
  readonly out: string | undefined
  readonly gatewayCores: string
  readonly otherCores: string
}

async function bench(options: Options): Promise<number> {
  installPeers()
  const { only, contenders, isQuick, seconds, rounds, gatewayCores, otherCores } = options
  const found = await run({
    operations: OPERATIONS.filter(({ name }) => only.includes(name)),
    contenders: CONTENDERS.filter(({ name }) => name === LIMIT || contenders.includes(name)),
    ...(isQuick ? QUICK : { seconds, rounds }),
    pins: { gateways: gatewayCores, others: otherCores },
  })
  const page = writePage(found)
  const isComplete = !isQuick && only.length === OPERATIONS.length && contenders.length === CONTENDERS.length
  const out = options.out ?? (isComplete ? RESULTS : undefined)
  if (out !== undefined) await writeFile(out, page)
  process.stdout.write(page)
  return found.wrong.length === 0 ? 0 : 1
}

endWithBench()
await runCommand(GATEWAYS, process.argv.slice(2), ({ isQuick, out, ...options }) =>
  bench({ ...options, isQuick: isQuick === true, out }),
)
