import { composeServices } from '@apollo/composition'
import { Kind, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { CompiledOperation } from '../../types/operation.ts'
import type { PlainFetch } from '../../types/plan.ts'
import { createPlanner, type Planner } from '../compile.ts'

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@external", "@requires", "@inaccessible"])`

/** A grant requires a grade, which requires the acres that another subgraph has. */
const SDLS = {
  farms: `${LINK} type Query { farms: [[Farm]] } type Mutation { sow: Farm }
    type Farm @key(fields: "id") { id: ID! acres: Int @external grade: String @requires(fields: "acres") }`,
  grants: `${LINK} type Farm @key(fields: "id") { id: ID! grade: String @external
    grant(year: Int): String @requires(fields: "grade") }`,
  land: `${LINK} type Farm @key(fields: "id") { id: ID! acres: Int }`,
}

describe('a requirement that requires', () => {
  it('is asked for by name, and the field by a fetch that waits for it', () => {
    expect(outline('query ($y: Int) { farms { id: grant(year: $y) } }')).toEqual([
      'farms {farms{__typename id _iR1_id:id}}',
      'land farms.@.@ {_entities{...{acres}}} <- 0',
      'farms farms.@.@ {_entities{...{_iR1_grade:grade}}} <- 0 1',
      'grants farms.@.@ {_entities{...{_iA_id:grant}}} $y <- 0 2',
    ])
  })

  it('is asked for once for all aliases of a field, and by the arguments of each', () => {
    const fetches = outline('{ farms { a: grant(year: 1) b: grant(year: 2) } }')
    expect(fetches.at(-1)).toBe('grants farms.@.@ {_entities{...{a:grant b:grant}}} <- 0 2')
    expect(fetches).toHaveLength(4)
  })

  it('is asked for in steps after a mutation, too, which runs once', () => {
    const fetches = fetchesOf('mutation { sow { grant } }')
    expect(fetches.map(({ kind }) => kind)).toEqual(['mutation', 'query', 'query', 'query'])
  })

  it('is left to the planner where the plan is sound', () => {
    expect(outline('{ farms { grade } }').join()).not.toContain('_iR')
  })

  it('is refused where a client could not ask for it', () => {
    const hidden = { ...SDLS, farms: SDLS.farms.replace('grade: String @r', 'grade: String @inaccessible @r') }
    expect(() => fetchesOf('{ farms { grant } }', plannerOf(hidden))).toThrow('The gateway cannot make a plan')
  })

  it('is parted from its like where it conflicts with it and a client could not ask for it', () => {
    const conflicting = {
      goods: `${LINK} type Query { good: Good }
        type Good @key(fields: "id") { id: ID! price(in: Int): Int @inaccessible }`,
      costs: `${LINK} type Good @key(fields: "id") { id: ID! price(in: Int): Int @external
        one: Int @requires(fields: "price(in: 1)") two: Int @requires(fields: "price(in: 2)") }`,
    }
    const { fetches, separately } = compiledOf('{ good { one two } }', plannerOf(conflicting))
    expect([fetches, ...separately].map((part) => part.length)).toEqual([2, 2])
  })
})

/** `domain path {selections} variables <- what it waits for`, a line a fetch. */
function outline(source: string): string[] {
  return fetchesOf(source).map(({ domain, path, selections, variableNames, dependsOn }) => {
    const variables = variableNames.filter((name) => name !== 'representations').map((name) => `$${name}`)
    const waits = dependsOn.length > 0 ? `<- ${dependsOn.join(' ')}` : ''
    return [domain, path.join('.'), written(selections), ...variables, waits].filter((part) => part !== '').join(' ')
  })
}

function written(selections: PlainFetch['selections']): string {
  const parts = selections.map((node) => {
    const below = node.kind !== Kind.FRAGMENT_SPREAD && node.selectionSet ? written(node.selectionSet.selections) : ''
    const alias = node.kind === Kind.FIELD && node.alias ? `${node.alias.value}:` : ''
    return `${alias}${node.kind === Kind.FIELD ? node.name.value : '...'}${below}`
  })
  return `{${parts.join(' ')}}`
}

function fetchesOf(source: string, planner = plannerOf(SDLS)): readonly PlainFetch[] {
  return compiledOf(source, planner).fetches as readonly PlainFetch[]
}

function compiledOf(source: string, planner: Planner): CompiledOperation {
  const document = parse(source)
  const { prepared } = planner.prepare({ document, source, operationName: undefined, variables: {} })
  return planner.compile(prepared, new Set())
}

function plannerOf(sdls: Readonly<Record<string, string>>): Planner {
  const services = Object.entries(sdls).map(([name, sdl]) => ({ name, typeDefs: parse(sdl) }))
  const { supergraphSdl, errors } = composeServices(services)
  if (!supergraphSdl) throw new Error(`expected subgraphs that compose; came ${errors?.join()}`)
  return createPlanner(supergraphSdl, () => false)
}
