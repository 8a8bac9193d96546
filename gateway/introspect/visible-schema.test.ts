import fc from 'fast-check'
import {
  buildASTSchema,
  buildSchema,
  type ConstValueNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type GraphQLSchema,
  type InputValueDefinitionNode,
  introspectionFromSchema,
  Kind,
  lexicographicSortSchema,
  type NamedTypeNode,
  parse,
  printSchema,
  type TypeDefinitionNode,
  type TypeNode,
  validateSchema,
  visit,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { randomCases } from '../../tests/share.ts'
import { createPlanner } from '../plan/compile.ts'
import { SUPERGRAPH_SDL } from '../plan/testing.ts'
import { visibleSchema } from './visible-schema.ts'

const EVERYTHING = `
  directive @own(colour: Colour = RED, size: Size! = { of: SMALL }, to: Filter) on FIELD
  directive @must(be: Colour!) repeatable on FIELD | QUERY
  scalar When
  enum Colour { RED GREEN @deprecated(reason: "faded") }
  enum Extent { SMALL LARGE }
  input Size { of: Extent! = SMALL, and: Size, colours: [Colour!] = [RED, GREEN] }
  input Filter { on: When!, size: Size = { of: LARGE }, not: Filter }
  interface Node { id: ID! }
  interface Named implements Node { id: ID!, name(in: Colour, as: Extent! = SMALL): String, next: Node }
  type Person implements Node & Named { id: ID!, name(in: Colour, as: Extent! = SMALL, or: String): String, next: Person, likes: [Thing!]! }
  type Place implements Node & Named { id: ID!, name(in: Colour, as: Extent!): String, next: Place, size(within: Size): Extent }
  type Note implements Node { id: ID!, at: When, text: String! }
  union Thing = Person | Place | Note
  type Query { node(id: ID!): Node, named(filter: Filter): [Named], things(size: Size! = { of: LARGE }, first: Int = 20): [Thing], nothing: Float }
  type Mutation { paint(colour: Colour!): Person }
  type Subscription { painted(at: When): Place }
`

type Hidden = ReadonlySet<string>
const BUILT_IN = ['String', 'Boolean', 'Int', 'Float', 'ID']
const isVisible = (hidden: Hidden) => (coordinate: string) => !hidden.has(coordinate)

/** Lists each coordinate, from the SDL only. */
function coordinatesOf(sdl: string): readonly string[] {
  return parse(sdl).definitions.flatMap((node) => {
    if (!('name' in node) || !node.name) return []
    const owner = node.kind === Kind.DIRECTIVE_DEFINITION ? `@${node.name.value}` : node.name.value
    const args = 'arguments' in node ? (node.arguments ?? []) : []
    const parts = 'fields' in node ? (node.fields ?? []) : 'values' in node ? (node.values ?? []) : []
    return [
      owner,
      ...args.map(({ name }) => `${owner}(${name.value}:)`),
      ...parts.flatMap((part) => [
        `${owner}.${part.name.value}`,
        ...('arguments' in part ? (part.arguments ?? []) : []).map(
          (arg) => `${owner}.${part.name.value}(${arg.name.value}:)`,
        ),
      ]),
    ]
  })
}

/**
 * The naive oracle, on the SDL. Hides one coordinate that needs something hidden, then starts again, until there is nothing more to
 * hide. Then takes the hidden parts out of the document.
 */
function filterNaively(sdl: string, invisible: Hidden): DocumentNode {
  const document = parse(sdl)
  const types = new Map(
    document.definitions.flatMap((node) =>
      'name' in node && node.name && node.kind !== Kind.DIRECTIVE_DEFINITION
        ? [[node.name.value, node as TypeDefinitionNode] as const]
        : [],
    ),
  )
  const hidden = new Set(invisible)
  for (let next = firstToHide(document, types, hidden, invisible); next; ) {
    hidden.add(next)
    next = firstToHide(document, types, hidden, invisible)
  }
  return cut(document, types, hidden)
}

type Types = ReadonlyMap<string, TypeDefinitionNode>

function firstToHide(document: DocumentNode, types: Types, hidden: Hidden, invisible: Hidden): string | undefined {
  return candidates(document, types, hidden, invisible).find((coordinate) => !hidden.has(coordinate))
}

function candidates(document: DocumentNode, types: Types, hidden: Hidden, invisible: Hidden): readonly string[] {
  const isGone = (type: TypeNode): boolean => hidden.has(nameOf(type))
  const unusable = (owner: string, input: InputValueDefinitionNode): boolean =>
    isGone(input.type) ||
    (input.type.kind === Kind.NON_NULL_TYPE &&
      input.defaultValue !== undefined &&
      !namesNothingHidden(input.defaultValue, input.type, types, hidden)) ||
    hidden.has(owner)
  const mustHave = (input: InputValueDefinitionNode): boolean =>
    input.type.kind === Kind.NON_NULL_TYPE && input.defaultValue === undefined
  const ofArguments = (owner: string, args: readonly InputValueDefinitionNode[]): readonly string[] => {
    const gone = args.filter((arg) => unusable(`${owner}(${arg.name.value}:)`, arg))
    return [...gone.map((arg) => `${owner}(${arg.name.value}:)`), ...(gone.some(mustHave) ? [owner] : [])]
  }
  return document.definitions.flatMap((node): readonly string[] => {
    if (node.kind === Kind.DIRECTIVE_DEFINITION) return ofArguments(`@${node.name.value}`, node.arguments ?? [])
    if (!('name' in node) || !node.name) return []
    const owner = node.name.value
    if (node.kind === Kind.ENUM_TYPE_DEFINITION) {
      return node.values?.every(({ name }) => hidden.has(`${owner}.${name.value}`)) ? [owner] : []
    }
    if (node.kind === Kind.UNION_TYPE_DEFINITION) return node.types?.every(isGone) ? [owner] : []
    if (node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) {
      const gone = (node.fields ?? []).filter((field) => unusable(`${owner}.${field.name.value}`, field))
      const isEmpty = gone.length === node.fields?.length || gone.some(mustHave)
      return [...gone.map(({ name }) => `${owner}.${name.value}`), ...(isEmpty ? [owner] : [])]
    }
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) return []
    const fields = node.fields ?? []
    return [
      ...fields.flatMap((field) => {
        const place = `${owner}.${field.name.value}`
        return [...(isGone(field.type) ? [place] : []), ...ofArguments(place, field.arguments ?? [])]
      }),
      ...(invisible.has(owner) ? [] : (node.interfaces ?? [])).flatMap((above) =>
        together(types.get(nameOf(above)), owner, hidden),
      ),
      ...(fields.every(({ name }) => hidden.has(`${owner}.${name.value}`)) ? [owner] : []),
    ]
  })
}

