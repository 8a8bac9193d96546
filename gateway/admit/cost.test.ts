import fc from 'fast-check'
import {
  buildSchema,
  type GraphQLObjectType,
  getNamedType,
  getOperationAST,
  isAbstractType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  parse,
  type SelectionNode,
  validate,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { fragmentsOf } from '../../contract/fragments.ts'
import { FIELD_WEIGHTS as CONTRACT_WEIGHTS } from '../../contract/weights.ts'
import { createPlanner } from '../plan/compile.ts'
import { SUPERGRAPH_SDL } from '../plan/testing.ts'
import { type Cost, type CostTables, costOf, listDearFields } from './cost.ts'
import { readCostTable } from './cost-table.ts'

const LINKS = `
  schema
    @link(url: "https://specs.apollo.dev/cost/v0.1", import: ["@listSize"])
    @link(url: "https://istmo.example/istmo/v1.0", import: ["@answeredBy"])
    @link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY)
  { query: Query mutation: Mutation }
  directive @link(url: String, import: [String], for: String) repeatable on SCHEMA
  directive @cost(weight: Int!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR
  directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
  directive @answeredBy(who: String!, argument: String!) on FIELD_DEFINITION
  directive @authenticated on FIELD_DEFINITION
`

const TYPES = `
  type Mutation { paint: Leaf }
  type Query {
    leaf: Leaf
    leaves: [Leaf!]!
    five: [Leaf] @listSize(assumedSize: 5)
    first(first: Int = 3): [Leaf] @listSize(slicingArguments: ["first"])
    either(first: Int, last: Int): [Leaf] @listSize(slicingArguments: ["first", "last"], assumedSize: 9)
    both(first: Int, last: Int): [Leaf] @listSize(slicingArguments: ["first", "last"], requireOneSlicingArgument: false)
    must(first: Int, last: Int): [Leaf] @listSize(slicingArguments: ["first", "last"])
    paged(by: Page = { first: 4 }): [Leaf] @listSize(slicingArguments: ["by.first"])
    page(first: Int = 3): Leaves @listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"])
    table: [[Leaf]] @listSize(assumedSize: 4)
    dear: Dear
    own: Leaf @cost(weight: 7)
    scalar: Weighty
    find(filter: Filter, any: [Filter!], text: String @cost(weight: 2), all: [String!] @cost(weight: 3)): Int
    every(countries: [String!], first: Int = 2): Every @answeredBy(who: "EVERY", argument: "countries") @listSize(slicingArguments: ["first"], sizedFields: ["edges"])
    ruled(countries: [String!]): Every @answeredBy(who: "EVERY", argument: "countries") @authenticated
    search(texts: [String!]): Leaf
    nest(first: Int = 2): Nest @listSize(slicingArguments: ["first"], sizedFields: ["edges"])
    owned(id: ID): Leaf @answeredBy(who: "OWNER", argument: "id")
    node: Node
    any: [Any] @listSize(assumedSize: 2)
  }
  scalar Weighty @cost(weight: 11)
  input Page { first: Int }
  input Filter { name: String @cost(weight: 5), not: Filter, any: [Filter!] }
  interface Node { leaf: Leaf, count: Int }
  union Any = Leaf | Dear | Leaves
  type Leaf implements Node { leaf: Leaf, count: Int, costly: Int @cost(weight: 3), leaves: [Leaf] }
  type Leaves { edges: [Leaf], nodes: [Leaf!]!, more: [Leaf] }
  type Every { edges: [Leaf], inner(countries: [String!]): Every @answeredBy(who: "EVERY", argument: "countries") }
  type Nest { edges: [Every] }
  type Dear implements Node @cost(weight: 20) { leaf: Leaf, count: Int, leaves: [Leaf] }
`

const SCHEMA = buildSchema(LINKS + TYPES)
const TABLE = readCostTable(parse(LINKS + TYPES))
const LIST = 10

const FIELD_WEIGHTS = { 'Query.search': 40, 'Query.search(texts:)': 3, 'Every.inner': 8 }
const TABLES: CostTables = { schema: SCHEMA, table: TABLE, assumedListSize: LIST, fieldWeights: FIELD_WEIGHTS }

function read(text: string, variables: Readonly<Record<string, unknown>>) {
  const document = parse(text)
  const operation = getOperationAST(document)
  if (!operation) throw new Error('expected an operation')
  expect(validate(SCHEMA, document)).toEqual([])
  return [operation, fragmentsOf(document), TABLES, (name: string) => variables[name]] as const
}

const cost = (text: string, variables: Readonly<Record<string, unknown>> = {}): Cost => costOf(...read(text, variables))

describe('the cost of an operation', () => {
  it.each([
    ['objects are 1, leaves nothing', '{ leaf { count leaf { count } } }', 2],
    ['a list has the assumed length', '{ leaves { leaf { count } } }', LIST * 2],
    ['a list has its own assumed size', '{ five { count } }', 5],
    ['a list has the length that is asked for', '{ first(first: 7) { count } }', 7],
    ['null asks for the default', '{ first(first: null) { count } }', 3],
    ['no argument asks for the default', '{ first { count } }', 3],
    ['a list of no items costs nothing', '{ first(first: 0) { leaf { count } } }', 0],
    ['a negative length counts as none', '{ first(first: -5) { count } }', 0],
    ['one of two slicing arguments', '{ either(last: 6) { count } }', 6],
    ['none of two, with an assumed size', '{ either { count } }', 9],
    ['the greater of two', '{ both(first: 2, last: 6) { count } }', 6],
    ['neither of two that are optional', '{ both { count } }', LIST],
    ['one that is required', '{ must(first: 1) { count } }', 1],
    ['a slicing argument in an input object', '{ paged(by: { first: 6 }) { count } }', 6 + 1],
    ['its default', '{ paged { count } }', 4],
    ['sized fields below', '{ page(first: 6) { edges { count } nodes { count } more { count } } }', 1 + 6 + 6 + LIST],
    ['sized fields in a fragment', '{ page(first: 6) { ...f } } fragment f on Leaves { edges { count } }', 1 + 6],
    [
      'other sizes at each use',
      '{ a: page(first: 6) { ...f } b: page(first: 2) { ...f } } fragment f on Leaves { edges { count } }',
      1 + 6 + 1 + 2,
    ],
    ['not sized fields further below', '{ page(first: 6) { edges { leaves { count } } } }', 1 + 6 * (1 + LIST)],
    ['lists in lists', '{ table { count } }', 4 * LIST],
    ['a type’s weight', '{ dear { count } }', 20],
    ['a field’s own weight instead', '{ own { count } }', 7],
    ['a leaf’s weight', '{ leaf { costly } }', 1 + 3],
    ['a scalar’s weight', '{ scalar }', 11],
    ['input objects', '{ find(filter: { name: "a", not: { not: {} } }) }', 1 + 5 + 1 + 1],
    ['a list of input objects', '{ find(any: [{ name: "a" }, { any: [{}] }]) }', 1 + 5 + 1 + 1],
    ['an argument’s weight, once', '{ find(text: "a", all: ["a", "b"]) }', 2 + 3],
    ['no weight for null', '{ find(filter: null, text: null, all: null) }', 0],
    ['the dearest type of an interface', '{ node { leaf { count } } }', 20 + 1],
    [
      'the dearest type of a union',
      '{ any { ... on Leaf { leaves { count } } ... on Dear { count } } }',
      2 * Math.max(1 + LIST, 20),
    ],
    ['a fragment on an interface within', '{ any { ... on Node { leaf { count } } } }', 2 * 21],
    ['every country once', '{ every { edges { count } } }', 1 + 2],
    ['every country once, whichever are listed', '{ every(countries: ["GT", "HN"]) { edges { count } } }', 1 + 2],
    ['a field with a rule', '{ ruled { edges { count } } }', 1 + LIST],
    [
      'an every field in an every field',
      '{ every { edges { count } inner { inner(countries: ["GT"]) { edges { count } } } } }',
      1 + 2 + (8 + 1 + (8 + 1 + LIST)),
    ],
    ['what asking a field costs', '{ search { count } }', 40 + 1],
    ['what asking it costs, at each alias', '{ a: search { count } b: search { count } }', 2 * (40 + 1)],
    ['each item of a list that is searched for', '{ search(texts: ["a", "b"]) { count } }', 40 + 2 * 3 + 1],
    ['one item that stands for a list', '{ search(texts: "a") { count } }', 40 + 3 + 1],
    [
      'what asking costs, below each item of a list',
      '{ nest(first: 6) { edges { inner { edges { count } } } } }',
      1 + 6 * (1 + 8 + 1 + LIST),
    ],
    ['an owner is one', '{ owned(id: "HN:1") { count } }', 1],
    ['introspection costs nothing', '{ __schema { types { name fields { name } } } __typename }', 0],
    ['a mutation has a base cost', 'mutation { paint { count } }', 10 + 1],
    ['both of two aliases', '{ a: leaf { count } b: leaf { count } }', 2],
    ['a fragment at each use', '{ a: leaf { ...f } b: leaf { ...f } } fragment f on Leaf { leaf { count } }', 4],
    ['nothing for a skipped field', '{ leaf @skip(if: true) { count } ... @include(if: false) { leaf { count } } }', 0],
  ])('%s: %s', (_, text, expected) => {
    expect(cost(text).cost).toBe(expected)
  })

  it.each([
    ['a slicing argument', 'query ($n: Int) { first(first: $n) { count } }', { n: 8 }, 8],
    ['one that is not given', 'query ($n: Int) { first(first: $n) { count } }', {}, 3],
    ['one that is not a number', 'query ($n: Int) { first(first: $n) { count } }', { n: 'x' }, 3],
    ['a condition', 'query ($on: Boolean!) { leaf @include(if: $on) { count } }', { on: false }, 0],
    ['searches', 'query ($t: [String!]) { search(texts: $t) { count } }', { t: ['a', 'b', 'c'] }, 40 + 9 + 1],
    ['no searches', 'query ($t: [String!]) { search(texts: $t) { count } }', {}, 40 + 1],
    ['a search in a list', 'query ($t: String!) { search(texts: [$t]) { count } }', { t: 'a' }, 40 + 3 + 1],
    ['an input object', 'query ($f: Filter) { find(filter: $f) }', { f: { name: 'a', any: [{}, {}] } }, 1 + 5 + 2],
    ['an input object of another shape', 'query ($f: Filter) { find(filter: $f) }', { f: 'a' }, 0],
  ])('reads variables: %s', (_, text, variables, expected) => {
    expect(cost(text, variables).cost).toBe(expected)
  })

  it.each([
    [
      'two, if the field takes one',
      '{ must(first: 1, last: 1) { count } }',
      'Query.must takes one of first, last; came 2',
    ],
    ['none, if one is required', '{ must { count } }', 'Query.must takes one of first, last; came none'],
  ])('is not counted for these slicing arguments: %s', (_, text, message) => {
    expect(() => cost(text)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }))
    expect(() => cost(text)).toThrow(message)
  })

  it('is counted quickly even if each fragment doubles it', () => {
    const fragments = Array.from(
      { length: 60 },
      (_, i) => `fragment f${i} on Leaf { a: leaf { ...f${i + 1} } b: leaf { ...f${i + 1} } }`,
    )
    const text = `{ leaf { ...f0 } } ${fragments.join(' ')} fragment f60 on Leaf { count }`
    const document = parse(text)
    const operation = getOperationAST(document)
    if (!operation) throw new Error('expected an operation')
    expect(costOf(operation, fragmentsOf(document), TABLES, () => null).cost).toBe(2 ** 61 - 1)
    expect(listDearFields(operation, fragmentsOf(document), TABLES, () => null)).toHaveLength(61)
  })
})

