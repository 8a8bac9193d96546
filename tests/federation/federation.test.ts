import { readdirSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, embeddedGateway, type Gateway, ourGateway, stockGateway } from './harness/gateways.ts'
import { cutMessages, listFaults, listStrictFaults } from './harness/judge.ts'
import type { Case, Pattern } from './harness/pattern.ts'
import { composePattern, type Serve, serveInProcess } from './harness/subgraphs.ts'

/**
 * Any Federation supergraph. Each folder is a pattern of the public audit, in our own words. Our gateway passes each case. A case that the
 * stock gateway fails says so, and the test fails if that is not true.
 */
interface Score {
  readonly pattern: string
  readonly cases: number
  ours: number
  stock: number
}

/**
 * Why the errors of the stock gateway have other paths than ours, by the query. In messages and codes both always differ: ours are those of the
 * registry, and no words of a subgraph.
 */
const OTHER_PATHS: Readonly<Record<string, string>> = {
  '{ rows { lost far } whole }':
    'The stock gateway names its own request (`rows.@._entities`); ours names each object without its value.',
}

const names = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'harness')
  .map((entry) => entry.name)
const patterns = await Promise.all(
  names.map(async (name) => ({
    name,
    pattern: ((await import(`.//${name}/pattern.ts`)) as { pattern: Pattern }).pattern,
  })),
)
const scores: Score[] = []

describe.each(patterns)('$name', ({ name, pattern }) => {
  const score: Score = { pattern: name, cases: pattern.cases.length, ours: 0, stock: 0 }
  scores.push(score)
  let served: Serve
  let supergraphSdl: string
  let ours: Gateway
  let stockAnswers: ReadonlyMap<Case, Answer> | null = null
  beforeAll(() => {
    served = serveInProcess(pattern.subgraphs)
    supergraphSdl = composePattern(pattern.subgraphs)
    ours = ourGateway(supergraphSdl, served)
  })

  const titled = pattern.cases.map((testCase) => ({ testCase, title: titleOf(testCase) }))
  it.each(titled)('ours answers $title', async ({ testCase }) => {
    const answer = await ours.ask(testCase)
    expect([...listFaults(answer, testCase), ...listStrictFaults(answer, testCase)]).toEqual([])
    score.ours += 1
  })

  it('the stock gateway fails only the cases that say so', async () => {
    const answers = await askAll(stockGateway(supergraphSdl, served).catch(failToLoad), pattern.cases)
    stockAnswers = answers
    const wrongMarks: { query: string; faults: readonly string[] }[] = []
    for (const testCase of pattern.cases) {
      const faults = listFaults(answers.get(testCase) ?? NO_ANSWER, testCase)
      if (faults.length === 0) score.stock += 1
      if ((faults.length === 0) === (testCase.stockFails === undefined)) continue
      wrongMarks.push({
        query: testCase.query,
        faults: faults.length > 0 ? faults : ['passes, but is marked as failing'],
      })
    }
    expect(wrongMarks).toEqual([])
  })

  it('an Apollo Server with ours in place of the stock gateway answers the same, except for the cases that say so', async () => {
    const stock = stockAnswers ?? (await askAll(stockGateway(supergraphSdl, served).catch(failToLoad), pattern.cases))
    const embedded = await askAll(embeddedGateway(supergraphSdl, served), pattern.cases)
    for (const testCase of pattern.cases) {
      const answer = cutMessages(embedded.get(testCase) ?? NO_ANSWER)
      expect([...listFaults(answer, testCase), ...listStrictFaults(answer, testCase)]).toEqual([])
      const ofStock = stock.get(testCase) ?? NO_ANSWER
      if (testCase.stockFails !== undefined) continue
      const { query } = testCase
      expect({ query, data: answer.data }).toEqual({ query, data: ofStock.data })
      const isSame = isDeepStrictEqual(listPaths(answer), listPaths(ofStock))
      expect({ query, isSame }).toEqual({ query, isSame: OTHER_PATHS[query] === undefined })
    }
  })
})

describe('all patterns', () => {
  afterAll(() => {
    const line = ({ pattern, cases, ours, stock }: Score): string =>
      `${pattern.padEnd(40)} ${String(cases).padStart(4)} ${String(ours).padStart(4)} ${String(stock).padStart(5)}`
    process.stdout.write(
      [`${'pattern'.padEnd(40)} cases ours stock`, ...scores.map(line), line(sum(scores)), ''].join('\n'),
    )
  })

  it('ours passes each case of each pattern', () => {
    const { cases, ours, stock } = sum(scores)
    const marked = patterns.flatMap(({ pattern }) =>
      pattern.cases.filter((testCase) => testCase.stockFails !== undefined),
    )
    expect({ patterns: scores.length, ours, stock }).toEqual({
      patterns: names.length,
      ours: cases,
      stock: cases - marked.length,
    })
  })
})

/** Makes a gateway that answers each operation with the error with which the stock gateway failed to load the supergraph. */
function failToLoad(cause: unknown): Gateway & AsyncDisposable {
  const answer = { data: undefined, errors: [{ message: String(cause) }] }
  return { ask: async () => answer, [Symbol.asyncDispose]: async () => {} }
}

const NO_ANSWER: Answer = { data: undefined, errors: [] }

/** Asks all cases of a gateway, and stops it. */
async function askAll(
  starting: Promise<Gateway & AsyncDisposable>,
  cases: readonly Case[],
): Promise<ReadonlyMap<Case, Answer>> {
  await using gateway = await starting
  const answers = new Map<Case, Answer>()
  for (const testCase of cases) answers.set(testCase, await gateway.ask(testCase))
  return answers
}

function listPaths({ errors }: Answer): readonly unknown[] {
  return errors.map(({ path }) => path?.join('.')).sort()
}

function sum(all: readonly Score[]): Score {
  const add = (key: 'cases' | 'ours' | 'stock'): number => all.reduce((total, score) => total + score[key], 0)
  return { pattern: 'all', cases: add('cases'), ours: add('ours'), stock: add('stock') }
}

function titleOf({ query, variables }: Case): string {
  const text = query.replace(/\s+/g, ' ').trim()
  return variables ? `${text} ${JSON.stringify(variables)}` : text
}
