import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type EnumValueDefinitionNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  isTypeDefinitionNode,
  isTypeExtensionNode,
  Kind,
  type NameNode,
  type TypeDefinitionNode,
  type TypeExtensionNode,
  type TypeNode,
} from 'graphql'

/** What a type is, as its definition begins: `type Case`. */
export type TypeKind = 'type' | 'interface' | 'union' | 'enum' | 'input' | 'scalar'

const TYPE_KINDS = {
  [Kind.OBJECT_TYPE_DEFINITION]: 'type',
  [Kind.OBJECT_TYPE_EXTENSION]: 'type',
  [Kind.INTERFACE_TYPE_DEFINITION]: 'interface',
  [Kind.INTERFACE_TYPE_EXTENSION]: 'interface',
  [Kind.UNION_TYPE_DEFINITION]: 'union',
  [Kind.UNION_TYPE_EXTENSION]: 'union',
  [Kind.ENUM_TYPE_DEFINITION]: 'enum',
  [Kind.ENUM_TYPE_EXTENSION]: 'enum',
  [Kind.INPUT_OBJECT_TYPE_DEFINITION]: 'input',
  [Kind.INPUT_OBJECT_TYPE_EXTENSION]: 'input',
  [Kind.SCALAR_TYPE_DEFINITION]: 'scalar',
  [Kind.SCALAR_TYPE_EXTENSION]: 'scalar',
} as const satisfies Readonly<Record<(TypeDefinitionNode | TypeExtensionNode)['kind'], TypeKind>>

/** One place of an SDL that can carry directives. What is given to a field is an argument, an input field or an enum value. */
export interface SdlPlace {
  /** `Type`, `Type.field`, `Type.field(argument:)`, `Input.field` or `Enum.VALUE`. */
  readonly coordinate: string
  readonly at: 'type' | 'field' | 'argument' | 'input' | 'value'
  /** The name of the type to which it belongs, and what that is. */
  readonly typeName: string
  readonly kind: TypeKind
  readonly name: NameNode
  readonly node:
    | TypeDefinitionNode
    | TypeExtensionNode
    | FieldDefinitionNode
    | InputValueDefinitionNode
    | EnumValueDefinitionNode
  readonly directives: readonly ConstDirectiveNode[]
  /** What a field returns, or what an argument or input field takes. */
  readonly type?: TypeNode
}

/** Lists the places of an SDL in its order: a type before its fields, a field before its arguments. An extension is a place of its type. */
export function listPlaces({ definitions }: Pick<DocumentNode, 'definitions'>): readonly SdlPlace[] {
  return definitions.flatMap(placesOf)
}

/** Lists the places of some kinds that have a type: fields, arguments and input fields. */
export function listTyped(
  document: DocumentNode,
  ...at: readonly ('field' | 'argument' | 'input')[]
): readonly (SdlPlace & { readonly type: TypeNode })[] {
  const wanted: readonly string[] = at
  return listPlaces(document).flatMap((place) =>
    place.type !== undefined && wanted.includes(place.at) ? [{ ...place, type: place.type }] : [],
  )
}

function placesOf(definition: DefinitionNode): readonly SdlPlace[] {
  if (!isTypeDefinitionNode(definition) && !isTypeExtensionNode(definition)) return []
  const typeName = definition.name.value
  const kind = TYPE_KINDS[definition.kind]
  const place = (coordinate: string, at: SdlPlace['at'], node: SdlPlace['node']): SdlPlace => {
    const found = { coordinate, at, typeName, kind, name: node.name, node, directives: node.directives ?? [] }
    return 'type' in node ? { ...found, type: node.type } : found
  }
  const fields = 'fields' in definition ? (definition.fields ?? []) : []
  const values = 'values' in definition ? (definition.values ?? []) : []
  return [
    place(typeName, 'type', definition),
    ...fields.flatMap((field) => {
      const coordinate = `${typeName}.${field.name.value}`
      if (field.kind === Kind.INPUT_VALUE_DEFINITION) return [place(coordinate, 'input', field)]
      const given = (field.arguments ?? []).map((each) => place(`${coordinate}(${each.name.value}:)`, 'argument', each))
      return [place(coordinate, 'field', field), ...given]
    }),
    ...values.map((value) => place(`${typeName}.${value.name.value}`, 'value', value)),
  ]
}

/** Returns the name of a type without list and non-null. */
export function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type)
}

/** Checks whether each value of type `own` is a value of type `expected`. */
export function isAtLeast(own: TypeNode, expected: TypeNode): boolean {
  if (expected.kind === Kind.NON_NULL_TYPE) return own.kind === Kind.NON_NULL_TYPE && isAtLeast(own.type, expected.type)
  if (own.kind === Kind.NON_NULL_TYPE) return isAtLeast(own.type, expected)
  if (own.kind === Kind.LIST_TYPE) return expected.kind === Kind.LIST_TYPE && isAtLeast(own.type, expected.type)
  return expected.kind === Kind.NAMED_TYPE && own.name.value === expected.name.value
}