describe('the dear fields of an operation', () => {
  it.each([
    ['one of several', '{ leaf { count } dear { count } own { count } }', ['Query.dear']],
    ['one that is asked often', '{ a: search { count } b: search { count } own { count } }', ['2 × Query.search']],
    [
      'with those below, without edges',
      '{ leaf { count } nest(first: 9) { edges { inner { edges { count } } } } }',
      ['Query.nest', 'Every.inner'],
    ],
    [
      'in fragments',
      '{ ...f } fragment f on Query { dear { leaves { leaves { count } } } }',
      ['Query.dear', 'Dear.leaves', 'Leaf.leaves'],
    ],
    [
      'a list below one object',
      '{ leaf { count } own @skip(if: true) { count } page(first: 0) { more { count } } five { count } every { edges { count } } }',
      ['Query.page', 'Leaves.more'],
    ],
    [
      'none',
      '{ leaf { count } nest(first: 0) { edges { edges { count } } } dear @skip(if: true) { count } }',
      ['Query.leaf'],
    ],
  ])('are named: %s', (_, text, expected) => {
    expect(listDearFields(...read(text, {}))).toEqual(expected)
  })
})

describe('the names of the directives', () => {
  it.each([
    ['as they are', 'import: ["@cost", "@listSize"]', '@cost', '@listSize'],
    ['renamed', 'import: [{ name: "@cost", as: "@weighs" }, { name: "@listSize", as: "@long" }]', '@weighs', '@long'],
    ['under the spec’s name', '', '@cost', '@cost__listSize'],
    ['under another name of the spec', 'as: "price"', '@price', '@price__listSize'],
  ])('are read from the link: %s', (_, link, costName, listName) => {
    const sdl = `
      schema @link(url: "https://specs.apollo.dev/cost/v0.1", ${link}) { query: Query }
      type Query { a: [Int] ${costName}(weight: 4) ${listName}(assumedSize: 6) }`
    const { weights, listSizes } = readCostTable(parse(sdl))
    expect(weights.get('Query.a')).toBe(4)
    expect(listSizes.get('Query.a')?.assumedSize).toBe(6)
  })

  it('are those of the three domains', () => {
    const { listSizes, everyFields } = readCostTable(parse(SUPERGRAPH_SDL))
    expect(listSizes.get('Query.cases')).toEqual({
      assumedSize: null,
      slicingArguments: ['first'],
      sizedFields: ['edges'],
      requireOneSlicingArgument: true,
    })
    expect(everyFields.has('Query.cases')).toBe(true)
    expect(everyFields.has('Query.statutes')).toBe(true)
    expect(everyFields.has('Query.person')).toBe(false)
  })
})

