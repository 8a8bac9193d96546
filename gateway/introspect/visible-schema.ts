import {
  DirectiveLocation,
  type GraphQLArgument,
  type GraphQLArgumentConfig,
  GraphQLBoolean,
  GraphQLDirective,
  GraphQLEnumType,
  type GraphQLField,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigMap,
  type GraphQLInputField,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInterfaceType,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  type GraphQLType,
  GraphQLUnionType,
  getNamedType,
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
} from 'graphql'

/** The new types by name. A hidden type is not in it. */
type Types = ReadonlyMap<string, GraphQLNamedType>

/**
 * Makes the schema for introspection that has only what `isVisible` lets the caller see. It is always valid. It leaves out what is
 * hidden, what needs something hidden, and types that nothing refers to. An interface has the fields that all its visible types show. If
 * nothing is visible, the schema has one field, `nothing`, because a schema must have a field. The fields have no resolvers.
 * @param isVisible asked once for each coordinate (GraphQL, schema coordinates): `Type`, `Type.field`, `Type.field(arg:)`,
 *   `Input.field`, `Enum.VALUE`, `@directive`, `@directive(arg:)`. It is not asked about what GraphQL itself defines.
 */
export function visibleSchema(schema: GraphQLSchema, isVisible: (coordinate: string) => boolean): GraphQLSchema {
  const shown = findShown(schema, isVisible)
  const types = new Map<string, GraphQLNamedType>()
  for (const type of Object.values(schema.getTypeMap())) {
    if (isShownType(type, shown)) types.set(type.name, rebuild(type, types, shown))
  }
  const root = (type: GraphQLObjectType | null | undefined): GraphQLObjectType | undefined =>
    type ? (types.get(type.name) as GraphQLObjectType | undefined) : undefined
  const directives = schema
    .getDirectives()
    .filter((directive) => isSpecifiedDirective(directive) || shown.has(`@${directive.name}`))
    .map((directive) =>
      isSpecifiedDirective(directive) ? withKnownLocations(directive) : rebuildDirective(directive, types, shown),
    )
  const roots = [root(schema.getQueryType()), root(schema.getMutationType()), root(schema.getSubscriptionType())]
  const [query = emptyQuery(schema), mutation, subscription] = roots
  const inputs = directives.flatMap(({ args }) => args.map(({ type }) => getNamedType(type)))
  return new GraphQLSchema({
    description: schema.description,
    query,
    mutation,
    subscription,
    directives,
    types: listReachedTypes([query, ...roots, ...inputs], [...types.values()]),
  })
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

function emptyQuery(schema: GraphQLSchema): GraphQLObjectType {
  return new GraphQLObjectType({
    name: schema.getQueryType()?.name ?? 'Query',
    fields: { nothing: { type: GraphQLBoolean, description: 'There is nothing to see without more rights.' } },
  })
}

function rebuild(type: GraphQLNamedType, types: Types, shown: Shown): GraphQLNamedType {
  if (isEnumType(type)) {
    const { values, ...config } = type.toConfig()
    return new GraphQLEnumType({ ...config, values: pick(values, (name) => shown.has(`${type.name}.${name}`)) })
  }
  if (isUnionType(type)) {
    return new GraphQLUnionType({ ...type.toConfig(), types: () => renewTypes(type.getTypes(), types) })
  }
  if (isInputObjectType(type)) {
    const { fields, ...config } = type.toConfig()
    const shownFields = pick(fields, (name) => shown.has(`${type.name}.${name}`))
    return new GraphQLInputObjectType({
      ...config,
      fields: () => mapValues(shownFields, (field) => renewInput(field, types, shown)),
    })
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return type
  const config = {
    name: type.name,
    description: type.description,
    interfaces: () => renewTypes(type.getInterfaces(), types),
    fields: () => renewFields(type, types, shown),
  }
  return isObjectType(type) ? new GraphQLObjectType(config) : new GraphQLInterfaceType(config)
}

function renewFields(type: FieldsType, types: Types, shown: Shown): GraphQLFieldConfigMap<unknown, unknown> {
  const shownFields = pick(type.toConfig().fields, (name) => shown.has(`${type.name}.${name}`))
  return Object.fromEntries(
    Object.entries(shownFields).map(([name, field]): [string, GraphQLFieldConfig<unknown, unknown>] => {
      const args = pick(field.args ?? {}, (argument) => shown.has(`${type.name}.${name}(${argument}:)`))
      const { description, deprecationReason } = field
      return [
        name,
        {
          description,
          deprecationReason,
          type: renewType(field.type, types),
          args: mapValues(args, (argument) => renewInput(argument, types, shown)),
        },
      ]
    }),
  )
}

function rebuildDirective(directive: GraphQLDirective, types: Types, shown: Shown): GraphQLDirective {
  const { args, ...config } = directive.toConfig()
  const shownArgs = pick(args, (name) => shown.has(`@${directive.name}(${name}:)`))
  return new GraphQLDirective({
    ...config,
    args: mapValues(shownArgs, (argument) => renewInput(argument, types, shown)),
  })
}

/** Rebuilds an argument or input field with the new types. Leaves out a default that names something hidden. */
function renewInput<Input extends Pick<GraphQLArgumentConfig, 'type' | 'defaultValue'>>(
  input: Input,
  types: Types,
  shown: Shown,
): Input {
  const type = renewType(input.type, types)
  return {
    ...input,
    type,
    defaultValue: isShownValue(input.defaultValue, input.type, shown) ? input.defaultValue : undefined,
  }
}

function renewType<Type extends GraphQLType>(type: Type, types: Types): Type
function renewType(type: GraphQLType, types: Types): GraphQLType {
  if (isNonNullType(type)) return new GraphQLNonNull(renewType(type.ofType, types) as GraphQLInputType)
  if (isListType(type)) return new GraphQLList(renewType(type.ofType, types))
  const renewedType = types.get(type.name)
  if (!renewedType) throw new Error(`expected a type that is shown; came ${type.name}`)
  return renewedType
}

function renewTypes<Type extends GraphQLNamedType>(old: readonly Type[], types: Types): Type[] {
  return old.flatMap((type) => (types.get(type.name) as Type | undefined) ?? [])
}

/** Lists the types that an operation can reach from `roots`, through fields, arguments, interfaces and the types that implement them. */
function listReachedTypes(
  roots: readonly (GraphQLNamedType | undefined)[],
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

function pick<Value>(
  record: { readonly [name: string]: Value },
  isPicked: (name: string) => boolean,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => isPicked(name)))
}

function mapValues<From, To>(record: { readonly [name: string]: From }, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]))
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
