import { buildSchema, type OperationDefinitionNode, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { coerceShown } from './shown-values.ts'

const schema = buildSchema(`
  enum Kind { A B }
  input Filter { id: ID!, kinds: [Kind!] = [A] }
  type Query { f: Int }
`)

/** Coerces one variable. Returns its value beside whether it is known. */
function coerceOne(declared: string, given: ReadonlyMap<string, unknown>, isComplete: boolean) {
  const [operation] = parse(`query (${declared}) { f }`).definitions as readonly OperationDefinitionNode[]
  const { coerced, isKnown } = coerceShown(operation?.variableDefinitions ?? [], schema, { values: given, isComplete })
  const [name = ''] = /\w+/.exec(declared) ?? []
  return [isKnown(name), Object.hasOwn(coerced, name) ? coerced[name] : 'no value']
}

describe('the variables that a leg shows of its question', () => {
  it.each([
    ['$a: Int', 7, [true, 7]],
    ['$a: Int', null, [true, null]],
    ['$a: [Kind!]', 'A', [true, ['A']]],
    ['$a: Filter', { id: 'x' }, [true, { id: 'x', kinds: ['A'] }]],
    ['$constructor: Int', 7, [true, 7]],
    ['$__proto__: Int', 7, [true, 7]],
  ])('are coerced as graphql-js does: %s with %j', (declared, value, expected) => {
    for (const isComplete of [true, false]) {
      const [name = ''] = /\w+/.exec(declared) ?? []
      expect(coerceOne(declared, new Map([[name, value]]), isComplete)).toEqual(expected)
    }
  })

  it.each([
    ['$a: Int', 'x'],
    ['$a: Int!', null],
    ['$a: Filter', { kinds: ['A'] }],
    ['$a: Query', 1],
    ['$a: Unknown', 1],
  ])('are not known if their values do not fit: %s with %j', (declared, value) => {
    const [name = ''] = /\w+/.exec(declared) ?? []
    expect(coerceOne(declared, new Map([[name, value]]), true)).toEqual([false, 'no value'])
  })

  it.each([
    ['$a: Int', [true, 'no value']],
    ['$a: Int = 5', [true, 5]],
    ['$a: Int!', [false, 'no value']],
  ])('have no value or their default only if the question hides none: %s', (declared, expected) => {
    expect(coerceOne(declared, new Map(), true)).toEqual(expected)
    expect(coerceOne(declared, new Map(), false)).toEqual([false, 'no value'])
  })
})