/** The plain oracle: expands fragments, and tries each possible type at each place. */
function naive(
  set: readonly SelectionNode[],
  type: GraphQLObjectType,
  sizes: Readonly<Record<string, number>>,
  fragments: ReturnType<typeof fragmentsOf>,
): number {
  return set.reduce((sum, node) => {
    if (node.kind !== Kind.FIELD) {
      const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value)
      const on = SCHEMA.getType(fragment?.typeCondition?.name.value ?? type.name)
      const applies = on === type || (isAbstractType(on) && SCHEMA.getPossibleTypes(on).includes(type))
      return applies && fragment ? sum + naive(fragment.selectionSet.selections, type, sizes, fragments) : sum
    }
    const name = node.name.value
    const field = type.getFields()[name]
    if (!field) return sum
    const first = node.arguments?.find((argument) => argument.name.value === 'first')?.value
    const asked = first?.kind === Kind.INT ? Number(first.value) : { first: 3, page: 3, every: 2 }[name]
    const isList = isListType(isNonNullType(field.type) ? field.type.ofType : field.type)
    const length = !isList
      ? 1
      : (sizes[name] ?? { five: 5, any: 2 }[name] ?? (name === 'first' ? asked : undefined) ?? LIST)
    const below =
      name === 'page' ? { edges: asked ?? 0, nodes: asked ?? 0 } : name === 'every' ? { edges: asked ?? 0 } : {}
    const named = getNamedType(field.type)
    const possible = isObjectType(named) ? [named] : isAbstractType(named) ? SCHEMA.getPossibleTypes(named) : []
    const fieldWeight = { own: 7, costly: 3, scalar: 11 }[name]
    const items = possible.map(
      (each) =>
        (fieldWeight ?? (each.name === 'Dear' ? 20 : 1)) +
        naive(node.selectionSet?.selections ?? [], each, below as Record<string, number>, fragments),
    )
    const item = isCompositeType(named) ? Math.max(...items) : (fieldWeight ?? 0)
    return sum + length * item + (name === 'inner' ? 8 : 0)
  }, 0)
}

