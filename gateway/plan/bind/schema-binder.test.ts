import { buildSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createSchemaBinder } from './schema-binder.ts'

const schema = buildSchema(`
  type Query { a(b: Int): Int }
  interface Named { name: String }
  type Thing implements Named { name: String }
  union Any = Thing
  input Filter { a: Int }
  enum Sex { F M }
  scalar Date
  scalar constructor
`)
const contract = createSchemaBinder(schema, true)
const plain = createSchemaBinder(schema, false)

describe('the check of a leaf', () => {
  it.each<[string | null, unknown[], unknown[]]>([
    ['String', ['', 'x'], [1, true, {}, []]],
    ['ID', ['x', 7], [1.5, true, null]],
    ['Boolean', [true, false], ['true', 0]],
    ['Float', [1, 1.5], [Number.NaN, Number.POSITIVE_INFINITY, '1']],
    ['Int', [0, 2 ** 31 - 1, -(2 ** 31)], [2 ** 31, 1.5, '1']],
    ['Sex', ['F', 'M'], ['X', 1, 'toString']],
    ['Date', ['2020-02-29'], ['2021-02-29', 1]],
    ['constructor', ['any', 1, {}], []],
    [null, ['any', 1, {}], []],
  ])('of %s accepts %j and not %j', (typeName, accepted, rejected) => {
    const accepts = contract.leafCheck(typeName)
    expect(accepted.map(accepts)).toEqual(accepted.map(() => true))
    expect(rejected.map(accepts)).toEqual(rejected.map(() => false))
  })

  it('accepts any value of a contract’s scalar if these are not checked', () => {
    expect(plain.leafCheck('Date')('the first')).toBe(true)
  })

  it('is one function for each type', () => {
    expect(contract.leafCheck('Sex')).toBe(contract.leafCheck('Sex'))
  })
})

describe('the definition of a field', () => {
  it('is found by its coordinate', () => {
    expect(contract.definitionOf('Query.a')).toBe(schema.getQueryType()?.getFields().a)
    expect(contract.findDefinition('Named.name')?.name).toBe('name')
  })

  it.each(['Query.__typename', 'Query.b', 'Other.a', 'Any.name', 'Filter.a', 'Sex.F', 'Query.constructor'])(
    'does not exist for %s',
    (coordinate) => {
      expect(contract.findDefinition(coordinate)).toBeUndefined()
      expect(() => contract.definitionOf(coordinate)).toThrow(`expected a field of the schema; came ${coordinate}`)
    },
  )
})
