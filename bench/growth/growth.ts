/**
 * `npm run bench:growth`: Istmo by itself, as what it is asked grows (bench/README.md). A gateway runs on one core, and the subgraphs and the load on
 * another. A complete run writes `GROWTH.md`. Exits with 1 if an answer is not the right one.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { describeMachine } from '../gateways/machine.ts'
import { CORES, choiceOption, OUT, ROUNDS, SECONDS } from '../gateways/options.ts'
import { installWrk } from '../gateways/peers.ts'
import { endWithBench } from '../trust/processes.ts'
import { measureBystander } from './bystander.ts'
import { measureCollections } from './collections.ts'
import { measureCountries } from './countries.ts'
import { measureEntities } from './entities.ts'
import { measureLatency } from './latency.ts'
import { measureMemory } from './memory.ts'
import { writePage } from './page.ts'
import { type GrowthPlan, report, type Section } from './part.ts'

const GROWTH_PAGE = join(import.meta.dirname, '..', 'GROWTH.md')
const QUICK = { seconds: 2, rounds: 1 }

const PARTS: Readonly<Record<string, (plan: GrowthPlan) => Promise<Section>>> = {
  countries: measureCountries,
  entities: measureEntities,
  latency: measureLatency,
  memory: measureMemory,
  bystander: measureBystander,
  collections: measureCollections,
}
const NAMES = Object.keys(PARTS)

const GROWTH = {
  name: 'npm run bench:growth --',
  description: 'Measures Istmo by itself, as what it is asked grows. A complete run writes GROWTH.md.',
  options: {
    only: choiceOption('only', 'parts', NAMES),
    seconds: SECONDS,
    rounds: ROUNDS,
    isQuick: { flag: 'quick', value: null, meaning: 'one round of two seconds, to see that everything runs' },
    out: OUT,
    ...CORES,
  },
} as const satisfies CommandSpec

interface Options {
  readonly only: readonly string[]
  readonly seconds: number
  readonly rounds: number
  readonly isQuick: boolean
  readonly out: string | undefined
  readonly gatewayCores: string
  readonly otherCores: string
}

async function bench({ only, isQuick, out, gatewayCores, otherCores, ...given }: Options): Promise<number> {
  installWrk()
  const pins = { gateways: gatewayCores, others: otherCores }
  const times = isQuick ? QUICK : { seconds: given.seconds, rounds: given.rounds }
  const plan: GrowthPlan = { ...times, pins, isQuick }
  const setup = [...describeMachine(pins), `${plan.rounds} rounds of ${plan.seconds} s each. Medians of the rounds.`]
  const sections: Section[] = []
  for (const [name, measure] of Object.entries(PARTS)) {
    if (!only.includes(name)) continue
    report(`${name} …`)
    sections.push(await measure(plan))
  }
  const page = writePage(setup, sections)
  const file = out ?? (!isQuick && only.length === NAMES.length ? GROWTH_PAGE : undefined)
  if (file !== undefined) await writeFile(file, page)
  process.stdout.write(page)
  return 0
}

endWithBench()
await runCommand(GROWTH, process.argv.slice(2), ({ isQuick, out, ...options }) =>
  bench({ ...options, isQuick: isQuick === true, out }),
)
