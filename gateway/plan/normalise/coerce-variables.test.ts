import fc from 'fast-check'
import { buildSchema, getVariableValues, type OperationDefinitionNode, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { IstmoError } from '../../../contract/errors.ts'
import { coerceVariables } from './coerce-variables.ts'

const schema = buildSchema(`
  enum Kind { A B }
  input Box { a: Int! b: [Kind!] = [A] }
  scalar Any
  type Query { a: Int }`)

const TYPES = ['ID', 'String', 'Int', 'Float', 'Boolean', 'Kind', 'Any', '[Int!]', '[ID]', 'Box', 'Nothing', 'Query']
const DEFAULTS: Readonly<Record<string, string>> = { Int: '1', ID: '"x"', Kind: 'B', Box: '{ a: 2 }', '[Int!]': '[3]' }

const VALUES = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, '', 'A', 'B', 'C', 0, -0, 1.5, 2 ** 31, true, false, [], [1], ['x', null]),
  fc.constantFrom<unknown>({}, { a: 1 }, { a: 1, b: ['A'] }, { a: null }, { a: 1, c: 1 }, Number.NaN),
  fc.string({ maxLength: 3 }),
)

/** One variable: its declaration, and its value if one comes. */
const VARIABLE = fc.record({
  type: fc.constantFrom(...TYPES),
  isRequired: fc.boolean(),
  hasDefault: fc.boolean(),
  sent: fc.option(fc.record({ value: VALUES })),
})

const operationOf = (text: string): OperationDefinitionNode => parse(text).definitions[0] as OperationDefinitionNode

describe('variables', () => {
  it('are coerced as graphql-js does, or rejected if it rejects them', () => {
    fc.assert(
      fc.property(fc.array(VARIABLE, { maxLength: 4 }), fc.array(VALUES, { maxLength: 1 }), (variables, others) => {
        const declared = variables.map(({ type, isRequired, hasDefault }, at) => {
          const byDefault = hasDefault && DEFAULTS[type] !== undefined ? ` = ${DEFAULTS[type]}` : ''
          return `$v${at}: ${type}${isRequired ? '!' : ''}${byDefault}`
        })
        const operation = operationOf(declared.length === 0 ? '{ a }' : `query (${declared.join(', ')}) { a }`)
        const sent = variables.flatMap((each, at) => (each.sent === null ? [] : [[`v${at}`, each.sent.value]]))
        const inputs = Object.fromEntries([...sent, ...others.map((value) => ['other', value])])
        const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], inputs)
        // The second time, what the operation declares is known.
        for (let times = 0; times < 2; times++) {
          if (coerced === undefined) expect(() => coerceVariables(schema, operation, inputs)).toThrow(IstmoError)
          else expect({ ...coerceVariables(schema, operation, inputs) }).toStrictEqual({ ...coerced })
        }
      }),
    )
  })

  it('of one operation are coerced by the schema that is asked for', () => {
    const operation = operationOf('query ($kind: Kind) { a }')
    const other = buildSchema('scalar Kind type Query { a: Int }')
    expect(coerceVariables(other, operation, { kind: 'C' })).toEqual({ kind: 'C' })
    expect(() => coerceVariables(schema, operation, { kind: 'C' })).toThrow('$kind')
    expect(coerceVariables(other, operation, { kind: 'C' })).toEqual({ kind: 'C' })
  })

  it('never have the name of the prototype', () => {
    const operation = operationOf('query ($__proto__: Int) { a }')
    expect(() => coerceVariables(schema, operation, JSON.parse('{"__proto__":1}'))).toThrow(IstmoError)
  })
})
