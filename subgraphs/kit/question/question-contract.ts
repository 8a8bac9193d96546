import { readFileSync } from 'node:fs'
import {
  buildSchema,
  type DirectiveNode,
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql'
import { DOMAINS } from '../../../contract/domain.ts'
import { domainSdl } from '../../../contract/domain-sdl.ts'
import { SCALARS } from '../../../contract/scalars.ts'
import type { AskedField, AskedFields } from '../../../contract/trust/question-document.ts'

/**
 * What a node knows of the contract as a whole, beside its own domain: the schema for which officers write documents, and what a gateway
 * must ask in addition to put an answer together (docs/design/trust.md, What a node checks of a leg).
 */
export interface QuestionContract {
  /** The schema that clients see, with the contract's scalars. */
  readonly schema: GraphQLSchema
  /** Whether any leg may ask for this field: `__typename`, and the keys of entities. */
  isAlwaysAsked(typeName: string, fieldName: string): boolean
  /** The fields by which a representation names an entity of this type, or that a field of it requires (`@key`, `@requires`). */
  representationFieldsOf(typeName: string): ReadonlySet<string>
  /** Adds to what a document asks for what a gateway asks for because of it: pages, required fields, the other side of an interface. */
  close(asked: AskedFields): AskedFields
}

/**
 * Reads the contract's files.
 * @throws {Error} the file system's error, if a file cannot be read.
 */
export function readQuestionContract(): QuestionContract {
  const sdl = readFileSync(new URL('../../../contract/client/schema.graphql', import.meta.url), 'utf8')
  return createQuestionContract(sdl, DOMAINS.map(domainSdl))
}

/**
 * @param sdl the schema that clients see.
 * @param domains the SDL of each domain, with Federation's directives.
 */
export function createQuestionContract(sdl: string, domains: readonly string[]): QuestionContract {
  const schema = buildSchema(sdl, { assumeValidSDL: true, noLocation: true })
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isScalarType(type) || !Object.hasOwn(SCALARS, type.name)) continue
    const { parseValue, parseLiteral } = SCALARS[type.name as keyof typeof SCALARS]
    Object.assign(type, { parseValue, parseLiteral })
  }
  const { always, required, representations } = readFieldSets(domains, schema)
  return {
    schema,
    isAlwaysAsked: (typeName, fieldName) => fieldName === '__typename' || always.has(`${typeName}.${fieldName}`),
    representationFieldsOf: (typeName) => representations.get(typeName) ?? new Set(),
    close: (asked) => closeFields(asked, schema, required),
  }
}

/** The field sets of `@key` and `@requires`, as coordinates of the contract. */
interface FieldSets {
  readonly always: ReadonlySet<string>
  /** By the coordinate of the field that requires: what it requires. */
  readonly required: ReadonlyMap<string, AskedFields>
  readonly representations: ReadonlyMap<string, ReadonlySet<string>>
}

function readFieldSets(domains: readonly string[], schema: GraphQLSchema): FieldSets {
  const always = new Set<string>()
  const required = new Map<string, AskedFields>()
  const representations = new Map<string, Set<string>>()
  for (const { typeName, fieldName, set } of domains.flatMap(listFieldSets)) {
    const fields = fieldsOfSet(set, schema.getType(typeName), schema)
    const names = representations.get(typeName) ?? new Set(['__typename'])
    for (const selection of set.selections) if (selection.kind === Kind.FIELD) names.add(selection.name.value)
    representations.set(typeName, names)
    if (fieldName === null) for (const coordinate of fields.keys()) always.add(coordinate)
    else required.set(`${typeName}.${fieldName}`, fields)
  }
  return { always, required, representations }
}

interface FieldSet {
  readonly typeName: string
  /** The field with `@requires`; null for a `@key` of the type. */
  readonly fieldName: string | null
  readonly set: SelectionSetNode
}

function listFieldSets(sdl: string): readonly FieldSet[] {
  return parse(sdl, { noLocation: true }).definitions.flatMap((node): FieldSet[] => {
    const isObject = node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION
    const isInterface = node.kind === Kind.INTERFACE_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_EXTENSION
    if (!isObject && !isInterface) return []
    const typeName = node.name.value
    const keys = setsOf(node.directives ?? [], 'key').map((set) => ({ typeName, fieldName: null, set }))
    const requires = (node.fields ?? []).flatMap(({ name, directives = [] }) =>
      setsOf(directives, 'requires').map((set) => ({ typeName, fieldName: name.value, set })),
    )
    return [...keys, ...requires]
  })
}

