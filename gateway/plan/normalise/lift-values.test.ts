import fc from 'fast-check'
import { buildSchema, type DirectiveNode, execute, Kind, parse, print, validate, visit } from 'graphql'
import { describe, expect, it } from 'vitest'
import { coerceVariables } from './coerce-variables.ts'
import { findOperation } from './conditions.ts'
import { liftValues, liftVariables } from './lift-values.ts'

const schema = buildSchema(`
  directive @note(text: String, level: Int) on FIELD | QUERY | FRAGMENT_SPREAD
  enum Kind { ONE TWO }
  scalar Big
  input In { id: ID, text: String = "by default", list: [Int!], deep: In, kind: Kind, big: Big }
  input Choice @oneOf { a: String, b: In }
  interface Thing { self(a: Int): Thing }
  type Query implements Thing {
    field(id: ID, int: Int, required: Int!, defaulted: Int! = 7, float: Float, text: String, kind: Kind, flag: Boolean,
      ids: [ID!], matrix: [[Int]], input: In, inputs: [In!], big: Big, choice: Choice): String
    self(a: Int): Query
  }`)

/** Resolves each field to the arguments that it gets. */
const echo = (_: unknown, args: unknown): string => JSON.stringify(args, (_key, value) => value)
const rootValue = { field: (args: unknown) => echo(null, args), self: () => rootValue }

function lift(source: string, variables: Record<string, unknown> = {}) {
  const document = parse(source, { noLocation: true })
  expect(validate(schema, document)).toEqual([])
  const operation = findOperation(document, undefined)
  const lifted = liftValues(document, operation, schema)
  if (lifted === null) throw new Error('expected an operation that is lifted')
  const coerced = coerceVariables(schema, operation, variables)
  return { text: print(lifted.document), ...lifted, variables: liftVariables(lifted, coerced), document, coerced }
}

describe('lifting values', () => {
  it.each([
    ['a text', '{ field(required: 1, text: "Ana") }', 'field(required: $v0, text: $v1)', { v0: 1, v1: 'Ana' }],
    ['a number as an id', '{ field(required: 1, id: 77) }', 'field(required: $v0, id: $v1)', { v0: 1, v1: '77' }],
    [
      'an id longer than a number',
      '{ field(required: 1, id: 12345678901234567890) }',
      'id: $v1',
      { v1: '12345678901234567890' },
    ],
    ['an enum value', '{ field(required: 1, kind: TWO) }', 'kind: $v1', { v1: 'TWO' }],
    ['a boolean', '{ field(required: 1, flag: true) }', 'flag: $v1', { v1: true }],
    ['a list', '{ field(required: 1, ids: ["a", 2]) }', 'ids: $v1', { v1: ['a', '2'] }],
    ['one value where a list stands', '{ field(required: 1, ids: "a") }', 'ids: $v1', { v1: ['a'] }],
    [
      'lists in a list',
      '{ field(required: 1, matrix: [[1], null, [2, null]]) }',
      'matrix: $v1',
      { v1: [[1], null, [2, null]] },
    ],
    [
      'an input object',
      '{ field(required: 1, input: { id: 5 }) }',
      'input: $v1',
      { v1: { id: '5', text: 'by default' } },
    ],
    ['an argument of a directive', '{ field(required: 1) @note(text: "Ana") }', '@note(text: $v1)', { v1: 'Ana' }],
  ])('replaces %s', (_, source, text, variables) => {
    const lifted = lift(source)
    expect(lifted.text).toContain(text)
    expect(lifted.variables).toMatchObject(variables)
  })

  it('lifts what stands beside a variable, each with the type of its place', () => {
    const { text, variables } = lift(
      'query Q($dpi: ID, $n: Int!) { field(required: $n, input: { id: $dpi, text: "Ana", deep: { list: [1, $n] } }) }',
      { dpi: '2345', n: 3 },
    )
    expect(text).toBe(
      'query ($v0: Int!, $v1: ID, $v2: String, $v3: Int!) {\n' +
        '  field(required: $v0, input: {id: $v1, text: $v2, deep: {list: [$v3, $v0]}})\n}',
    )
    expect(variables).toEqual({ v0: 3, v1: '2345', v2: 'Ana', v3: 1 })
  })

  it('drops defaults, and gives a variable that now needs a value a type that says so', () => {
    const source = 'query ($a: Int = 42, $b: String = "Ana", $c: Int) { field(required: $a, text: $b, defaulted: $c) }'
    const { text, variables } = lift(source, { b: null })
    expect(text.split('\n')[0]).toBe('query ($v0: Int!, $v1: String, $v2: Int) {')
    expect(variables).toEqual({ v0: 42, v1: null })
  })

  it('lifts equal values of one type into one variable, so that fields with one key can still be merged', () => {
    const { text, variables } = lift(
      '{ a: field(required: 5) ...F ... on Thing { self(a: 5) { a: self(a: 5) { __typename } } } } fragment F on Query { a: field(required: 5) }',
    )
    expect(variables).toEqual({ v0: 5, v1: 5 })
    expect(validate(schema, parse(text))).toEqual([])
  })

  it('leaves null, the conditions that the planner resolves, and numbers that JSON would change', () => {
    const { text, variables } = lift(
      'query ($w: Boolean!) { field(required: 1, text: null, big: 123456789012345678901) @include(if: true) @skip(if: $w) }',
      { w: false },
    )
    expect(text).toContain('text: null, big: 123456789012345678901) @include(if: true) @skip(if: $v1)')
    expect(variables).toEqual({ v0: 1, v1: false })
  })

  it('keeps no name that a client chose, except aliases', () => {
    const source =
      'query Ana2345($dpi2345: Int!) { ...Ana2345 } fragment Ana2345 on Query { alias: field(required: $dpi2345) }'
    expect(lift(source, { dpi2345: 1 }).text).not.toMatch(/Ana|2345/)
    expect(lift(source, { dpi2345: 1 }).text).toContain('alias: field')
  })

  it('keeps no description of an operation, a variable or a fragment', () => {
    const source = '"Ana1" query ("Ana2" $a: Int!) { ...F } """Ana3""" fragment F on Query { field(required: $a) }'
    expect(lift(source, { a: 1 }).text).not.toContain('Ana')
  })

  it('lifts nothing from an operation that asks only about the schema', () => {
    const document = parse('query Q { __typename ...F } fragment F on Query { __type(name: "Query") { name } }')
    expect(liftValues(document, findOperation(document, undefined), schema)).toBeNull()
  })

  it('changes neither what an operation means nor whether it is valid, and its text depends on no value', async () => {
    await fc.assert(
      fc.asyncProperty(operations, fc.array(fc.nat(9), { minLength: 1 }), async (template, digits) => {
        const variables = { n: 3, s: 'x' }
        const write = (add: number): string => {
          let at = 0
          return template.replaceAll('#', () => String(((digits[at++ % digits.length] ?? 0) + add) % 10))
        }
        const { text, variables: lifted, document } = lift(write(0), variables)
        expect(validate(schema, parse(text))).toEqual([])
        expect(listValues(text)).toEqual([])
        const before = await execute({ schema, rootValue, document, variableValues: variables })
        expect(await execute({ schema, rootValue, document: parse(text), variableValues: lifted })).toEqual(before)
        // Other values that are equal to one another where these are give the same text.
        expect(lift(write(1), variables).text).toBe(text)
      }),
      { numRuns: 100 },
    )
  })
})

