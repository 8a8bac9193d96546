import {
  DirectiveLocation,
  type GraphQLArgumentConfig,
  GraphQLBoolean,
  GraphQLDirective,
  GraphQLEnumType,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigMap,
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
  isListType,
  isNonNullType,
  isObjectType,
  isSpecifiedDirective,
  isUnionType,
} from 'graphql'
import { type FieldsType, findShown, isShownType, isShownValue, type Shown } from './shown.ts'

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
