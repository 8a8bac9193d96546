import { composeServices } from '@apollo/composition'
import { operationFromDocument, Supergraph } from '@apollo/federation-internals'
import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createQueryPlanner, MAX_EVALUATED_PLANS } from './supergraph.ts'

/**
 * Fields that each of two subgraphs answers, below a root field of a third. The operation has 2^n plans, where n is the number of
 * fields.
 */
const FIELDS = Array.from({ length: 16 }, (_, i) => `f${i}`)

describe('the query planner', () => {
  it('compares few plans if an operation has very many', () => {
    const supergraph = Supergraph.build(composed())
    const planner = createQueryPlanner(supergraph)
    const document = parse(`{ item { ${FIELDS.map((name) => `${name} { x }`).join(' ')} } }`)
    const plan = planner.buildQueryPlan(operationFromDocument(supergraph.apiSchema(), document))
    expect(plan.node).toBeDefined()
    const { evaluatedPlanCount } = planner.lastGeneratedPlanStatistics() ?? {}
    expect(evaluatedPlanCount).toBeGreaterThan(1)
    expect(evaluatedPlanCount).toBeLessThanOrEqual(MAX_EVALUATED_PLANS)
  })
})

function composed(): string {
  const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])'
  const fields = FIELDS.map((name) => `${name}: Part @shareable`).join(' ')
  const part = 'type Part { x: Int @shareable }'
  const sdls = {
    root: `${link} type Query { item: Item } type Item @key(fields: "id") { id: ID! }`,
    one: `${link} type Item @key(fields: "id") { id: ID! ${fields} } ${part}`,
    two: `${link} type Item @key(fields: "id") { id: ID! ${fields} } ${part}`,
  }
  const { supergraphSdl, errors } = composeServices(
    Object.entries(sdls).map(([name, sdl]) => ({ name, typeDefs: parse(sdl) })),
  )
  if (!supergraphSdl) throw new Error(`expected subgraphs that compose; came ${errors?.join()}`)
  return supergraphSdl
}
