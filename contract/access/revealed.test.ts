import {
  buildSchema,
  type FieldNode,
  type GraphQLObjectType,
  getArgumentValues,
  type OperationDefinitionNode,
  parse,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { couldReveal, revealedByArguments } from './revealed.ts'
import { readRuleTable } from './rule-table.ts'

const SDL = `
  directive @reveals(field: String!) repeatable on ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE
  enum Order { ID NAME @reveals(field: "P.name") }
  input Inner { born: Int @reveals(field: "P.born") }
  input Filter { inner: [Inner!] same: Filter  open: Int }
  type Query { find(filter: Filter, order: Order = NAME, flag: Int @reveals(field: "P.flag")): Int  plain(n: Int): Int }
`
const schema = buildSchema(SDL)
const table = readRuleTable(parse(SDL))
const query = schema.getQueryType() as GraphQLObjectType

function revealed(source: string, variables: Record<string, unknown> = {}): string[] {
  const operation = parse(source).definitions[0] as OperationDefinitionNode
  const node = operation.selectionSet.selections[0] as FieldNode
  const definition = query.getFields().find
  if (!definition) throw new Error('expected the field')
  return revealedByArguments('Query', definition, getArgumentValues(definition, node, variables), table).map(
    ({ coordinate, fields }) => `${coordinate} ${fields}`,
  )
}

describe('revealedByArguments', () => {
  it.each<[string, string[], Record<string, unknown>?]>([
    ['{ find }', ['Order.NAME P.name']],
    ['{ find(order: ID) }', []],
    ['{ find(order: null, flag: null) }', ['Order.NAME P.name']],
    ['query ($o: Order) { find(order: $o) }', ['Order.NAME P.name'], { o: null }],
    ['{ find(order: ID, flag: 0) }', ['Query.find(flag:) P.flag']],
    ['{ find(order: ID, filter: { open: 1 }) }', []],
    ['{ find(order: ID, filter: { same: { inner: { born: 1 } } }) }', ['Inner.born P.born']],
    ['query ($f: Filter) { find(order: ID, filter: $f) }', ['Inner.born P.born'], { f: { inner: [{}, { born: 2 }] } }],
    ['query ($f: Filter) { find(order: ID, filter: $f) }', [], { f: { inner: [{ born: null }] } }],
    ['query ($o: Order) { find(order: $o) }', ['Order.NAME P.name'], { o: 'NAME' }],
    ['query ($o: Order) { find(order: $o) }', ['Order.NAME P.name'], {}],
  ])('%s reveals %j', (source, expected, variables) => {
    expect(revealed(source, variables)).toEqual(expected)
  })

  it('is possible only if some argument can reveal a field', () => {
    const { find, plain } = query.getFields()
    expect(find && couldReveal('Query', find, table)).toBe(true)
    expect(plain && couldReveal('Query', plain, table)).toBe(false)
  })
})
