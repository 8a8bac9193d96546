import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql'
import type { Unbound } from '../../types/plan.ts'
import type {
  ConnectionShape,
  FieldShape,
  ObjectShape,
  PageArguments,
  TypeShape,
  ValueShape,
} from '../../types/shape.ts'

/** Compiles selections into shapes (plain data), so that the other rooms can check and read data without the schema. */

/** What compiling a shape needs besides the selections. */
export interface ShapeOptions {
  readonly schema: GraphQLSchema
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  /** Returns the client's key for a response key; null for a gateway key. */
  readonly outKey: (key: string) => string | null
  /** Returns the marks of a field: whether it names the country, crosses a border, has a page. Default: a field has no mark. */
  readonly mark?: (
    parent: GraphQLObjectType,
    node: FieldNode,
  ) => Pick<Unbound<FieldShape>, 'border' | 'namesCountry' | 'page'>
  /** Interfaces that some subgraph answers without knowing the runtime type (`@interfaceObject`). Default: none. */
  readonly interfaceObjects?: ReadonlySet<string>
  /** Coordinates of fields that no country lets the caller read. Default: none. */
  readonly denied?: ReadonlySet<string>
  /** Whether the objects of a type are records, whose id the gateway checks. */
  readonly isRecord?: (typeName: string) => boolean
  /** Returns the response keys of a connection's parts; null if the type is not a connection that the gateway checks. */
  readonly connection?: (type: GraphQLObjectType, fields: readonly CollectedField[]) => ConnectionShape | null
}

/** A response key with all nodes that are selected under it. */
export interface CollectedField {
  readonly key: string
  readonly nodes: readonly [FieldNode, ...FieldNode[]]
}

type FieldParent = GraphQLObjectType | GraphQLInterfaceType

const NO_MARK = { border: false, namesCountry: false, page: null as Unbound<PageArguments> | null }

/** Compiles the selections on one composite type. */
export function compileObject(
  type: GraphQLCompositeType,
  sets: readonly SelectionSetNode[],
  options: ShapeOptions,
): Unbound<ObjectShape> {
  const runtimeTypes = isAbstractType(type) ? options.schema.getPossibleTypes(type) : [type]
  const types = new Map(runtimeTypes.map((object) => [object.name, compileType(object, sets, options)]))
  const compiled = [...types.values()]
  const typenameKeys = (compiled[0]?.fields ?? [])
    .filter(
      (field) => field.fieldName === '__typename' && compiled.every((t) => t.fields.some((f) => f.key === field.key)),
    )
    .map((field) => field.key)
  return {
    typeName: type.name,
    onlyType: isObjectType(type) ? (types.get(type.name) ?? null) : null,
    types,
    anyType:
      isInterfaceType(type) && options.interfaceObjects?.has(type.name) ? compileType(type, sets, options) : null,
    typenameKeys,
  }
}

/** Compiles one field of an object type or interface. */
export function compileField(parent: FieldParent, field: CollectedField, options: ShapeOptions): Unbound<FieldShape> {
  const [node] = field.nodes
  const name = node.name.value
  const definition = fieldDefinition(parent, name)
  const canHaveMark = name !== '__typename' && isObjectType(parent)
  const mark = canHaveMark ? (options.mark?.(parent, node) ?? NO_MARK) : NO_MARK
  return {
    key: field.key,
    outKey: options.outKey(field.key),
    fieldName: name,
    coordinate: `${parent.name}.${name}`,
    isDenied: options.denied?.has(`${parent.name}.${name}`) ?? false,
    value: definition
      ? compileValue(definition.type, field.nodes, options)
      : { kind: 'leaf', nonNull: name === '__typename', typeName: name === '__typename' ? 'String' : null },
    ...mark,
  }
}

/** Collects the fields that apply to a type, by response key, in the order in which the client wrote them. */
export function collectFields(
  type: FieldParent,
  sets: readonly SelectionSetNode[],
  options: Pick<ShapeOptions, 'schema' | 'fragments'>,
): CollectedField[] {
  const byKey = new Map<string, [FieldNode, ...FieldNode[]]>()
  for (const set of sets) collectInto(byKey, type, set, options, new Set())
  return [...byKey].map(([key, nodes]) => ({ key, nodes }))
}

/** Returns the definition of a field on a type; undefined for `__typename` and introspection. */
export function fieldDefinition(type: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> | undefined {
  return 'getFields' in type ? type.getFields()[name] : undefined
}

function compileType(type: FieldParent, sets: readonly SelectionSetNode[], options: ShapeOptions): Unbound<TypeShape> {
  const collected = collectFields(type, sets, options)
  return {
    typeName: type.name,
    fields: collected.map((field) => compileField(type, field, options)),
    record: options.isRecord?.(type.name) ?? false,
    connection: (isObjectType(type) && options.connection?.(type, collected)) || null,
  }
}

function compileValue(
  type: GraphQLOutputType,
  nodes: readonly FieldNode[],
  options: ShapeOptions,
  nonNull = false,
): Unbound<ValueShape> {
  if (isNonNullType(type)) return compileValue(type.ofType, nodes, options, true)
  if (isListType(type)) return { kind: 'list', nonNull, of: compileValue(type.ofType, nodes, options) }
  if (!isCompositeType(type)) return { kind: 'leaf', nonNull, typeName: type.name }
  const sets = nodes.flatMap((node) => (node.selectionSet ? [node.selectionSet] : []))
  return { kind: 'object', nonNull, object: compileObject(type, sets, options) }
}

function collectInto(
  byKey: Map<string, [FieldNode, ...FieldNode[]]>,
  type: FieldParent,
  set: SelectionSetNode,
  options: Pick<ShapeOptions, 'schema' | 'fragments'>,
  visited: Set<string>,
): void {
  for (const node of set.selections) {
    if (node.kind === Kind.FIELD) {
      const key = node.alias?.value ?? node.name.value
      const nodes = byKey.get(key)
      if (nodes) nodes.push(node)
      else byKey.set(key, [node])
      continue
    }
    const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : options.fragments.get(node.name.value)
    if (node.kind === Kind.FRAGMENT_SPREAD) {
      if (visited.has(node.name.value)) continue
      visited.add(node.name.value)
    }
    if (fragment && applies(fragment.typeCondition?.name.value, type, options.schema)) {
      collectInto(byKey, type, fragment.selectionSet, options, visited)
    }
  }
}

function applies(condition: string | undefined, type: FieldParent, schema: GraphQLSchema): boolean {
  if (condition === undefined || condition === type.name) return true
  const target = schema.getType(condition)
  return isAbstractType(target) && schema.isSubType(target, type)
}