const LEAVES: Readonly<Record<string, readonly string[]>> = {
  Query: ['scalar'],
  Leaf: ['count', 'costly'],
  Leaves: ['__typename'],
  Every: ['__typename'],
  Dear: ['count'],
  Node: ['count'],
  Any: ['__typename'],
}
const BELOW: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Query: {
    leaf: 'Leaf',
    leaves: 'Leaf',
    five: 'Leaf',
    'first(first: 4)': 'Leaf',
    first: 'Leaf',
    'page(first: 2)': 'Leaves',
    page: 'Leaves',
    dear: 'Dear',
    own: 'Leaf',
    every: 'Every',
    node: 'Node',
    any: 'Any',
  },
  Leaf: { leaf: 'Leaf', leaves: 'Leaf', '... on Node': 'Node' },
  Leaves: { edges: 'Leaf', nodes: 'Leaf', more: 'Leaf' },
  Every: { edges: 'Leaf', inner: 'Every' },
  Dear: { leaf: 'Leaf', leaves: 'Leaf' },
  Node: { leaf: 'Leaf', '... on Leaf': 'Leaf', '... on Dear': 'Dear' },
  Any: { '... on Leaf': 'Leaf', '... on Node': 'Node', '... on Leaves': 'Leaves' },
}

/** A selection on a type. Fragments use only fragments with a greater number. */
function selection(type: string, level: number, at: number): fc.Arbitrary<string> {
  const alias = fc.nat().map((n) => `a${n}`)
  const options = [fc.constantFrom(...(LEAVES[type] ?? []))]
  if (type === 'Leaf' && at < 3) options.push(fc.integer({ min: at, max: 2 }).map((number) => `...f${number}`))
  if (level > 0) {
    const deeper = Object.entries(BELOW[type] ?? {}).map(([part, to]) =>
      fc
        .tuple(alias, selection(to, level - 1, at))
        .map(([name, set]) => (part.startsWith('...') ? `${part} ${set}` : `${name}: ${part} ${set}`)),
    )
    options.push(...deeper)
  }
  return fc.array(fc.oneof(...options), { minLength: 1, maxLength: 3 }).map((parts) => `{ ${parts.join(' ')} }`)
}

