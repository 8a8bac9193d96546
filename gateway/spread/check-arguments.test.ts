import { buildSchema, type FieldNode, type GraphQLField, type GraphQLObjectType, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { encodeCursor } from '../../contract/cursor.ts'
import type { PageArguments } from '../types/shape.ts'
import { argumentValues, checkArguments, pageOf } from './check-arguments.ts'

const SCHEMA = buildSchema(`
  type Query {
    cases(first: Int = 20, after: String, orderBy: Order = NEWEST, ids: [[ID!]], filter: Filter, countries: [String!], text: String): Int
    case(id: ID!): Int
  }
  enum Order { NEWEST, OLDEST }
  input Filter { text: String, id: ID, next: Filter }`)
const FIELDS = (SCHEMA.getType('Query') as GraphQLObjectType).getFields()
const CASES = FIELDS.cases as GraphQLField<unknown, unknown>
const CASE = FIELDS.case as GraphQLField<unknown, unknown>
const PAGE = { definition: CASES, coordinate: 'Query.cases', fixedOrder: null } as unknown as PageArguments

describe('the arguments of a field', () => {
  it('are read from literals, variables and defaults', () => {
    expect(argumentValues(CASES, nodeOf('cases(text: "a", first: $first)'), { first: 5 })).toEqual({
      text: 'a',
      first: 5,
      orderBy: 'NEWEST',
    })
  })

  it('are rejected if a required one has a variable without a value', () => {
    expect(() => argumentValues(CASE, nodeOf('case(id: $id)'), {})).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT', message: expect.stringContaining('id') }),
    )
  })

  it('pass on an error that is not the caller’s', () => {
    const broken = new Proxy(
      {},
      {
        getOwnPropertyDescriptor: () => {
          throw new TypeError('broken')
        },
        has: () => {
          throw new TypeError('broken')
        },
      },
    )
    expect(() => argumentValues(CASE, nodeOf('case(id: $id)'), broken)).toThrow(TypeError)
  })
})

describe('a page', () => {
  const base = { key: 'k', id: 'GT:1' }
  const cursorOf = (order: string, silent?: object) =>
    encodeCursor({ order, ...base, ...(silent && { silent }) } as never)

  it.each<[string, Readonly<Record<string, unknown>>, object]>([
    ['has the defaults of the field', {}, { order: 'NEWEST', first: 20, after: null, base: null, silent: {} }],
    ['has the default size if `first` is null', { first: null }, { first: 20 }],
    ['may have no edges', { first: 0 }, { first: 0 }],
    ['has the order of the request', { orderBy: 'OLDEST' }, { order: 'OLDEST' }],
    ['has the default order if `orderBy` is null', { orderBy: null }, { order: 'NEWEST' }],
    ['begins at the start if `after` is null', { after: null }, { after: null, base: null }],
    ['begins after a cursor', { after: cursorOf('NEWEST') }, { after: cursorOf('NEWEST'), base, silent: {} }],
    ['has the places of silent countries', { after: cursorOf('NEWEST', { HN: 0 }) }, { base, silent: { HN: 0 } }],
  ])('%s', (_, values, expected) => {
    expect(pageOf(PAGE, values, true)).toMatchObject(expected)
  })

  it('has the fixed order of its field', () => {
    expect(pageOf({ ...PAGE, fixedOrder: 'ROW_ASC' }, {}, true).order).toBe('ROW_ASC')
  })

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['of a cursor in another order', { after: cursorOf('OLDEST') }, 'BAD_CURSOR'],
    ['of another text', { after: 'x' }, 'BAD_CURSOR'],
    ['of a size below 0', { first: -1 }, 'BAD_USER_INPUT'],
    ['of too large a size', { first: 101 }, 'BAD_USER_INPUT'],
  ])('is rejected because %s', (_, values, code) => {
    expect(() => pageOf(PAGE, values, true)).toThrow(expect.objectContaining({ code }))
  })

  it('is rejected if a field of one country gets a cursor with silent countries', () => {
    const after = cursorOf('NEWEST', { HN: 0 })
    expect(() => pageOf(PAGE, { after }, false)).toThrow(
      'Query.cases takes a cursor of one country; came one of several',
    )
    expect(pageOf(PAGE, { after: cursorOf('NEWEST') }, false)).toMatchObject({ base })
  })
})

describe('the fields that countries answer', () => {
  it.each<[string, string, string | null]>([
    ['an id in a list of lists', 'cases(ids: [["GT:1"], ["x"]])', 'ID_INVALID'],
    ['an id in an input object', 'cases(filter: { next: { id: "x" } })', 'ID_INVALID'],
    ['a required id', 'case(id: "x")', 'ID_INVALID'],
    ['a text with U+0000', String.raw`cases(text: "\u0000")`, 'BAD_USER_INPUT'],
    ['no text', 'cases(text: "x", filter: { text: "x" })', null],
    ['no valid ids and no nulls', 'cases(ids: [["GT:1"], null], filter: { id: null })', null],
  ])('are rejected for %s', (_, source, code) => {
    const definition = source.startsWith('case(') ? CASE : CASES
    expect(codeOf({ definition, node: nodeOf(source) })).toBe(code)
  })

  it.each([
    [
      'EVERY',
      'cases(countries: ["GT", "XX"])',
      'Query.cases takes codes of ISO 3166-1 alpha-2 in two capital letters, or UN',
    ],
    ['EVERY', 'cases(countries: ["GT", "MX", "UN"])', null],
    ['EVERY', 'cases(countries: ["GT"])', null],
    ['EVERY', 'cases(countries: null)', null],
    ['OWNER', 'cases(countries: ["XX"])', null],
    [null, 'cases(countries: ["XX"])', null],
  ])('answered by %s with %s are rejected with: %s', (who, source, message) => {
    const spread = who && { who, argument: 'countries' }
    const check = () => checkOne({ spread, node: nodeOf(source) })
    if (message === null) expect(check).not.toThrow()
    else expect(check).toThrow(message)
  })

  it.each([
    ['EVERY', null],
    ['OWNER', 'BAD_CURSOR'],
  ])('answered by %s, with a cursor that has silent countries, are rejected with %s', (who, code) => {
    const after = encodeCursor({ order: 'NEWEST', key: '', id: 'GT:1', silent: { HN: 0 } })
    const spread = { who, argument: 'countries' }
    expect(codeOf({ spread, page: PAGE, node: nodeOf(`cases(after: "${after}")`) })).toBe(code)
  })
})

function checkOne(field: object): void {
  const whole = { definition: CASES, coordinate: 'Query.cases', page: null, spread: null, ...field }
  checkArguments([whole as never], {})
}

function codeOf(field: object): string | null {
  try {
    checkOne(field)
    return null
  } catch (error) {
    return (error as { code: string }).code
  }
}

function nodeOf(selection: string): FieldNode {
  const [operation] = parse(`query ($id: ID!, $first: Int) { ${selection} }`, { noLocation: true }).definitions
  const node = operation?.kind === 'OperationDefinition' ? operation.selectionSet.selections[0] : undefined
  if (node?.kind !== 'Field') throw new Error('expected a field')
  return node
}