function setsOf(directives: readonly DirectiveNode[], name: 'key' | 'requires'): readonly SelectionSetNode[] {
  return directives.flatMap((directive) => {
    if (directive.name.value !== name) return []
    const value = directive.arguments?.find((argument) => argument.name.value === 'fields')?.value
    if (value?.kind !== Kind.STRING) return []
    const [operation] = parse(`{ ${value.value} }`, { noLocation: true }).definitions
    return operation?.kind === Kind.OPERATION_DEFINITION ? [operation.selectionSet] : []
  })
}

function fieldsOfSet(
  set: SelectionSetNode,
  type: GraphQLNamedType | undefined,
  schema: GraphQLSchema,
): Map<string, AskedField[]> {
  const fields = new Map<string, AskedField[]>()
  const add = (node: FieldNode, coordinate: string): void =>
    void fields.set(coordinate, [...(fields.get(coordinate) ?? []), { node, variables: new Map() }])
  const open: [SelectionSetNode, GraphQLNamedType | undefined][] = [[set, type]]
  for (let next = open.pop(); next; next = open.pop()) {
    const [{ selections }, parent] = next
    for (const selection of selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value
        open.push([selection.selectionSet, condition === undefined ? parent : schema.getType(condition)])
        continue
      }
      if (selection.kind !== Kind.FIELD || !(isObjectType(parent) || isInterfaceType(parent))) continue
      const definition = parent.getFields()[selection.name.value]
      if (definition === undefined) continue
      add(selection, `${parent.name}.${definition.name}`)
      if (selection.selectionSet) open.push([selection.selectionSet, getNamedType(definition.type)])
    }
  }
  return fields
}

/** The fields of a page that a gateway needs to merge the countries' parts and to check their order. */
const PAGE_FACTS = ['hasNextPage', 'hasPreviousPage'] as const

/** Adds what follows from each field, until nothing new follows. */
function closeFields(asked: AskedFields, schema: GraphQLSchema, required: FieldSets['required']): AskedFields {
  const closed = new Map<string, AskedField[]>()
  const open: [string, readonly AskedField[]][] = [...asked]
  for (let next = open.pop(); next; next = open.pop()) {
    const [coordinate, fields] = next
    const known = closed.get(coordinate) ?? []
    const fresh = fields.filter((field) => !known.includes(field))
    if (fresh.length === 0 && closed.has(coordinate)) continue
    closed.set(coordinate, [...known, ...fresh])
    const [typeName = '', fieldName = ''] = coordinate.split('.')
    open.push(...(required.get(coordinate) ?? []))
    for (const other of listRelated(typeName, schema)) open.push([`${other}.${fieldName}`, fresh])
    for (const fact of listPageFacts(typeName, fieldName, schema)) open.push([fact, []])
  }
  return closed
}

/** Lists the interfaces of a type, and the types that implement an interface. A planner may ask for a field of either. */
function listRelated(typeName: string, schema: GraphQLSchema): readonly string[] {
  const type = schema.getType(typeName)
  if (isInterfaceType(type)) return schema.getPossibleTypes(type).map(({ name }) => name)
  return isObjectType(type) ? type.getInterfaces().map(({ name }) => name) : []
}

function listPageFacts(typeName: string, fieldName: string, schema: GraphQLSchema): readonly string[] {
  const connection = connectionAt(typeName, fieldName, schema)
  if (connection === null) return []
  const { name, edge, pageInfo } = connection
  return [
    `${name}.edges`,
    `${name}.pageInfo`,
    `${edge}.cursor`,
    `${edge}.node`,
    ...PAGE_FACTS.map((fact) => `${pageInfo}.${fact}`),
  ]
}

/** Returns the types of the connection that a field returns; null if it returns none. */
function connectionAt(
  typeName: string,
  fieldName: string,
  schema: GraphQLSchema,
): { readonly name: string; readonly edge: string; readonly pageInfo: string } | null {
  const parent = schema.getType(typeName)
  const definition = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[fieldName] : undefined
  const type = definition && getNamedType(definition.type)
  if (!isObjectType(type)) return null
  const { edges, pageInfo } = type.getFields()
  if (!edges || !pageInfo) return null
  const edge = getNamedType(edges.type)
  return isObjectType(edge) && edge.getFields().node && edge.getFields().cursor
    ? { name: type.name, edge: edge.name, pageInfo: getNamedType(pageInfo.type).name }
    : null
}
