import { type GraphQLSchema, print } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { Operation } from '../../oracle/operation.ts'
import { smallerOperations } from '../../oracle/smaller-operations.ts'
import { seededDice } from '../random.ts'
import { FUZZ_TIMEOUT_MS, fuzzRuns } from '../runs.ts'
import { askGraph, buildGraph, type Graph } from './ask-graph.ts'
import { makeOperation } from './make-operation.ts'

/** How many operations run on one supergraph. Composing and loading a supergraph takes as long as planning dozens of operations. */
const OPERATIONS_PER_GRAPH = 100
/** How many supergraphs of a seed may fail to compose before one composes. */
const MAX_ATTEMPTS = 200
/** How many smaller operations to try if one fails. */
const MAX_SMALLER = 300
/**
 * The greatest share of operations that the engine may reject because it has no correct plan
 * (gateway/plan/apollo-workarounds/required-field-fetched-late.ts). A greater share would hide faults.
 */
const REFUSED_AT_MOST = 1 / 1_000

interface Tally {
  graphs: number
  cases: number
  refused: number
  readonly wrong: string[]
}

describe('a random operation over a random supergraph', () => {
  it(
    'is answered as graphql-js answers it over one schema with the same data',
    async () => {
      const { cases, seed } = fuzzRuns()
      const tally: Tally = { graphs: 0, cases: 0, refused: 0, wrong: [] }
      for (let at = seed; tally.cases < cases; at++) {
        await fuzzGraph(String(at), Math.min(OPERATIONS_PER_GRAPH, cases - tally.cases), tally)
        if (tally.wrong.length > 0) break
      }
      process.stdout.write(`${tally.cases} operations over ${tally.graphs} supergraphs, ${tally.refused} refused\n`)
      expect(tally.wrong.join('\n')).toBe('')
      expect(tally.refused).toBeLessThanOrEqual(Math.ceil(cases * REFUSED_AT_MOST))
    },
    FUZZ_TIMEOUT_MS,
  )
})

async function fuzzGraph(seed: string, operations: number, tally: Tally): Promise<void> {
  const { graph, name } = firstGraph(seed)
  tally.graphs += 1
  const dice = seededDice(`operations of ${name}`)
  for (let i = 0; i < operations; i++) {
    const operation = makeOperation(graph.reference.schema, dice)
    tally.cases += 1
    const finding = await askGraph(graph, operation)
    if (finding === 'refused') tally.refused += 1
    else if (finding !== null) {
      tally.wrong.push(await described(seed, graph, operation))
      return
    }
  }
}

function firstGraph(seed: string): { readonly graph: Graph; readonly name: string } {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const name = `${seed}.${attempt}`
    const graph = buildGraph(name)
    if (graph) return { graph, name }
  }
  throw new Error(`expected a supergraph that composes among ${MAX_ATTEMPTS} of seed ${seed}`)
}

/** Makes a failing operation smaller while it fails, and reports all that is needed to repeat it. */
async function described(seed: string, graph: Graph, failing: Operation): Promise<string> {
  const operation = await smallest(graph, graph.reference.schema, failing)
  return [
    `ISTMO_FUZZ_SEED=${seed}`,
    ...graph.subgraphs.map(({ name, sdl }) => `# ${name}\n${sdl}`),
    print(operation.document),
    `variables ${JSON.stringify(operation.variables)}`,
    await askGraph(graph, operation),
  ].join('\n')
}

async function smallest(graph: Graph, schema: GraphQLSchema, failing: Operation): Promise<Operation> {
  let tried = 0
  let operation = failing
  search: for (;;) {
    for (const smaller of smallerOperations(schema, operation)) {
      if (++tried > MAX_SMALLER) return operation
      const finding = await askGraph(graph, smaller)
      if (finding === null || finding === 'refused') continue
      operation = smaller
      continue search
    }
    return operation
  }
}
