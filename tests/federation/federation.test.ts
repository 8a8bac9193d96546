import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Gateway, ourGateway, stockGateway } from './harness/gateways.ts'
import { faultsOf, strictFaultsOf } from './harness/judge.ts'
import type { Case, Shape } from './harness/shape.ts'
import { composeShape, type Serve, serveInProcess } from './harness/subgraphs.ts'

/**
 * Any Federation supergraph: each folder is a shape of the public audit in our own words. Ours passes every case; what
 * the stock gateway fails is marked in the case, and a mark that is not true fails as well.
 */
interface Score {
  readonly shape: string
  readonly cases: number
  ours: number
  stock: number
}

const names = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'harness')
  .map((entry) => entry.name)
const shapes = await Promise.all(
  names.map(async (name) => ({ name, shape: ((await import(`.//${name}/shape.ts`)) as { shape: Shape }).shape })),
)
const scores: Score[] = []

describe.each(shapes)('$name', ({ name, shape }) => {
  const score: Score = { shape: name, cases: shape.cases.length, ours: 0, stock: 0 }
  scores.push(score)
  let served: Serve
  let supergraphSdl: string
  let ours: Gateway
  beforeAll(() => {
    served = serveInProcess(shape.subgraphs)
    supergraphSdl = composeShape(shape.subgraphs)
    ours = ourGateway(supergraphSdl, served)
  })

  it.each(shape.cases.map((asked) => ({ asked, title: titleOf(asked) })))('ours answers $title', async ({ asked }) => {
    const answer = await ours.ask(asked)
    expect([...faultsOf(answer, asked), ...strictFaultsOf(answer, asked)]).toEqual([])
    score.ours += 1
  })

  it('the stock gateway answers where it is said to', async () => {
    await using stock = await stockGateway(supergraphSdl, served).catch(refusing)
    const wrong: { query: string; faults: readonly string[] }[] = []
    for (const asked of shape.cases) {
      const faults = faultsOf(await stock.ask(asked), asked)
      if (faults.length === 0) score.stock += 1
      if ((faults.length === 0) === (asked.stockFails === undefined)) continue
      wrong.push({ query: asked.query, faults: faults.length > 0 ? faults : ['passes, but is marked as failing'] })
    }
    expect(wrong).toEqual([])
  })
})

describe('the whole', () => {
  afterAll(() => {
    const line = ({ shape, cases, ours, stock }: Score): string =>
      `${shape.padEnd(40)} ${String(cases).padStart(4)} ${String(ours).padStart(4)} ${String(stock).padStart(5)}`
    process.stdout.write(
      [`${'shape'.padEnd(40)} cases ours stock`, ...scores.map(line), line(sum(scores)), ''].join('\n'),
    )
  })

  it('ours passes every case of every shape', () => {
    const { cases, ours, stock } = sum(scores)
    const marked = shapes.flatMap(({ shape }) => shape.cases.filter((asked) => asked.stockFails !== undefined))
    expect({ shapes: scores.length, ours, stock }).toEqual({
      shapes: names.length,
      ours: cases,
      stock: cases - marked.length,
    })
  })
})

/** Stands for a stock gateway that does not load the supergraph. */
function refusing(cause: unknown): Gateway & AsyncDisposable {
  const answer = { data: undefined, errors: [{ message: String(cause) }] }
  return { ask: async () => answer, [Symbol.asyncDispose]: async () => {} }
}

function sum(all: readonly Score[]): Score {
  const add = (key: 'cases' | 'ours' | 'stock'): number => all.reduce((total, score) => total + score[key], 0)
  return { shape: 'all', cases: add('cases'), ours: add('ours'), stock: add('stock') }
}

function titleOf({ query, variables }: Case): string {
  const text = query.replace(/\s+/g, ' ').trim()
  return variables ? `${text} ${JSON.stringify(variables)}` : text
}
