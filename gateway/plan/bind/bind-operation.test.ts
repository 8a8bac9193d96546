import { buildSchema, type GraphQLField, type GraphQLSchema, isObjectType, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { CompiledOperation, SpreadFetch } from '../../types/operation.ts'
import type { Unbound } from '../../types/plan.ts'
import type { LeafShape } from '../../types/shape.ts'
import { loadSupergraph } from '../graph/supergraph.ts'
import { createPlanMaker } from '../make-plan.ts'
import { SUPERGRAPH_SDL } from '../testing.ts'
import { createBinder } from './bind-operation.ts'

const graph = loadSupergraph(SUPERGRAPH_SDL)
const maker = createPlanMaker(graph, () => true)
const binder = createBinder(graph)

const SOURCE = `{
  person(id: "GT:1") {
    id: birthDate
    number: id
    __typename
    sameAs { sex cases(first: 2) { edges { node { participants(first: 1) { edges { cursor } } } } } }
  }
}`
const preparation = maker.prepare(parse(SOURCE), undefined, {})
const planned = maker.plan(preparation.normalised, new Set())

function fieldOf(schema: GraphQLSchema | undefined, typeName: string, name: string): GraphQLField<unknown, unknown> {
  const type = schema?.getType(typeName)
  const field = isObjectType(type) ? type.getFields()[name] : undefined
  if (!field) throw new Error(`expected ${typeName}.${name}`)
  return field
}

describe('a bound preparation', () => {
  const { keys } = preparation.normalised
  const operation = { source: SOURCE, operationName: undefined, conditions: {} }
  const lifted = { operation, names: null, values: {} }
  const bound = binder.bindPreparation({ keys, uses: preparation.uses, isIntrospection: false, lifted })
  const { uses, outKey } = bound

  it('has each field’s definition in the API schema, and no definition for __typename', () => {
    const byName = new Map(uses.map((use) => [use.fieldName, use.definition]))
    expect(byName.get('birthDate')).toBe(fieldOf(graph.apiSchema, 'Person', 'birthDate'))
    expect(byName.has('__typename')).toBe(true)
    expect(byName.get('__typename')).toBeUndefined()
  })

  it('has bound fields as parents', () => {
    const parents = uses.flatMap(({ parent }) => parent ?? [])
    expect(parents).toHaveLength(uses.length - 1)
    expect(parents.every((parent) => uses.includes(parent))).toBe(true)
  })

  it('knows the client’s keys', () => {
    expect(['birthDate', '_iA_id', '_iT'].map(outKey)).toEqual(['birthDate', 'id', null])
  })

  it('shares what needs no binding', () => {
    expect([bound.keys, bound.lifted.operation]).toEqual([keys, operation])
    expect(uses.every(({ node }, i) => node === preparation.uses[i]?.node)).toBe(true)
  })
})

describe('a bound operation', () => {
  const bound = binder.bindOperation(planned)
  const fetches = bound.fetches as readonly SpreadFetch[]
  const [persons, cases] = ['persons', 'cases'].map((name) => graph.subgraphs.get(name)?.schema)

  it('has the domain’s definitions of top fields and their pages', () => {
    const top = fetches.map(({ domain, fields }) => [domain, ...fields.map(({ shape }) => shape.fieldName)])
    expect(top).toEqual([
      ['persons', 'person'],
      ['persons', 'sex'],
      ['cases', 'cases'],
    ])
    expect(fetches[0]?.fields[0]?.spread?.definition).toBe(fieldOf(persons, 'Query', 'person'))
    expect(fetches[1]?.fields[0]?.spread).toBeNull()
    expect(fetches[2]?.fields[0]?.spread?.definition).toBe(fieldOf(cases, 'Person', 'cases'))
    expect(fetches[2]?.fields[0]?.shape.page?.definition).toBe(fieldOf(cases, 'Person', 'cases'))
  })

  it('has the domain’s definitions of the fields whose arguments are checked', () => {
    const checked = bound.checked.map(({ coordinate, spread, page }) => [coordinate, spread !== null, page !== null])
    expect(checked).toEqual([
      ['Query.person', true, false],
      ['Person.cases', true, true],
      ['Case.participants', false, true],
    ])
    const [person, personCases, participants] = bound.checked
    expect(person?.definition).toBe(fieldOf(persons, 'Query', 'person'))
    expect(personCases?.spread?.definition).toBe(fieldOf(cases, 'Person', 'cases'))
    expect(participants?.definition).toBe(fieldOf(cases, 'Case', 'participants'))
    expect(participants?.page?.definition).toBe(fieldOf(cases, 'Case', 'participants'))
  })

  it('shares what needs no binding, such as syntax nodes', () => {
    for (const [i, { fields, requires, keys, dependsOn }] of fetches.entries()) {
      const plain = planned.fetches[i] as Unbound<SpreadFetch>
      expect(requires).toBe(plain.requires)
      expect(keys).toBe(plain.keys)
      expect(dependsOn).toBe(plain.dependsOn)
      for (const [j, { node, merge }] of fields.entries()) {
        expect(node).toBe(plain.fields[j]?.node)
        expect(merge).toBe(plain.fields[j]?.merge)
      }
    }
  })

  it('checks the values of leaves, and knows which are IDs', () => {
    expect(leafAt(bound, 'person', '_iA_id').accepts('1970-01-01')).toBe(true)
    expect(leafAt(bound, 'person', '_iA_id').accepts('the first')).toBe(false)
    expect(['_iA_id', 'number'].map((key) => leafAt(bound, 'person', key).isId)).toEqual([false, true])
  })

  it('knows the client’s keys', () => {
    expect(['birthDate', '_iA_id', '_iT'].map(bound.outKey)).toEqual(['birthDate', 'id', null])
  })

  it('does not change the plan', () => {
    expect(planned).toStrictEqual(maker.plan(preparation.normalised, new Set()))
  })
})

describe('a plan of another supergraph', () => {
  const schema = buildSchema('type Query { other: Int }')

  it('cannot be bound if a domain is missing', () => {
    const others = createBinder({ ...graph, apiSchema: schema, subgraphs: new Map() })
    expect(() => others.bindOperation(planned)).toThrow(/expected a subgraph of the supergraph; came persons/)
  })

  it('cannot be bound if a field is missing', () => {
    const subgraphs = new Map([...graph.subgraphs.keys()].map((name) => [name, { schema }]))
    const others = createBinder({ ...graph, apiSchema: schema, subgraphs })
    expect(() => others.bindOperation(planned)).toThrow(/expected a field of the schema; came Query\.person/)
  })
})

function leafAt({ shape }: CompiledOperation, ...[first, second]: readonly [string, string]): LeafShape {
  const above = shape.onlyType?.fields.find(({ key }) => key === first)?.value
  const value = above?.kind === 'object' ? above.object.onlyType?.fields.find(({ key }) => key === second)?.value : null
  if (value?.kind !== 'leaf') throw new Error(`expected a leaf at ${first}.${second}`)
  return value
}
