/** Whether an entity of a long list costs as much as one of a short list. */
import { measureOperation } from '../gateways/measure.ts'
import { withContenders } from '../gateways/open.ts'
import { listOf, type Operation } from '../gateways/operations.ts'
import type { Measured } from '../gateways/results.ts'
import { median } from '../trust/table.ts'
import { contendersOf, type GrowthPlan, listOtherWork, type Section, tableOf } from './part.ts'
import { costEach, growthOf, type Point, write } from './verdict.ts'

/** How many entities, and with how many different variables each list is asked: an answer of 100,000 has 22 MB. */
const LISTS = [
  ...[{ count: 0 }, { count: 100 }, { count: 1_000 }, { count: 10_000, variants: 40 }],
  { count: 100_000, variants: 4 },
]

/** How many clients ask at the same time. */
const CONNECTIONS = 4

/** By how much the cost of an entity may grow. */
const MOST_GROWTH = 1.5

/** How many answers a window has time for, however long they take. */
const LEAST_ANSWERS = 3 * CONNECTIONS

/** A leg may have as many bytes as there are, and the longest list as much time as it takes. */
const FLAGS = ['--max-answer-bytes', '1073741824', '--leg-deadline', '600000', '--request-deadline', '600000']

/** Measures flat lists of no entity to 100,000. */
export async function measureEntities(plan: GrowthPlan): Promise<Section> {
  const contenders = contendersOf('limit', 'istmo')
  const measured = await withContenders({ pins: plan.pins, size: 0, contenders, flags: FLAGS }, async (opened) => {
    const all: Measured[] = []
    const long = { ...plan, leastAnswers: LEAST_ANSWERS }
    for (const list of LISTS) {
      all.push(...(await measureOperation(operationFor(list), opened.started, opened.folder, long)))
    }
    return all
  })
  return writeSection([...Map.groupBy(measured, ({ title }) => title).values()])
}

function operationFor({ count, ...variants }: (typeof LISTS)[number]): Operation {
  return { ...listOf(`n${count}`, count), ...variants, connections: CONNECTIONS }
}

const pointsOf = (own: readonly Measured[]): readonly Point[] =>
  own.map(({ windows }, at) => ({ amount: LISTS[at]?.count ?? 0, cost: median(windows.map(({ cpuUs }) => cpuUs)) }))

function writeSection(gateways: readonly (readonly Measured[])[]): Section {
  const rows = gateways.flatMap((own) => {
    const points = pointsOf(own)
    const each = costEach(points)
    return points.map(({ amount, cost }, at) => [
      own[at]?.title ?? '',
      amount.toLocaleString('en'),
      write(cost),
      at === 0 ? '' : write(each[at - 1]?.cost ?? Number.NaN),
      write(median((own[at]?.windows ?? []).map(({ memoryMib }) => memoryMib))),
    ])
  })
  const istmo = gateways.find(([one]) => one?.contender === 'istmo') ?? []
  return {
    title: 'Longer lists',
    about: `${CONNECTIONS} clients ask for flat lists of two subgraphs, as in (n100) of [RESULTS.md](RESULTS.md). The cost of an entity is that of the request without that of the request for an empty list, divided by the entities. What is judged is its growth: the largest ratio of the cost in a list to that in a shorter one. A cost that falls has not grown. The limit stands beside it, because it parses and joins as much. A window has time for ${LEAST_ANSWERS} answers, and is longer than the others if these take longer.`,
    table: tableOf(['gateway', 'entities', 'CPU µs a request', 'CPU µs an entity', 'RSS MiB'], rows),
    judged: [
      {
        what: 'Istmo, bare: growth of the cost of an entity',
        value: growthOf(costEach(pointsOf(istmo))),
        most: MOST_GROWTH,
        unit: '×',
      },
    ],
    doubts: listOtherWork(gateways.flat()),
  }
}