function together(above: TypeDefinitionNode | undefined, owner: string, hidden: Hidden): readonly string[] {
  const fields = above?.kind === Kind.INTERFACE_TYPE_DEFINITION ? (above.fields ?? []) : []
  return fields.flatMap((field) => {
    const [here, there] = [`${above?.name.value}.${field.name.value}`, `${owner}.${field.name.value}`]
    const args = (field.arguments ?? []).map(({ name }) => [`${here}(${name.value}:)`, `${there}(${name.value}:)`])
    return [
      ...(hidden.has(there) ? [here] : []),
      ...args.filter((both) => both.some((coordinate) => hidden.has(coordinate))).flat(),
    ]
  })
}

function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type)
}

/** Whether a default value in the SDL names nothing hidden. */
function namesNothingHidden(value: ConstValueNode, type: TypeNode, types: Types, hidden: Hidden): boolean {
  const named = nameOf(type)
  if (value.kind === Kind.LIST) return value.values.every((item) => namesNothingHidden(item, type, types, hidden))
  if (value.kind === Kind.ENUM) return !hidden.has(`${named}.${value.value}`)
  if (value.kind !== Kind.OBJECT) return true
  const definition = types.get(named)
  const fields = definition?.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION ? (definition.fields ?? []) : []
  return fields.every((field) => {
    // graphql-js fills the fields of a default object with their own defaults.
    const member = value.fields.find(({ name }) => name.value === field.name.value)?.value ?? field.defaultValue
    return (
      member === undefined ||
      (!hidden.has(`${named}.${field.name.value}`) && namesNothingHidden(member, field.type, types, hidden))
    )
  })
}