/** Lists the values that stand in a text, besides null and conditions. */
function listValues(text: string): string[] {
  const values: string[] = []
  const note = (node: { readonly value: unknown }): void => void values.push(String(node.value))
  visit(parse(text), {
    [Kind.DIRECTIVE]: ({ name }: DirectiveNode) =>
      name.value === 'include' || name.value === 'skip' ? false : undefined,
    [Kind.STRING]: note,
    [Kind.INT]: note,
    [Kind.FLOAT]: note,
    [Kind.ENUM]: note,
    [Kind.BOOLEAN]: note,
  })
  return values
}

/** Random operations in which each `#` stands for a digit. */
const literal = (text: string) => fc.constant(text)
const int = fc.oneof(literal('#'), literal('$n'), literal('null'))
const input: fc.Arbitrary<string> = fc.letrec<{ input: string }>((tie) => ({
  input: fc
    .record(
      {
        id: fc.oneof(literal('"ID#"'), literal('#'), literal('$s')),
        text: fc.oneof(literal('"t#"'), literal('"""b#"""'), literal('null')),
        list: fc.array(fc.oneof(literal('#'), literal('$n')), { maxLength: 3 }).map((all) => `[${all.join(', ')}]`),
        kind: fc.constantFrom('ONE', 'TWO'),
        deep: fc.oneof({ depthSize: 'small' }, literal('null'), tie('input')),
      },
      { requiredKeys: [] },
    )
    .map(
      (fields) =>
        `{${Object.entries(fields)
          .map(([name, value]) => `${name}: ${value}`)
          .join(', ')}}`,
    ),
})).input
const args = fc
  .record(
    {
      required: fc.oneof(literal('#'), literal('$n')),
      int,
      defaulted: literal('#'),
      float: fc.oneof(literal('#.5'), literal('#e2'), literal('#')),
      ids: fc.oneof(literal('"#"'), literal('[#, "x#", $s]'), literal('[]')),
      matrix: fc.oneof(literal('[[#, $n], null]'), literal('#')),
      input: fc.oneof(input, literal('null')),
      inputs: fc.oneof(
        input,
        fc.array(input, { maxLength: 2 }).map((all) => `[${all.join(', ')}]`),
      ),
      choice: fc.oneof(
        literal('{a: "#"}'),
        input.map((each) => `{b: ${each}}`),
      ),
    },
    { requiredKeys: ['required'] },
  )
  .map((all) =>
    Object.entries(all)
      .map(([name, value]) => `${name}: ${value}`)
      .join(', '),
  )
const operations = fc.tuple(fc.array(args, { minLength: 1, maxLength: 3 }), args).map(([fields, below]) => {
  const selections = fields.map((each, i) => `a${i}: field(${each}) @include(if: true)`)
  const used = 'n: field(required: $n, text: $s)'
  return `query Q($n: Int! = 1, $s: ID = "s") { ${selections.join(' ')} ${used.replace('text: $s', 'id: $s')} ...F } fragment F on Query { self(a: #) { b: field(${below}) } }`
})
