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

/**
 * The coordinates of a schema that introspection shows (GraphQL, schema coordinates): `Type`, `Type.field`, `Type.field(arg:)`,
 * `@directive(arg:)`.
 */
export type Shown = ReadonlySet<string>

/** A type with output fields. */
export type FieldsType = GraphQLObjectType | GraphQLInterfaceType

/**
 * Finds the largest set of visible coordinates that is a complete schema: it hides what is not visible, and everything that needs
 * something hidden.
 * @param isVisible asked once for each coordinate.
 */
export function findShown(schema: GraphQLSchema, isVisible: (coordinate: string) => boolean): Shown {
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
export function isShownType(type: GraphQLNamedType, shown: Shown): boolean {
  return isSpecifiedScalarType(type) || shown.has(type.name)
}

/** Whether a default value, at any depth, names nothing hidden. */
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