function cut(document: DocumentNode, types: Types, hidden: Hidden): DocumentNode {
  const inputs = (owner: string, nodes: readonly InputValueDefinitionNode[], join: (name: string) => string) =>
    nodes
      .filter(({ name }) => !hidden.has(owner + join(name.value)))
      .map((node) => {
        const { defaultValue, ...rest } = node
        const canShowDefault = defaultValue !== undefined && namesNothingHidden(defaultValue, node.type, types, hidden)
        return canShowDefault ? node : rest
      })
  const asArgument = (name: string): string => `(${name}:)`
  const asField = (name: string): string => `.${name}`
  const isShown = (type: NamedTypeNode): boolean => !hidden.has(type.name.value)
  const definitions = document.definitions.flatMap((node): DocumentNode['definitions'] => {
    if (node.kind === Kind.DIRECTIVE_DEFINITION) {
      const owner = `@${node.name.value}`
      return hidden.has(owner) ? [] : [{ ...node, arguments: inputs(owner, node.arguments ?? [], asArgument) }]
    }
    if (!('name' in node) || !node.name || hidden.has(node.name.value)) return []
    const owner = node.name.value
    if (node.kind === Kind.ENUM_TYPE_DEFINITION) {
      return [{ ...node, values: (node.values ?? []).filter(({ name }) => !hidden.has(`${owner}.${name.value}`)) }]
    }
    if (node.kind === Kind.UNION_TYPE_DEFINITION) return [{ ...node, types: (node.types ?? []).filter(isShown) }]
    if (node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) {
      return [{ ...node, fields: inputs(owner, node.fields ?? [], asField) }]
    }
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) return [node]
    const fields = (node.fields ?? [])
      .filter(({ name }) => !hidden.has(`${owner}.${name.value}`))
      .map((field): FieldDefinitionNode => {
        return { ...field, arguments: inputs(`${owner}.${field.name.value}`, field.arguments ?? [], asArgument) }
      })
    return [{ ...node, fields, interfaces: (node.interfaces ?? []).filter(isShown) }]
  })
  return withoutUnreached({ kind: Kind.DOCUMENT, definitions })
}

/** Removes the types that nothing refers to. Keeps a type that implements an interface which is referred to. */
function withoutUnreached(document: DocumentNode): DocumentNode {
  const roots = ['Query', 'Mutation', 'Subscription']
  const reached = new Set(roots)
  for (let before = -1; before !== reached.size; ) {
    before = reached.size
    for (const node of document.definitions) {
      const name = 'name' in node ? (node.name?.value ?? '') : ''
      const above = 'interfaces' in node ? (node.interfaces ?? []).map(nameOf) : []
      const isReached = node.kind === Kind.DIRECTIVE_DEFINITION || reached.has(name)
      if (!isReached && !above.some((each) => reached.has(each))) continue
      reached.add(name)
      visit(node, { enter: (below) => void (below.kind === Kind.NAMED_TYPE && reached.add(below.name.value)) })
    }
  }
  const definitions = document.definitions.filter(
    (node) => node.kind === Kind.DIRECTIVE_DEFINITION || ('name' in node && reached.has(node.name?.value ?? '')),
  )
  return { kind: Kind.DOCUMENT, definitions }
}

/** The introspection of a schema, without the directive location that only graphql-js knows. */
function shape(schema: GraphQLSchema): unknown {
  const { __schema } = introspectionFromSchema(lexicographicSortSchema(schema))
  const directives = __schema.directives.map(({ locations, ...directive }) => ({
    ...directive,
    locations: locations.filter((one: string) => one !== 'DIRECTIVE_DEFINITION'),
  }))
  return { __schema: { ...__schema, directives } }
}

function checkAgainstOracle(schema: GraphQLSchema, sdl: string, hidden: Hidden): void {
  const visible = visibleSchema(schema, isVisible(hidden))
  expect(validateSchema(visible)).toEqual([])
  const naive = filterNaively(sdl, hidden)
  const hasQuery = naive.definitions.some((node) => 'name' in node && node.name?.value === 'Query')
  const rest = hasQuery ? naive : { ...naive, definitions: [...naive.definitions, ...EMPTY.definitions] }
  expect(shape(visible)).toEqual(shape(buildASTSchema(rest)))
  const left = coordinatesOf(printSchema(visible)).filter((coordinate) => hidden.has(coordinate))
  expect(left.filter((coordinate) => hasQuery || !/^Query(\.nothing)?$/.test(coordinate))).toEqual([])
}

