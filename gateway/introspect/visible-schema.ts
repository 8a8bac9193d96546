import {
  buildASTSchema,
  type DefinitionNode,
  DirectiveLocation,
  type GraphQLArgument,
  GraphQLDirective,
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  GraphQLSchema,
  type GraphQLType,
  getNamedType,
  type InputValueDefinitionNode,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isSpecifiedDirective,
  isSpecifiedScalarType,
  isUnionType,
  Kind,
  type NameNode,
  type OperationTypeDefinitionNode,
  parse,
  printSchema,
} from 'graphql'

/**
 * Makes the schema for introspection that has only what `isVisible` lets the caller see. It is always valid. It leaves out what is
 * hidden, what needs something hidden, and types that nothing refers to. An interface has the fields that all its visible types show. If
 * nothing is visible, the schema has one field, `nothing`, because a schema must have a field. The fields have no resolvers.
 * @param isVisible asked once for each coordinate (GraphQL, schema coordinates): `Type`, `Type.field`, `Type.field(arg:)`,
 *   `Input.field`, `Enum.VALUE`, `@directive`, `@directive(arg:)`. It is not asked about what GraphQL itself defines.
 */
export function visibleSchema(schema: GraphQLSchema, isVisible: (coordinate: string) => boolean): GraphQLSchema {
  const shown = findShown(schema, isVisible)
  const query = schema.getQueryType()?.name ?? 'Query'
  const empty = parse(`type ${query} { "There is nothing to see without more rights." nothing: Boolean }`)
  const hiding = { shown, lostDefaults: listLostDefaults(schema, shown), query }
  const definitions = parse(printSchema(schema)).definitions.flatMap((node) => hideIn(node, hiding))
  const all = shown.has(query) ? definitions : [...definitions, ...empty.definitions]
  const visible = buildASTSchema({ kind: Kind.DOCUMENT, definitions: all }, { assumeValidSDL: true })
  const roots = [visible.getQueryType(), visible.getMutationType(), visible.getSubscriptionType()]
  const inputs = visible.getDirectives().flatMap(({ args }) => args.map(({ type }) => getNamedType(type)))
  return new GraphQLSchema({
    ...visible.toConfig(),
    directives: visible.getDirectives().map(withKnownLocations),
    types: listReachedTypes([...roots, ...inputs], Object.values(visible.getTypeMap())),
  })
}

/** What is left out of a definition. */
interface Hiding {
  readonly shown: Shown
  /** The coordinates of arguments and input fields whose default names something hidden. */
  readonly lostDefaults: ReadonlySet<string>
  /** The name of the root type of queries, which each schema has. */
  readonly query: string
}

/** Leaves out of a definition what is hidden. Returns no definition if it is hidden itself. */
function hideIn(node: DefinitionNode, { shown, lostDefaults, query }: Hiding): readonly DefinitionNode[] {
  const isShown = ({ name }: { readonly name: NameNode }) => shown.has(name.value)
  const hideInputs = (inputs: readonly InputValueDefinitionNode[] = [], at: (name: string) => string) =>
    inputs.flatMap(({ defaultValue, ...input }): InputValueDefinitionNode[] => {
      const coordinate = at(input.name.value)
      if (!shown.has(coordinate)) return []
      return [defaultValue === undefined || lostDefaults.has(coordinate) ? input : { ...input, defaultValue }]
    })
  if (node.kind === Kind.SCHEMA_DEFINITION) {
    const isRoot = ({ type }: OperationTypeDefinitionNode) => isShown(type) || type.name.value === query
    return [{ ...node, operationTypes: node.operationTypes.filter(isRoot) }]
  }
  const name = node.kind === Kind.DIRECTIVE_DEFINITION ? `@${node.name.value}` : 'name' in node ? node.name?.value : ''
  if (name === undefined || !shown.has(name)) return []
  switch (node.kind) {
    case Kind.DIRECTIVE_DEFINITION:
      return [{ ...node, arguments: hideInputs(node.arguments, (argument) => `${name}(${argument}:)`) }]
    case Kind.ENUM_TYPE_DEFINITION:
      return [{ ...node, values: (node.values ?? []).filter((value) => shown.has(`${name}.${value.name.value}`)) }]
    case Kind.UNION_TYPE_DEFINITION:
      return [{ ...node, types: (node.types ?? []).filter(isShown) }]
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      return [{ ...node, fields: hideInputs(node.fields, (field) => `${name}.${field}`) }]
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION: {
      const fields = (node.fields ?? []).flatMap((field) => {
        const coordinate = `${name}.${field.name.value}`
        const args = hideInputs(field.arguments, (argument) => `${coordinate}(${argument}:)`)
        return shown.has(coordinate) ? [{ ...field, arguments: args }] : []
      })
      return [{ ...node, interfaces: (node.interfaces ?? []).filter(isShown), fields }]
    }
    default:
      return [node]
  }
}

