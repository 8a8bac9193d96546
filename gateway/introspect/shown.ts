import {
  type GraphQLArgument,
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
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

/** The coordinates of a schema that are shown (GraphQL, schema coordinates): `Type`, `Type.field`, `Type.field(arg:)`, `@directive(arg:)`. */
export type Shown = ReadonlySet<string>

/** A type with fields that give something. */
export type FieldsType = GraphQLObjectType | GraphQLInterfaceType

/** The greatest set of visible coordinates that is a schema by itself: what needs something hidden is hidden too. */
export function shownOf(schema: GraphQLSchema, isVisible: (coordinate: string) => boolean): Shown {
  const shown = new Set(coordinatesOf(schema).filter(isVisible))
  const implementers = implementersOf(schema, shown)
  for (let before = -1; shown.size !== before; ) {
    before = shown.size
    for (const type of ownTypes(schema)) hideInType(type, implementers, shown)
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

/** Whether a type stands in the new schema: the scalars of GraphQL itself always do. */
export function isShownType(type: GraphQLNamedType, shown: Shown): boolean {
  return isSpecifiedScalarType(type) || shown.has(type.name)
}

/** Whether a default value names nothing hidden, in it or below it. */
export function isShownValue(value: unknown, type: GraphQLInputType, shown: Shown): boolean {
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

function ownTypes(schema: GraphQLSchema): readonly GraphQLNamedType[] {
  return Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
}

function coordinatesOf(schema: GraphQLSchema): readonly string[] {
  const found: string[] = []
  const addField = (owner: string, args: readonly GraphQLArgument[]): void => {
    found.push(owner, ...args.map(({ name }) => `${owner}(${name}:)`))
  }
  for (const type of ownTypes(schema)) {
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

/** The types that implement each interface, as far as they are visible themselves. */
function implementersOf(schema: GraphQLSchema, shown: Shown): Implementers {
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
    if (!canBeGiven(field, shown)) shown.delete(coordinate)
    // Without a member that it must have, no value of the type can be given.
    if (!shown.has(coordinate) && isRequiredInputField(field)) shown.delete(type.name)
  }
  hideEmpty(type, fields, shown)
}

function hideInField({ name }: FieldsType, field: GraphQLField<unknown, unknown>, shown: Set<string>): void {
  const coordinate = `${name}.${field.name}`
  hideArguments(coordinate, field.args, shown)
  const lacks = field.args.some((arg) => isRequiredArgument(arg) && !shown.has(`${coordinate}(${arg.name}:)`))
  if (lacks || !isShownType(getNamedType(field.type), shown)) shown.delete(coordinate)
}

function hideArguments(owner: string, args: readonly GraphQLArgument[], shown: Set<string>): void {
  for (const argument of args) if (!canBeGiven(argument, shown)) shown.delete(`${owner}(${argument.name}:)`)
}

/** A default that may not be shown is left out; where null is no value, the argument is too, for it would look required. */
function canBeGiven({ type, defaultValue }: GraphQLArgument | GraphQLInputField, shown: Shown): boolean {
  const isDefaultLost = defaultValue !== undefined && !isShownValue(defaultValue, type, shown)
  return isShownType(getNamedType(type), shown) && !(isDefaultLost && isNonNullType(type))
}

/** A type has every field of its interfaces, with their arguments: an interface shows what all that implement it show. */
function hideTogether(
  above: FieldsType,
  type: FieldsType,
  field: GraphQLField<unknown, unknown>,
  shown: Set<string>,
): void {
  const [here, there] = [`${above.name}.${field.name}`, `${type.name}.${field.name}`]
  if (!shown.has(there)) shown.delete(here)
  for (const { name } of field.args) {
    if (shown.has(`${here}(${name}:)`) && shown.has(`${there}(${name}:)`)) continue
    shown.delete(`${here}(${name}:)`)
    shown.delete(`${there}(${name}:)`)
  }
}
