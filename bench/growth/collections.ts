/** How long garbage collections of the young generation stop a gateway at its top rate. */
import { findExpected, prepare, writeFor } from '../gateways/measure.ts'
import { type Opened, type Started, withContenders } from '../gateways/open.ts'
import { measureWindow, type Window } from '../gateways/window.ts'
import { median } from '../trust/table.ts'
import { type Collection, isYoung, readCollections } from './gc-lines.ts'
import { contendersOf, type GrowthPlan, listOtherWork, operationOf, report, type Section, tableOf } from './part.ts'
import { write } from './verdict.ts'

const OPERATIONS = ['a', 'b', 'c']

/** The longest that a young collection may take, in milliseconds. */
const MOST_MS = 5

interface Row {
  readonly operation: string
  readonly rounds: readonly {
    readonly window: Window
    readonly collections: readonly Collection[]
    readonly ms: number
  }[]
}

/** Measures the collections of Istmo, bare. */
export async function measureCollections(plan: GrowthPlan): Promise<Section> {
  const open = { pins: plan.pins, size: 0, contenders: contendersOf('limit', 'istmo'), nodeFlags: ['--trace-gc'] }
  const rows = await withContenders(open, async (opened) => {
    const all: Row[] = []
    for (const name of OPERATIONS) all.push(await measureOne(name, opened, plan))
    return all
  })
  return writeSection(rows)
}

async function measureOne(name: string, { started, folder }: Opened, { seconds, rounds: count, pins }: GrowthPlan) {
  const operation = operationOf(name)
  const one = started.find(({ contender }) => contender.name === 'istmo') as Started
  const load = { cores: pins.others, connections: operation.connections, seconds }
  const { bytesEach } = await prepare(operation, one, await findExpected(operation, started), folder, load, seconds)
  const [pid, stubPid] = [Number(one.running.child.pid), one.stub.pid]
  const rounds: Row['rounds'][number][] = []
  for (let round = 0; round < count; round++) {
    const requests = await writeFor(operation, one, folder, 200)
    const heard = hear(one)
    const from = performance.now()
    const window = await measureWindow(
      { port: one.port, pid, stubPid, requests, bytesEach, mayTellNonce: one.isSentOnce },
      load,
    )
    const ms = performance.now() - from
    const collections = heard().filter(isYoung)
    if (collections.length === 0) throw new Error('expected young collections in a window; came none: make it longer')
    rounds.push({ window, collections, ms })
    report(`(${name}): the longest young collection took ${write(longestOf(collections))} ms`)
  }
  return { operation: name, rounds }
}

/** Begins to listen to what a gateway prints. The function that it returns ends that, and gives the collections. */
function hear({ running: { child } }: Started): () => readonly Collection[] {
  let text = ''
  const add = (chunk: string): void => {
    text += chunk
  }
  child.stdout?.on('data', add)
  return () => {
    child.stdout?.off('data', add)
    child.stdout?.resume()
    return readCollections(text)
  }
}

const longestOf = (collections: readonly Collection[]): number => Math.max(...collections.map(({ ms }) => ms))

function writeSection(rows: readonly Row[]): Section {
  const cells = rows.map(({ operation, rounds }) => {
    const all = rounds.flatMap(({ collections }) => collections)
    const share = median(rounds.map(({ collections, ms }) => collections.reduce((sum, one) => sum + one.ms, 0) / ms))
    const rate = median(rounds.map(({ window }) => window.perSecond))
    const times = [median(all.map(({ ms }) => ms)), longestOf(all)].map(write)
    return [`(${operation})`, write(rate), all.length, ...times, write(share * 100)]
  })
  return {
    title: 'Collections of the young generation',
    about:
      'Istmo, bare, with `--trace-gc`, at its top rate. All threads of the gateway count. V8 says how long a collection took on the clock, so other work makes it longer. What is judged is the longest one of all rounds.',
    table: tableOf(
      ['operation', 'requests a second', 'collections', 'median ms', 'longest ms', '% of the time'],
      cells,
    ),
    judged: rows.map(({ operation, rounds }) => ({
      what: `(${operation}): the longest young collection`,
      value: longestOf(rounds.flatMap(({ collections }) => collections)),
      ...{ most: MOST_MS, unit: 'ms' },
    })),
    doubts: listOtherWork(
      rows.map(({ operation, rounds }) => ({
        ...{ operation, contender: 'istmo', title: 'young collections', fetches: 0 },
        windows: rounds.map(({ window }) => window),
      })),
    ),
  }
}