/** Lists the arguments and input fields whose default names something hidden. */
function listLostDefaults(schema: GraphQLSchema, shown: Shown): ReadonlySet<string> {
  const lost = new Set<string>()
  const note = (coordinate: string, { type, defaultValue }: GraphQLArgument | GraphQLInputField): void => {
    if (!isShownValue(defaultValue, type, shown)) lost.add(coordinate)
  }
  for (const type of listDefinedTypes(schema)) {
    if (isEnumType(type) || !('getFields' in type)) continue
    for (const field of Object.values(type.getFields())) {
      if ('defaultValue' in field) note(`${type.name}.${field.name}`, field)
      else for (const argument of field.args) note(`${type.name}.${field.name}(${argument.name}:)`, argument)
    }
  }
  for (const { name, args } of schema.getDirectives())
    for (const argument of args) note(`@${name}(${argument.name}:)`, argument)
  return lost
}

/** The directive locations of the GraphQL specification of September 2025, which clients know. */
const KNOWN_LOCATIONS: ReadonlySet<string> = new Set(
  Object.values(DirectiveLocation).filter((one) => one !== 'DIRECTIVE_DEFINITION'),
)

/**
 * Leaves out locations that no published specification has. graphql-js 16.15 lets `@deprecated` stand on directive definitions, and
 * graphql-core 3.2 (Python) rejects a schema with such a location.
 */
function withKnownLocations(directive: GraphQLDirective): GraphQLDirective {
  if (directive.locations.every((one) => KNOWN_LOCATIONS.has(one))) return directive
  const locations = directive.locations.filter((one) => KNOWN_LOCATIONS.has(one))
  return new GraphQLDirective({ ...directive.toConfig(), locations })
}

/** Lists the types that an operation can reach from `roots`, through fields, arguments, interfaces and the types that implement them. */
function listReachedTypes(
  roots: readonly (GraphQLNamedType | null | undefined)[],
  types: readonly GraphQLNamedType[],
): GraphQLNamedType[] {
  const reached = new Set<GraphQLNamedType>()
  const stack = roots.flatMap((type) => type ?? [])
  for (let type = stack.pop(); type; type = stack.pop()) {
    if (reached.has(type)) continue
    reached.add(type)
    stack.push(...listNeighbours(type, types))
  }
  return [...reached]
}

function listNeighbours(type: GraphQLNamedType, types: readonly GraphQLNamedType[]): readonly GraphQLNamedType[] {
  if (isUnionType(type)) return type.getTypes()
  if (isInputObjectType(type)) return Object.values(type.getFields()).map(({ type: of }) => getNamedType(of))
  if (!isObjectType(type) && !isInterfaceType(type)) return []
  const implementing = isInterfaceType(type) ? types.filter((other) => implementsType(other, type)) : []
  const fields = Object.values(type.getFields())
  const fieldTypes = fields.flatMap((field): GraphQLType[] => [
    field.type,
    ...field.args.map((argument) => argument.type),
  ])
  return [...fieldTypes.map((of): GraphQLNamedType => getNamedType(of)), ...type.getInterfaces(), ...implementing]
}

function implementsType(type: GraphQLNamedType, above: GraphQLInterfaceType): boolean {
  return (isObjectType(type) || isInterfaceType(type)) && type.getInterfaces().includes(above)
}

/**
 * The coordinates of a schema that introspection shows (GraphQL, schema coordinates): `Type`, `Type.field`, `Type.field(arg:)`,
 * `@directive(arg:)`.
 */
type Shown = ReadonlySet<string>

/** A type with output fields. */
type FieldsType = GraphQLObjectType | GraphQLInterfaceType

/**
 * Finds the largest set of visible coordinates that is a complete schema: it hides what is not visible, and everything that needs
 * something hidden.
 * @param isVisible asked once for each coordinate.
 */
function findShown(schema: GraphQLSchema, isVisible: (coordinate: string) => boolean): Shown {
  const shown = new Set(listCoordinates(schema).filter(isVisible))
  const implementers = findImplementers(schema, shown)
  for (let before = -1; shown.size !== before; ) {
    before = shown.size
    for (const type of listDefinedTypes(schema)) hideInType(type, implementers, shown)
    for (const directive of schema.getDirectives()) {
      const name = `@${directive.name}`
      hideArguments(name, directive.args, shown)
      if (directive.args.some((argument) => isRequiredArgument(argument) && !shown.has(`${name}(${argument.name}:)`))) {
        shown.delete(name)
      }
    }
  }
  return shown
}

/** Whether the new schema has a type. It always has the scalars of GraphQL itself. */
function isShownType(type: GraphQLNamedType, shown: Shown): boolean {
  return isSpecifiedScalarType(type) || shown.has(type.name)
}

/** Whether a default value, at any depth, names nothing hidden. */
function isShownValue(value: unknown, type: GraphQLInputType, shown: Shown): boolean {
  if (isNonNullType(type)) return isShownValue(value, type.ofType, shown)
  if (value === null || value === undefined) return true
  if (isListType(type)) {
    return (Array.isArray(value) ? value : [value]).every((item) => isShownValue(item, type.ofType, shown))
  }
  if (isEnumType(type)) {
    return type.getValues().some((entry) => entry.value === value && shown.has(`${type.name}.${entry.name}`))
  }
  if (!isInputObjectType(type)) return true
  return Object.values(type.getFields()).every(({ name, type: fieldType }) => {
    const member = (value as Record<string, unknown>)[name]
    return member === undefined || (shown.has(`${type.name}.${name}`) && isShownValue(member, fieldType, shown))
  })
}

