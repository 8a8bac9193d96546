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
import { CORES, choiceOption, OUT, ROUNDS, SECONDS } from './options.ts'
import { installPeers, peerVersions } from './peers.ts'
import { type Measured, type Run, writePage } from './results.ts'

const RESULTS = join(import.meta.dirname, '..', 'RESULTS.md')
const QUICK = { seconds: 3, rounds: 1 }
/** How much of the reason why an operation was not measured is written, in UTF-16 code units: it quotes answers. */
const MAX_REASON = 1000

const OPERATION_NAMES = OPERATIONS.map(({ name }) => name)
const CONTENDER_NAMES = CONTENDERS.map(({ name }) => name)

const GATEWAYS = {
  name: 'npm run bench --',
  description: 'Compares Istmo with other gateways. A complete run writes RESULTS.md.',
  options: {
    only: choiceOption('only', 'operations', OPERATION_NAMES),
    contenders: {
      ...choiceOption('contenders', 'gateways', CONTENDER_NAMES),
      meaning: 'the gateways, with commas between them; the limit always runs, because its answers are the right ones',
    },
    seconds: SECONDS,
    rounds: ROUNDS,
    isQuick: { flag: 'quick', value: null, meaning: 'one round of three seconds, to see that everything runs' },
    out: OUT,
    ...CORES,
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
