/** How much memory a gateway has: at the top rate of (c), and over many different operations. */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answerWhole } from '../gateways/denied.ts'
import { canonicalText } from '../gateways/equal.ts'
import { measureOperation } from '../gateways/measure.ts'
import { type Started, withContenders } from '../gateways/open.ts'
import { RECORDS_OF_ALL } from '../gateways/records.ts'
import { memoryOfTree } from '../gateways/usage.ts'
import { askNew, newOperation } from './new-operations.ts'
import { contendersOf, type GrowthPlan, operationOf, report, type Section, tableOf } from './part.ts'
import { tenthsRatio, write } from './verdict.ts'

/** The most resident memory under (c) without the planning thread's, in MiB, and by how much it may grow over the operations. */
const [MOST_MIB, MOST_GROWTH] = [350, 1.1]

/** How many different operations are asked, by how many clients, and how often the memory is read meanwhile. */
const [OPERATIONS, OPERATIONS_QUICK, CLIENTS, SAMPLES] = [100_000, 2_000, 4, 100]

/** Each new operation is planned, whoever asks. */
export const NO_PLANNING_BUDGET = ['--planning-budget', '0']

/** Measures the memory of Istmo, bare. */
export async function measureMemory(plan: GrowthPlan): Promise<Section> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-growth-'))
  const probe = join(folder, 'planning')
  const nodeFlags = [`--import=${new URL(`./thread-probe.ts?${encodeURIComponent(probe)}`, import.meta.url)}`]
  try {
    const open = { pins: plan.pins, size: 0, nodeFlags, flags: NO_PLANNING_BUDGET }
    const inC = await withContenders({ ...open, contenders: contendersOf('limit', 'istmo') }, async (opened) => {
      const all = await measureOperation(operationOf('c'), opened.started, opened.folder, plan)
      const windows = all.find(({ contender }) => contender === 'istmo')?.windows ?? []
      return { whole: Math.max(...windows.map(({ memoryMib }) => memoryMib)), planning: readProbe(probe) }
    })
    const count = plan.isQuick ? OPERATIONS_QUICK : OPERATIONS
    const over = await withContenders({ ...open, contenders: contendersOf('istmo') }, ({ started: [one] }) =>
      watchOver(one as Started, count, probe),
    )
    return writeSection(inC, over, count)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Reads what the planning thread has, in MiB. */
function readProbe(probe: string): number {
  const bytes = Number(readFileSync(probe, 'utf8'))
  if (!(bytes > 0)) throw new Error('expected the memory of the planning thread; came none')
  return bytes / 2 ** 20
}

interface Sample {
  readonly whole: number
  readonly planning: number
}

async function watchOver({ port, running, requests }: Started, count: number, probe: string) {
  const known = operationOf('a')
  const name = RECORDS_OF_ALL.fieldOf({ type: 'Person', id: String(known.variables(0).id) }, 'name')
  const right = answerWhole(canonicalText({ person: { name } }))
  const samples: Sample[] = []
  let number = 0
  const next = async () => {
    if (number === count) return null
    const own = number++
    if (own % (count / SAMPLES) === 0) {
      samples.push({ whole: memoryOfTree(Number(running.child.pid)), planning: readProbe(probe) })
      if (own % (count / 10) === 0) report(`${own} operations: ${write(samples.at(-1)?.whole ?? 0)} MiB`)
    }
    const { operation, asKnown } = newOperation(known, own)
    const [request] = await requests(operation, 1)
    return request === undefined ? null : { request, asKnown, right }
  }
  const answered = await askNew(port, CLIENTS, next)
  if (answered !== count) throw new Error(`expected ${count} answers; came ${answered}`)
  return samples
}

function writeSection(inC: Sample, over: readonly Sample[], count: number): Section {
  const tenths = Array.from({ length: 10 }, (_, at) => over.slice(at * 10, (at + 1) * 10))
  const mean = (part: readonly Sample[], of: keyof Sample) => part.reduce((sum, one) => sum + one[of], 0) / part.length
  const rows = tenths.map((part, at) => [
    `operations, tenth ${at + 1}`,
    ...(['whole', 'planning'] as const).map((of) => write(mean(part, of))),
  ])
  const without = { what: 'under (c), resident memory without the planning thread', value: inC.whole - inC.planning }
  const growth = tenthsRatio(over.map(({ whole }) => whole))
  return {
    title: 'Memory',
    about: `Istmo, bare. Resident memory is that of the process, as Linux counts it: under (c) the largest at the end of a window. The planning thread’s part is what V8 says of its heap, its own memory, and its buffers. Then ${CLIENTS} clients ask ${count.toLocaleString('en')} different operations, (a) with an alias of its own in each, and ${SAMPLES} times the memory is read. What is judged is the mean of the last tenth ÷ that of the second tenth.`,
    table: tableOf(
      ['when', 'resident MiB', 'of it the planning thread, MiB'],
      [['under (c)', write(inC.whole), write(inC.planning)], ...rows],
    ),
    judged: [
      { ...without, most: MOST_MIB, unit: 'MiB' },
      {
        what: `over ${count.toLocaleString('en')} operations, last ÷ second tenth`,
        value: growth,
        most: MOST_GROWTH,
        unit: '×',
      },
    ],
    doubts: [],
  }
}
