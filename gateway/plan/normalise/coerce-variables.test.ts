import fc from 'fast-check'
import { buildSchema, GraphQLScalarType, getVariableValues, type OperationDefinitionNode, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { wordDetail } from '../../../contract/error-details.ts'
import { IstmoError } from '../../../contract/errors.ts'
import { LANGUAGES } from '../../../contract/language.ts'
import { CalendarDate } from '../../../contract/scalars.ts'
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

describe('a wrong variable', () => {
  const strict = buildSchema(`
    scalar Date
    enum Kind { A B }
    input Range { from: Date!, to: Date }
    input Search { name: String, born: Range, kinds: [Kind!] }
    type Query { a: Int }`)
  const born = strict.getType('Date')
  if (born instanceof GraphQLScalarType) born.parseValue = (value) => CalendarDate.parseValue(value)

  const wordsOf = (declared: string, value: unknown) => {
    try {
      coerceVariables(strict, operationOf(`query ($s: ${declared}) { a }`), value === undefined ? {} : { s: value })
    } catch (error) {
      if (error instanceof IstmoError) return LANGUAGES.map((language) => wordDetail(error.detail, language))
    }
    throw new Error('expected the variable to be rejected')
  }

  it.each<readonly [declared: string, value: unknown, en: string, es: string]>([
    ['Search!', undefined, 'takes Search!; came none.', 'admite Search!; no llegó ningún valor.'],
    ['Search!', null, 'takes Search!; came none.', 'admite Search!; no llegó ningún valor.'],
    [
      'Search!',
      'García',
      'takes Search!; came a value that is not of this type.',
      'llegó un valor que no es de este tipo.',
    ],
    ['Search', { nombre: 'García' }, 'came a member that Search does not have.', 'llegó un dato que Search no tiene.'],
    [
      'Search',
      { born: { since: '2020-01-01', from: '2020-01-01' } },
      'came a member that Range does not have.',
      'llegó un dato que Range no tiene.',
    ],
    [
      'Search',
      { born: { to: '2020-01-01' } },
      'Range requires from, and not all of them came.',
      'Range exige from, y no llegaron todos.',
    ],
    [
      'Search',
      { born: { from: '10/07/1974' } },
      'takes Search, and Date (2026-03-14) at .born.from; came another',
      'y Date (2026-03-14) en .born.from; ahí llegó otro valor.',
    ],
    [
      'Search',
      { kinds: ['A', 'García'] },
      'and Kind at .kinds[1]; came another',
      'y Kind en .kinds[1]; ahí llegó otro valor.',
    ],
    ['Date!', '10/07/1974', 'takes Date! (2026-03-14); came a value', 'admite Date! (2026-03-14); llegó un valor'],
    ['Kind', 'García', 'takes Kind; came a value', 'admite Kind; llegó un valor'],
  ])('of %s says what was expected: %o', (declared, value, ...words) => {
    const said = wordsOf(declared, value)
    for (const [at, text] of said.entries()) {
      expect(text).toContain(words[at])
      expect(text).not.toMatch(/García|nombre|since|1974/)
    }
  })
})