const documents = fc
  .tuple(selection('Query', 4, 0), ...[0, 1, 2].map((at) => selection('Leaf', 2, at + 1)))
  .map(([query, ...sets]) => `${query} ${sets.map((set, at) => `fragment f${at} on Leaf ${set}`).join(' ')}`)

describe('the cost', () => {
  it('is the cost of the operation with its fragments expanded', () => {
    fc.assert(
      fc.property(documents, (text) => {
        const document = parse(text)
        const operation = getOperationAST(document)
        const query = SCHEMA.getQueryType()
        if (!operation || !query) throw new Error('expected an operation')
        const fragments = fragmentsOf(document)
        const counted = costOf(operation, fragments, TABLES, () => undefined).cost
        expect(counted).toBe(naive(operation.selectionSet.selections, query, {}, fragments))
      }),
      { numRuns: 500 },
    )
  })
})

describe('the depth of every fields in one another', () => {
  it.each([
    ['{ leaf { count } }', 0],
    ['{ every { edges { count } } }', 1],
    ['{ every { inner { edges { count } } } leaf { count } }', 2],
    ['{ every { inner { ...f } } } fragment f on Every { inner { edges { count } } }', 3],
  ])('of %s is %i', (text, depth) => {
    expect(cost(text).everyDepth).toBe(depth)
  })
})

describe('the operation of the demo', () => {
  it('costs less than the default limit', async () => {
    const { readFile } = await import('node:fs/promises')
    const text = await readFile(new URL('../../demo/across-borders.graphql', import.meta.url), 'utf8')
    const document = parse(text)
    const operation = getOperationAST(document)
    if (!operation) throw new Error('expected an operation')
    const { apiSchema: schema } = createPlanner(SUPERGRAPH_SDL, () => true)
    const table = readCostTable(parse(SUPERGRAPH_SDL))
    const tables = { schema, table, assumedListSize: 5, fieldWeights: CONTRACT_WEIGHTS }
    const { cost: counted, everyDepth } = costOf(operation, fragmentsOf(document), tables, () => null)
    expect(everyDepth).toBe(2)
    // docs/operating.md states this number.
    expect(counted).toBe(1_357)
  })
})
