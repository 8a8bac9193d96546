import {
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
import { type FieldsType, isShownType, isShownValue, type Shown, shownOf } from './shown.ts'

/** The new types by name; a type that is not shown has none. */
type Types = ReadonlyMap<string, GraphQLNamedType>

/**
 * The schema as whoever sees only what `isVisible` says may see it: always valid, and without what is hidden, what needs it, and types
 * that nothing leads to. An interface shows the fields that all its visible types show. A schema of which nothing is left has one
 * field, `nothing`, for a schema must have one. For introspection: fields have no resolvers.
 * @param isVisible asked once for each coordinate (GraphQL, schema coordinates): `Type`, `Type.field`, `Type.field(arg:)`,
 *   `Input.field`, `Enum.VALUE`, `@directive`, `@directive(arg:)`; not for what GraphQL itself defines.
 */
export function visibleSchema(schema: GraphQLSchema, isVisible: (coordinate: string) => boolean): GraphQLSchema {
  const shown = shownOf(schema, isVisible)
  const types = new Map<string, GraphQLNamedType>()
  for (const type of Object.values(schema.getTypeMap())) {
    if (isShownType(type, shown)) types.set(type.name, rebuild(type, types, shown))
  }
  const root = (type: GraphQLObjectType | null | undefined): GraphQLObjectType | undefined =>
    type ? (types.get(type.name) as GraphQLObjectType | undefined) : undefined
  const directives = schema
    .getDirectives()
    .filter((directive) => isSpecifiedDirective(directive) || shown.has(`@${directive.name}`))
    .map((directive) => (isSpecifiedDirective(directive) ? directive : rebuildDirective(directive, types, shown)))
  const roots = [root(schema.getQueryType()), root(schema.getMutationType()), root(schema.getSubscriptionType())]
  const [query = emptyQuery(schema), mutation, subscription] = roots
  const inputs = directives.flatMap(({ args }) => args.map(({ type }) => getNamedType(type)))
  return new GraphQLSchema({
    description: schema.description,
    query,
    mutation,
    subscription,
    directives,
    types: reachedFrom([query, ...roots, ...inputs], [...types.values()]),
  })
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
    return new GraphQLUnionType({ ...type.toConfig(), types: () => renewed(type.getTypes(), types) })
  }
  if (isInputObjectType(type)) {
    const { fields, ...config } = type.toConfig()
    const kept = pick(fields, (name) => shown.has(`${type.name}.${name}`))
    return new GraphQLInputObjectType({
      ...config,
      fields: () => mapValues(kept, (field) => renewInput(field, types, shown)),
    })
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return type
  const config = {
    name: type.name,
    description: type.description,
    interfaces: () => renewed(type.getInterfaces(), types),
    fields: () => renewFields(type, types, shown),
  }
  return isObjectType(type) ? new GraphQLObjectType(config) : new GraphQLInterfaceType(config)
}

function renewFields(type: FieldsType, types: Types, shown: Shown): GraphQLFieldConfigMap<unknown, unknown> {
  const kept = pick(type.toConfig().fields, (name) => shown.has(`${type.name}.${name}`))
  return Object.fromEntries(
    Object.entries(kept).map(([name, field]): [string, GraphQLFieldConfig<unknown, unknown>] => {
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
  const kept = pick(args, (name) => shown.has(`@${directive.name}(${name}:)`))
  return new GraphQLDirective({ ...config, args: mapValues(kept, (argument) => renewInput(argument, types, shown)) })
}

/** An argument or input field over the new types; its default goes where that may not be shown. */
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

function renewed<Type extends GraphQLNamedType>(old: readonly Type[], types: Types): Type[] {
  return old.flatMap((type) => (types.get(type.name) as Type | undefined) ?? [])
}

/** The types that a question can come by, from `roots` over fields, arguments, interfaces and the types that implement them. */
function reachedFrom(
  roots: readonly (GraphQLNamedType | undefined)[],
  types: readonly GraphQLNamedType[],
): GraphQLNamedType[] {
  const reached = new Set<GraphQLNamedType>()
  const stack = roots.flatMap((type) => type ?? [])
  for (let type = stack.pop(); type; type = stack.pop()) {
    if (reached.has(type)) continue
    reached.add(type)
    stack.push(...nextTo(type, types))
  }
  return [...reached]
}

function nextTo(type: GraphQLNamedType, types: readonly GraphQLNamedType[]): readonly GraphQLNamedType[] {
  if (isUnionType(type)) return type.getTypes()
  if (isInputObjectType(type)) return Object.values(type.getFields()).map(({ type: of }) => getNamedType(of))
  if (!isObjectType(type) && !isInterfaceType(type)) return []
  const implementing = isInterfaceType(type) ? types.filter((other) => implementsType(other, type)) : []
  const fields = Object.values(type.getFields())
  const all = fields.flatMap((field): GraphQLType[] => [field.type, ...field.args.map((argument) => argument.type)])
  return [...all.map((of): GraphQLNamedType => getNamedType(of)), ...type.getInterfaces(), ...implementing]
}

function implementsType(type: GraphQLNamedType, above: GraphQLInterfaceType): boolean {
  return (isObjectType(type) || isInterfaceType(type)) && type.getInterfaces().includes(above)
}

function pick<Value>(
  record: { readonly [name: string]: Value },
  isCacheable: (name: string) => boolean,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => isCacheable(name)))
}

function mapValues<From, To>(record: { readonly [name: string]: From }, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]))
}
