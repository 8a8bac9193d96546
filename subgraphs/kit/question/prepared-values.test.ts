import fc from 'fast-check'
import {
  buildSchema,
  type FieldNode,
  getArgumentValues,
  type OperationDefinitionNode,
  parse,
  parseValue,
  type VariableDefinitionNode,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { coerceFresh } from '../../../tests/questions-at-node/fresh-comparison.ts'
import { prepareArguments } from './read-arguments.ts'
import { prepareShownVariables } from './shown-values.ts'

const schema = buildSchema(`
  enum Kind { A B }
  input Filter { id: ID!, kinds: [Kind!] = [A], at: Int }
  type Query { f(id: ID, must: ID!, first: Int = 20, known: Int! = 1, kinds: [Kind!], lists: [[Int]], filter: Filter): Int }
`)
const field = schema.getQueryType()?.getFields().f
if (field === undefined) throw new Error('expected a field')

const TYPES = ['ID', 'ID!', 'Int', 'Int!', '[Kind!]', '[Kind!]!', '[[Int]]', 'Filter', 'Filter!', 'Query', 'Unknown']
const LITERALS = [
  'null',
  '1',
  '"a"',
  'A',
  '[A]',
  '[A, C]',
  '{ id: "a" }',
  '{ at: 1 }',
  '[1, [2, null]]',
  '{ id: $b }',
  '[$b]',
  '$b',
  '$c',
]
const value = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    1,
    'a',
    'A',
    ['A'],
    ['A', null],
    'C',
    1.5,
    { id: 'a' },
    { id: null },
    { id: 'a', at: 'x' },
    [[1], null],
  ),
  fc.jsonValue({ maxDepth: 2 }),
)
const names = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor')

const definition = fc
  .record({ name: names, type: fc.constantFrom(...TYPES), byDefault: fc.constantFrom('', '', ...LITERALS.slice(0, 9)) })
  .map(({ name, type, byDefault }) => {
    const text = `query ($${name}: ${type}${byDefault && ` = ${byDefault}`}) { f }`
    const [operation] = parse(text, { noLocation: true }).definitions as readonly OperationDefinitionNode[]
    return operation?.variableDefinitions?.[0] as VariableDefinitionNode
  })

/** Values by name, also by names that objects have. */
const valuesByName = fc.array(fc.tuple(names, value), { maxLength: 4 })

describe('what a node prepares of the values of a question', () => {
  it('coerces shown variables as graphql-js does, and knows the same of them', () => {
    fc.assert(
      fc.property(
        fc.array(definition, { maxLength: 4 }),
        valuesByName,
        fc.boolean(),
        (definitions, given, isComplete) => {
          const shown = { values: new Map(given), isComplete }
          const made = prepareShownVariables(definitions, schema)(shown)
          const fresh = coerceFresh(definitions, shown, schema)
          for (const name of ['a', 'b', 'c', 'constructor', '__proto__']) {
            expect(made.isKnown(name)).toBe(fresh.isKnown(name))
            if (name === '__proto__') continue
            expect(Object.hasOwn(made.coerced, name)).toBe(Object.hasOwn(fresh.coerced, name))
            if (Object.hasOwn(made.coerced, name)) expect(made.coerced[name]).toEqual(fresh.coerced[name])
          }
        },
      ),
      { numRuns: 400 },
    )
  })

  it('reads arguments as graphql-js does, and finds the same ones unfit', () => {
    const argument = fc.tuple(
      fc.constantFrom(...field.args.map(({ name }) => name), 'other'),
      fc.constantFrom(...LITERALS),
    )
    const seen = { fit: 0, unfit: 0 }
    fc.assert(
      fc.property(fc.array(argument, { maxLength: 6 }), valuesByName, fc.boolean(), (given, values, isGiven) => {
        const all = isGiven ? [...given, ['must', '"m"'] as const] : given
        const node = {
          kind: 'Field',
          name: { kind: 'Name', value: 'f' },
          arguments: all.map(([name, literal]) => ({
            ...{ kind: 'Argument', name: { kind: 'Name', value: name } },
            value: parseValue(literal, { noLocation: true }),
          })),
        } as unknown as FieldNode
        const variables = Object.assign(
          Object.create(null),
          Object.fromEntries(values.filter(([name]) => name !== '__proto__')),
        )
        let fresh: Record<string, unknown> | null = null
        try {
          fresh = getArgumentValues(field, node, variables)
        } catch {}
        if (fresh === null) seen.unfit++
        else seen.fit++
        const read = prepareArguments(field, node)
        for (let i = 0; i < 2; i++) expect(read(variables)).toEqual(fresh)
      }),
      { numRuns: 400 },
    )
    // Of both kinds there are many. Otherwise this test would show little.
    expect(Math.min(seen.fit, seen.unfit)).toBeGreaterThan(20)
  })
})
