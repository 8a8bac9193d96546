import { buildSubgraphSchema } from '@apollo/subgraph'
import { type GraphQLSchema, parse, print, printSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { sha256Url } from '../../contract/trust/digest.ts'
import type { Leg, SendLeg } from '../../gateway/types/flow.ts'
import { compareLeg, listLegFields } from '../../subgraphs/kit/question/compare-leg.ts'
import { createQuestionContract } from '../../subgraphs/kit/question/question-contract.ts'
import { createQuestionDocuments } from '../../subgraphs/kit/question/question-memory.ts'
import { seededDice } from '../fuzz/random.ts'
import { FUZZ_TIMEOUT_MS } from '../fuzz/runs.ts'
import { askGraph, buildGraph } from '../fuzz/supergraph/ask-graph.ts'
import { makeOperation } from '../fuzz/supergraph/make-operation.ts'

const GRAPHS = Number(process.env.ISTMO_FUZZ_GRAPHS ?? 3)
const OPERATIONS = 40
const SEED = Number(process.env.ISTMO_FUZZ_SEED ?? 1)

function hasOnlyIds({ representations }: Leg['variables']): boolean {
  return Array.isArray(representations) && representations.every((one) => typeof one?.id === 'string')
}

describe('a leg of an honest gateway over any supergraph', () => {
  it(
    'follows from the question, also through interfaces, required fields and interface objects',
    async () => {
      let legsCompared = 0
      for (let seed = SEED, graphs = 0; graphs < GRAPHS; seed++) {
        const legs: Leg[] = []
        const graph = buildGraph(
          `${seed}.0`,
          (send): SendLeg =>
            (leg, request) => {
              legs.push(leg)
              return send(leg, request)
            },
        )
        if (graph === null) continue
        graphs += 1
        const contract = createQuestionContract(
          printSchema(graph.engine.apiSchema),
          graph.subgraphs.map(({ sdl }) => sdl),
        )
        const documents = createQuestionDocuments(contract)
        const schemas = new Map<string, GraphQLSchema>(
          graph.subgraphs.map(({ name, sdl }) => [name, buildSubgraphSchema(parse(sdl))]),
        )
        const dice = seededDice(`questions ${seed}`)
        for (let i = 0; i < OPERATIONS; i++) {
          const operation = makeOperation(graph.reference.schema, dice)
          legs.length = 0
          await askGraph(graph, operation)
          const text = print(operation.document)
          const question = documents
            .read(sha256Url(text), operation.operationName, text)
            .show({ values: new Map(Object.entries(operation.variables)), isComplete: true })
          for (const leg of legs) {
            const schema = schemas.get(leg.domain)
            if (schema === undefined) throw new Error(`expected a subgraph; came ${leg.domain}`)
            const document = parse(leg.query)
            const request = { document, variables: leg.variables, operationName: undefined }
            const { foreign } = compareLeg(listLegFields(document, schema), request, schema, question)
            const report = `seed ${seed} ${leg.domain}\n${leg.query}\n${JSON.stringify(leg.variables)}\n${text}\n${JSON.stringify(operation.variables)}`
            // The contract has records with ids. Other keys are not compared.
            const isWithoutId = foreign?.reason === 'REPRESENTATION' && !hasOnlyIds(leg.variables)
            expect(isWithoutId ? null : foreign, report).toBe(null)
            legsCompared += 1
          }
        }
      }
      expect(legsCompared).toBeGreaterThan(GRAPHS)
    },
    FUZZ_TIMEOUT_MS,
  )
})
