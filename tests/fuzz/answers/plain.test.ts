import { print } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { SendLeg } from '../../../gateway/types/flow.ts'
import type { Dice } from '../../oracle/dice.ts'
import { seededDice } from '../random.ts'
import { FUZZ_TIMEOUT_MS, fuzzRuns } from '../runs.ts'
import { buildGraph, type Graph, newContext } from '../supergraph/ask-graph.ts'
import { makeOperation } from '../supergraph/make-operation.ts'
import { faultOf, withTypes } from './judge-answer.ts'
import { readSpoiled } from './read-spoiled.ts'
import { spoil } from './spoil.ts'

/** Half of the cases. countries.test.ts has the other half. */
const SHARE = 0.5
const OPERATIONS_PER_GRAPH = 10
/** How often each operation runs, each time with other answers. Its plan is made once. */
const TIMES_ASKED = 25
/** One of so many legs is spoiled. */
const SPOILED_ONE_IN = 2

describe('a subgraph of one endpoint that answers anything', () => {
  it(
    'gets none of its text to a client, and the answer is one that the schema allows',
    async () => {
      const { cases, seed } = fuzzRuns()
      for (let done = 0, at = seed; done < cases * SHARE; at++) {
        const spoiling: { dice: Dice; last: string } = { dice: seededDice(`spoiling ${at}`), last: '' }
        const graph = buildGraph(`spoiled ${at}`, (send) => spoilingLegs(send, spoiling))
        if (graph === null) continue
        await fuzzGraph(graph, spoiling, `ISTMO_FUZZ_SEED=${at}`)
        done += OPERATIONS_PER_GRAPH * TIMES_ASKED
      }
    },
    FUZZ_TIMEOUT_MS,
  )
})

function spoilingLegs(send: SendLeg, spoiling: { readonly dice: Dice; last: string }): SendLeg {
  return async (leg, context) => {
    const answer = await send(leg, context)
    if (answer.kind === 'failed' || !spoiling.dice.oneIn(SPOILED_ONE_IN)) return answer
    const bytes = spoil({ data: answer.data, errors: answer.errors }, spoiling.dice)
    spoiling.last = `${leg.domain} ${leg.query}\n${bytes.toString('utf8', 0, 2_000)}`
    return readSpoiled(bytes)
  }
}

async function fuzzGraph(
  graph: Graph,
  spoiling: { readonly dice: Dice; readonly last: string },
  name: string,
): Promise<void> {
  const schema = graph.engine.apiSchema
  for (let i = 0; i < OPERATIONS_PER_GRAPH; i++) {
    const plainOperation = makeOperation(schema, spoiling.dice)
    const operation = { ...plainOperation, document: withTypes(plainOperation.document) }
    const { document, operationName, variables } = operation
    const source = print(document)
    const reportOf = (fault: unknown): string =>
      `${name} operation ${i}\n${source}\n${JSON.stringify(variables)}\n${spoiling.last}\n${fault}`
    for (let time = 0; time < TIMES_ASKED; time++) {
      try {
        const answer = await graph.engine.execute({ document, operationName, variables, source }, newContext())
        const fault = faultOf(answer, operation, schema)
        if (fault !== null) expect.fail(reportOf(fault))
      } catch (cause) {
        if ((cause as { code?: unknown }).code === 'PLAN_FAILED') break
        expect.fail(reportOf(cause instanceof Error ? cause.stack : cause))
      }
    }
  }
}