function listDefinedTypes(schema: GraphQLSchema): readonly GraphQLNamedType[] {
  return Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
}

function listCoordinates(schema: GraphQLSchema): readonly string[] {
  const found: string[] = []
  const addField = (owner: string, args: readonly GraphQLArgument[]): void => {
    found.push(owner, ...args.map(({ name }) => `${owner}(${name}:)`))
  }
  for (const type of listDefinedTypes(schema)) {
    found.push(type.name)
    if (isEnumType(type)) found.push(...type.getValues().map(({ name }) => `${type.name}.${name}`))
    if (isInputObjectType(type)) found.push(...Object.keys(type.getFields()).map((name) => `${type.name}.${name}`))
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const { name, args } of Object.values(type.getFields())) addField(`${type.name}.${name}`, args)
    }
  }
  const directives = schema.getDirectives().filter((directive) => !isSpecifiedDirective(directive))
  for (const { name, args } of directives) addField(`@${name}`, args)
  return found
}

type Implementers = ReadonlyMap<string, readonly FieldsType[]>

/** Finds the visible types that implement each interface. */
function findImplementers(schema: GraphQLSchema, shown: Shown): Implementers {
  const interfaces = Object.values(schema.getTypeMap()).filter(isInterfaceType)
  return new Map(
    interfaces.map((type) => {
      const { objects, interfaces: below } = schema.getImplementations(type)
      return [type.name, [...objects, ...below].filter(({ name }) => shown.has(name))]
    }),
  )
}

function hideInType(type: GraphQLNamedType, implementers: Implementers, shown: Set<string>): void {
  if (isEnumType(type)) hideEmpty(type, type.getValues(), shown)
  else if (isUnionType(type)) {
    if (!type.getTypes().some((member) => shown.has(member.name))) shown.delete(type.name)
  } else if (isInputObjectType(type)) hideInInput(type, shown)
  else if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      hideInField(type, field, shown)
      for (const other of implementers.get(type.name) ?? []) hideTogether(type, other, field, shown)
    }
    hideEmpty(type, Object.values(type.getFields()), shown)
  }
}

function hideEmpty(
  { name }: GraphQLEnumType | GraphQLInputObjectType | FieldsType,
  parts: readonly { readonly name: string }[],
  shown: Set<string>,
): void {
  if (!parts.some((part) => shown.has(`${name}.${part.name}`))) shown.delete(name)
}

function hideInInput(type: GraphQLInputObjectType, shown: Set<string>): void {
  const fields = Object.values(type.getFields())
  for (const field of fields) {
    const coordinate = `${type.name}.${field.name}`
    if (!canShowInput(field, shown)) shown.delete(coordinate)
    // If a required field is hidden, a client cannot write a value of the type.
    if (!shown.has(coordinate) && isRequiredInputField(field)) shown.delete(type.name)
  }
  hideEmpty(type, fields, shown)
}

function hideInField({ name }: FieldsType, field: GraphQLField<unknown, unknown>, shown: Set<string>): void {
  const coordinate = `${name}.${field.name}`
  hideArguments(coordinate, field.args, shown)
  const lacksArgument = field.args.some((arg) => isRequiredArgument(arg) && !shown.has(`${coordinate}(${arg.name}:)`))
  if (lacksArgument || !isShownType(getNamedType(field.type), shown)) shown.delete(coordinate)
}

function hideArguments(owner: string, args: readonly GraphQLArgument[], shown: Set<string>): void {
  for (const argument of args) if (!canShowInput(argument, shown)) shown.delete(`${owner}(${argument.name}:)`)
}

/**
 * Whether an argument or input field can be shown. A default that names something hidden is left out. A non-null argument without its
 * default would look required, so it is hidden.
 */
function canShowInput({ type, defaultValue }: GraphQLArgument | GraphQLInputField, shown: Shown): boolean {
  const isDefaultLost = defaultValue !== undefined && !isShownValue(defaultValue, type, shown)
  return isShownType(getNamedType(type), shown) && !(isDefaultLost && isNonNullType(type))
}

/** Hides in an interface the fields that a type which implements it does not show. Hides an argument in both if it is hidden in one. */
function hideTogether(
  interfaceType: FieldsType,
  type: FieldsType,
  field: GraphQLField<unknown, unknown>,
  shown: Set<string>,
): void {
  const inInterface = `${interfaceType.name}.${field.name}`
  const inType = `${type.name}.${field.name}`
  if (!shown.has(inType)) shown.delete(inInterface)
  for (const { name } of field.args) {
    if (shown.has(`${inInterface}(${name}:)`) && shown.has(`${inType}(${name}:)`)) continue
    shown.delete(`${inInterface}(${name}:)`)
    shown.delete(`${inType}(${name}:)`)
  }
}
