import fc from 'fast-check'
import { buildSchema, Kind, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { bindObject } from '../plan/bind/bind-operation.ts'
import { createSchemaBinder } from '../plan/bind/schema-binder.ts'
import { compileObject } from '../plan/shapes/compile-shape.ts'
import type { FieldShape, ObjectShape, TypeShape, ValueShape } from '../types/shape.ts'
import { mayBeWhole, shapeAnswer, shapeWhole, shapeWithPlaces } from './shape.ts'

const schema = buildSchema(`
  type Query { a: A list: [A!] holes: [[A]]! must: A! any: U ids: [ID!]! some: [Some] }
  interface Some { n: Int }
  type A implements Some { n: Int s: String! e: E deep: A deeper: A! ids: [ID] }
  type B { t: String any: [U!] }
  union U = A | B
  enum E { X Y }
`)

const DOCUMENTS = [
  '{ a { s n deep { e ids deeper { n } } } must { s } }',
  '{ t: __typename list { __typename n e } holes { s } ids }',
  '{ any { _iT: __typename ... on A { n ids } ... on B { t any { __typename ... on A { s } } } } }',
  '{ some { kind: __typename n } list { renamed: s n } }',
  '{ some { n } ids }',
]

function shapeOf(source: string): ObjectShape {
  const [operation] = parse(source).definitions
  const type = schema.getQueryType()
  if (operation?.kind !== Kind.OPERATION_DEFINITION || !type) throw new Error('expected an operation')
  const planned = compileObject(type, [operation.selectionSet], {
    schema,
    fragments: new Map(),
    outKey: (key) => (key.startsWith('_i') ? null : key),
    interfaceObjects: new Set(['Some']),
  })
  return bindObject(planned, createSchemaBinder(schema, false))
}

/** A value of a shape, in which one of `oddity` parts is null, missing or of another type. */
function valuesOf(shape: ValueShape, oddity: number): fc.Arbitrary<unknown> {
  const odd = fc.constantFrom(null, undefined, 'text', 7, true, {}, [], [null], { __typename: 'B' })
  return fc.oneof({ weight: oddity, arbitrary: fittingValues(shape, oddity) }, { weight: 1, arbitrary: odd })
}

function fittingValues(shape: ValueShape, oddity: number): fc.Arbitrary<unknown> {
  if (shape.kind === 'list') return fc.array(valuesOf(shape.of, oddity), { maxLength: 3 })
  if (shape.kind === 'object') return objectsOf(shape.object, oddity)
  const values = [1, 'X', 'text "quoted"', '1'].filter((value) => shape.accepts(value))
  return fc.constantFrom(...values)
}

function objectsOf(shape: ObjectShape, oddity: number): fc.Arbitrary<Record<string, unknown>> {
  const types = [...(shape.onlyType ? [shape.onlyType] : []), ...shape.types.values()]
  return fc.constantFrom(...types).chain(({ typeName, fields }) => {
    const names = fc.constantFrom(typeName, typeName, typeName, shape.typeName, 'Unknown')
    const members = fields.map((field: FieldShape): [string, fc.Arbitrary<unknown>] => {
      return [field.key, field.fieldName === '__typename' ? names : valuesOf(field.value, oddity)]
    })
    return fc.record({ __typename: names, extra: fc.constant('x'), ...Object.fromEntries(members) })
  })
}

const shapes = DOCUMENTS.map(shapeOf)

function answersOf(some: readonly ObjectShape[]): fc.Arbitrary<[ObjectShape, Record<string, unknown>]> {
  return fc
    .tuple(fc.constantFrom(...some), fc.constantFrom(3, 30, 3_000))
    .chain(([shape, oddity]) => fc.tuple(fc.constant(shape), objectsOf(shape, oddity)))
}

/** The same shape, in which the fields of one name are denied. */
function denyIn(shape: ObjectShape, name: string): ObjectShape {
  const inType = (type: TypeShape): TypeShape => {
    const fields = type.fields.map((field) => {
      return { ...field, isDenied: field.fieldName === name, value: inValue(field.value) }
    })
    return { ...type, fields }
  }
  const inValue = (value: ValueShape): ValueShape => {
    if (value.kind === 'list') return { ...value, of: inValue(value.of) }
    return value.kind === 'object' ? { ...value, object: denyIn(value.object, name) } : value
  }
  const { onlyType, types, anyType } = shape
  const any = anyType && inType(anyType)
  return {
    ...shape,
    onlyType: onlyType && inType(onlyType),
    types: new Map([...types].map(([key, type]) => [key, type === anyType && any ? any : inType(type)])),
    anyType: any,
  }
}

/** Whether objects in a field may be shaped without places. */
function hasWholeParts({ value }: FieldShape): boolean {
  const { kind } = value
  return kind === 'list'
    ? value.of.kind === 'object' && mayBeWhole(value.of.object)
    : kind === 'object' && mayBeWhole(value.object)
}

/** An answer as a text. JSON has no symbol, so one that has remained is written as it is. */
function asText(shaped: object): string {
  return JSON.stringify(shaped, (_, value: unknown) => (typeof value === 'symbol' ? String(value) : value))
}

describe('an answer', () => {
  it('is shaped in one pass as the pass with places shapes it, if and only if that pass finds nothing missing', () => {
    let whole = 0
    fc.assert(
      fc.property(answersOf(shapes), ([shape, tree]) => {
        const { data, missing, denied } = shapeWithPlaces(shape, tree)
        const expected = missing.length > 0 || denied.length > 0 ? null : JSON.stringify(data)
        const shaped = shapeWhole(shape, tree)
        if (shaped !== null) whole += 1
        expect(shaped === null ? null : JSON.stringify(shaped)).toBe(expected)
      }),
      { numRuns: 400 },
    )
    expect(whole).toBeGreaterThan(40)
  })

  it('with denied fields is shaped as the pass with places shapes it, although what is whole in it is shaped without places', () => {
    const names = ['n', 'e', 's', 'deep', 'must', 'ids', 'some']
    const denied = shapes.flatMap((shape) => names.map((name) => denyIn(shape, name)))
    let parts = 0
    fc.assert(
      fc.property(answersOf(denied), ([shape, tree]) => {
        if (!mayBeWhole(shape) && shape.onlyType?.fields.some(hasWholeParts)) parts += 1
        expect(asText(shapeAnswer(shape, tree))).toBe(asText(shapeWithPlaces(shape, tree)))
      }),
      { numRuns: 400 },
    )
    expect(parts).toBeGreaterThan(40)
  })

  it('is not shaped in one pass if a field is denied, or if a key must be defined', () => {
    const shape = shapeOf('{ a { n } ids }')
    const [first, ...others] = shape.onlyType?.fields ?? []
    if (first === undefined || shape.onlyType === null) throw new Error('expected fields')
    const tree = { a: { n: 1 }, ids: ['1'] }
    const withFirst = (over: Partial<FieldShape>): ObjectShape => {
      return {
        ...shape,
        onlyType: { typeName: 'Query', record: false, connection: null, fields: [{ ...first, ...over }, ...others] },
      }
    }
    expect(shapeWhole(withFirst({}), tree)).toEqual(tree)
    expect(shapeWhole(withFirst({ isDenied: true }), tree)).toBeNull()
    expect(shapeWhole(withFirst({ outKey: '__proto__' }), tree)).toBeNull()
  })
})