const EMPTY = parse('type Query { "There is nothing to see without more rights." nothing: Boolean }')
const { apiSchema } = createPlanner(SUPERGRAPH_SDL, () => true)

describe.each([
  ['everything that a schema has', buildSchema(EVERYTHING), EVERYTHING],
  ['the three domains', apiSchema, printSchema(apiSchema)],
])('the visible part of %s', (_, schema, sdl) => {
  const all = coordinatesOf(sdl)

  it('is the complete schema if nothing is hidden', () => {
    expect(shape(visibleSchema(schema, () => true))).toEqual(shape(buildSchema(sdl)))
  })

  it('is valid, and equals the SDL without what is hidden and what needs it', () => {
    const few = fc.subarray([...all], { maxLength: 6 })
    const many = fc.subarray([...all])
    fc.assert(
      fc.property(fc.oneof({ weight: 4, arbitrary: few }, many), (hidden) => {
        checkAgainstOracle(schema, sdl, new Set(hidden))
      }),
      { numRuns: randomCases(100) },
    )
  })

  it('has one field if everything is hidden', () => {
    const visible = visibleSchema(schema, () => false)
    expect(validateSchema(visible)).toEqual([])
    expect(coordinatesOf(printSchema(visible))).toEqual(['Query', 'Query.nothing'])
  })
})

describe('introspection', () => {
  it('names no directive location that clients of older specifications reject', () => {
    const schema = visibleSchema(apiSchema, () => true)
    const { directives } = introspectionFromSchema(schema).__schema
    const deprecated = directives.find(({ name }) => name === 'deprecated')
    expect(deprecated?.locations).toEqual([
      'FIELD_DEFINITION',
      'ARGUMENT_DEFINITION',
      'INPUT_FIELD_DEFINITION',
      'ENUM_VALUE',
    ])
  })
})

describe('what is hidden also hides', () => {
  it.each([
    ['a type that only it refers to', ['Subscription.painted', 'Mutation.paint'], ['Mutation', 'Subscription']],
    ['a field whose required argument it is', ['Query.node(id:)'], ['Query.node']],
    ['a field whose type is empty without it', ['Extent.SMALL', 'Extent.LARGE'], ['Place.size', 'Extent', 'Size.of']],
    ['an input type whose required field it is', ['Filter.on'], ['Filter', 'Query.named(filter:)']],
    ['an interface’s field that a type does not show any more', ['Place.name'], ['Named.name']],
    ['an argument of an interface’s field', ['Person.name(in:)'], ['Named.name(in:)', 'Place.name(in:)']],
    ['a non-null argument whose default names it', ['Extent.SMALL'], ['Person.name(as:)', 'Size.of']],
    ['a directive whose required argument needs it', ['Colour'], ['@must', '@own(colour:)', 'Size.colours']],
  ])('%s', (_, hidden, gone) => {
    const left = new Set(coordinatesOf(printSchema(visibleSchema(buildSchema(EVERYTHING), isVisible(new Set(hidden))))))
    expect([...hidden, ...gone].filter((coordinate) => left.has(coordinate))).toEqual([])
  })

  it('a default that names it, but not a nullable argument', () => {
    const printed = printSchema(visibleSchema(buildSchema(EVERYTHING), isVisible(new Set(['Colour.RED']))))
    expect(printed).toContain('directive @own(colour: Colour, ')
  })

  it('is asked about once for each coordinate, and never for what GraphQL itself defines', () => {
    const asked: string[] = []
    visibleSchema(buildSchema(EVERYTHING), (coordinate) => asked.push(coordinate) > 0)
    expect(asked.toSorted()).toEqual(coordinatesOf(EVERYTHING).toSorted())
    expect(asked.filter((coordinate) => BUILT_IN.includes(coordinate))).toEqual([])
  })
})
