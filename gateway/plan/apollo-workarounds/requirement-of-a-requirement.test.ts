import { composeServices } from '@apollo/composition'
import { Kind, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { PlainFetch } from '../../types/plan.ts'
import { type CompileForTest, createTestCompiler } from '../testing.ts'

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@external", "@requires", "@inaccessible"])`

/** `grant` requires `grade`, which requires `acres`, which another subgraph answers. */
const SDLS = {
  farms: `${LINK} type Query { farms: [[Farm]] } type Mutation { sow: Farm }
    type Farm @key(fields: "id") { id: ID! acres: Int @external grade: String @requires(fields: "acres") }`,
  grants: `${LINK} type Farm @key(fields: "id") { id: ID! grade: String @external
    grant(year: Int): String @requires(fields: "grade") }`,
  land: `${LINK} type Farm @key(fields: "id") { id: ID! acres: Int }`,
}

describe('a requirement that requires', () => {
  it('is asked for by name, and a later fetch asks for the field', () => {
    expect(outline('query ($y: Int) { farms { id: grant(year: $y) } }')).toEqual([
      'farms {farms{__typename id _iR1_id:id}}',
      'land farms.@.@ {_entities{...{acres}}} <- 0',
      'farms farms.@.@ {_entities{...{_iR1_grade:grade}}} <- 0 1',
      'grants farms.@.@ {_entities{...{_iA_id:grant}}} $y <- 0 2',
    ])
  })

  it('is asked for once for all aliases of a field', () => {
    const fetches = outline('{ farms { a: grant(year: 1) b: grant(year: 2) } }')
    expect(fetches.at(-1)).toBe('grants farms.@.@ {_entities{...{a:grant b:grant}}} <- 0 2')
    expect(fetches).toHaveLength(4)
  })

  it('is asked for in steps after a mutation too, which runs once', () => {
    const fetches = fetchesOf('mutation { sow { grant } }')
    expect(fetches.map(({ kind }) => kind)).toEqual(['mutation', 'query', 'query', 'query'])
  })

  it('is left to the planner if its plan is correct', () => {
    expect(outline('{ farms { grade } }').join()).not.toContain('_iR')
  })

  it('is rejected if a client could not ask for it', () => {
    const hidden = { ...SDLS, farms: SDLS.farms.replace('grade: String @r', 'grade: String @inaccessible @r') }
    expect(() => fetchesOf('{ farms { grant } }', compilerOf(hidden))).toThrow('The gateway cannot make a plan')
  })

  it('is planned separately if it conflicts with another and a client could not ask for it', () => {
    const conflicting = {
      goods: `${LINK} type Query { good: Good }
        type Good @key(fields: "id") { id: ID! price(in: Int): Int @inaccessible }`,
      costs: `${LINK} type Good @key(fields: "id") { id: ID! price(in: Int): Int @external
        one: Int @requires(fields: "price(in: 1)") two: Int @requires(fields: "price(in: 2)") }`,
    }
    const { fetches, separateGroups } = compilerOf(conflicting)('{ good { one two } }')
    expect([fetches, ...separateGroups].map((part) => part.length)).toEqual([2, 2])
  })
})

/** Writes one line for each fetch: `domain path {selections} variables <- the fetches that it depends on`. */
function outline(source: string): string[] {
  return fetchesOf(source).map(({ domain, path, selections, variableNames, dependsOn }) => {
    const variables = variableNames.filter((name) => name !== 'representations').map((name) => `$${name}`)
    const dependencies = dependsOn.length > 0 ? `<- ${dependsOn.join(' ')}` : ''
    return [domain, path.join('.'), printSelections(selections), ...variables, dependencies]
      .filter((part) => part !== '')
      .join(' ')
  })
}

function printSelections(selections: PlainFetch['selections']): string {
  const parts = selections.map((node) => {
    const below =
      node.kind !== Kind.FRAGMENT_SPREAD && node.selectionSet ? printSelections(node.selectionSet.selections) : ''
    const alias = node.kind === Kind.FIELD && node.alias ? `${node.alias.value}:` : ''
    return `${alias}${node.kind === Kind.FIELD ? node.name.value : '...'}${below}`
  })
  return `{${parts.join(' ')}}`
}

function fetchesOf(source: string, compile = compilerOf(SDLS)): readonly PlainFetch[] {
  return compile(source).fetches as readonly PlainFetch[]
}

function compilerOf(sdls: Readonly<Record<string, string>>): CompileForTest {
  const services = Object.entries(sdls).map(([name, sdl]) => ({ name, typeDefs: parse(sdl) }))
  const { supergraphSdl, errors } = composeServices(services)
  if (!supergraphSdl) throw new Error(`expected subgraphs that compose; came ${errors?.join()}`)
  return createTestCompiler(supergraphSdl, () => false)
}
