import {
  type ArgumentNode,
  astFromValue,
  type ConstValueNode,
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLBoolean,
  type GraphQLField,
  type GraphQLInputType,
  GraphQLNonNull,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type NameNode,
  parseType,
  print,
  type SelectionNode,
  type SelectionSetNode,
  type TypeNode,
  type ValueNode,
  type VariableDefinitionNode,
} from 'graphql'
import { ONCE_PER_OPERATION } from '../../contract/once-per-operation.ts'
import { argumentValue, chooseOrder, type ValueSource } from './argument-values.ts'

/** An operation while it is made. */
export interface Making extends ValueSource {
  readonly fragments: FragmentDefinitionNode[]
  readonly variables: Map<string, { readonly definition: VariableDefinitionNode; readonly kind: string }>
  /** The values that the client sends. */
  readonly values: Record<string, unknown>
  /** By place, by response key: the field and its arguments, so that equal keys have equal fields. */
  readonly keys: Map<string, Map<string, string>>
  /** How many more fields the operation may have. */
  budget: number
  names: number
  /** The fields that the operation may have only once, and has. */
  readonly onceFields: Set<string>
}

/** Response keys that collide with keys of entities and parts of connections. */
const ALIASES = ['id', '__typename', 'node', 'edges', 'cursor', 'cases', 'country', 'a', 'b'] as const

/** Makes a random selection on a type. `place`: response keys from the root. */
export function makeSet(type: GraphQLObjectType, place: string, depth: number, making: Making): SelectionSetNode {
  const { dice } = making
  const selections = dice.many(1, place === '' ? 2 : 4, () => makeSelection(type, place, depth, making))
  return setOf(selections)
}

function makeSelection(type: GraphQLObjectType, place: string, depth: number, making: Making): SelectionNode {
  const { dice } = making
  if (making.budget > 0 && dice.oneIn(9)) {
    return {
      kind: Kind.INLINE_FRAGMENT,
      ...(dice.oneIn(3) ? {} : { typeCondition: named(type.name) }),
      directives: conditions(making),
      selectionSet: makeSet(type, place, depth, making),
    }
  }
  if (making.budget > 0 && dice.oneIn(14)) return makeSpread(type, place, depth, making)
  return makeField(type, place, depth, making)
}

function makeSpread(type: GraphQLObjectType, place: string, depth: number, making: Making): SelectionNode {
  const name = nameOf(`F${++making.names}`)
  const selectionSet = makeSet(type, place, depth, making)
  making.fragments.push({ kind: Kind.FRAGMENT_DEFINITION, name, typeCondition: named(type.name), selectionSet })
  return { kind: Kind.FRAGMENT_SPREAD, name, directives: conditions(making) }
}

function makeField(type: GraphQLObjectType, place: string, depth: number, making: Making): FieldNode {
  const { dice } = making
  making.budget--
  const fields = Object.values(type.getFields())
  const composite = fields.filter((field) => isObjectType(getNamedType(field.type)) && isAllowed(field, making))
  const leaves = fields.filter((field) => !isObjectType(getNamedType(field.type)))
  const wantsComposite =
    depth > 0 && making.budget > 0 && composite.length > 0 && (leaves.length === 0 || !dice.oneIn(4))
  const isTypename = (!wantsComposite && leaves.length === 0) || dice.oneIn(14)
  if (isTypename) return typenameField(place, making)
  const field = dice.pick(
    wantsComposite ? composite.flatMap((one) => Array<typeof one>(weightOf(one)).fill(one)) : leaves,
  )
  if (ONCE_PER_OPERATION.has(`Query.${field.name}`)) making.onceFields.add(field.name)
  const args = makeArguments(`${type.name}.${field.name}`, field, making)
  const node: FieldNode = {
    kind: Kind.FIELD,
    name: nameOf(field.name),
    arguments: args,
    directives: conditions(making),
  }
  const key = responseKey(node, place, making)
  const below = getNamedType(field.type)
  return {
    ...node,
    ...(key === field.name ? {} : { alias: nameOf(key) }),
    ...(isObjectType(below) ? { selectionSet: makeSet(below, `${place}.${key}`, depth - 1, making) } : {}),
  }
}

/** Chooses records and fields that lead to them more often than values, because faults are likely where countries meet. */
function weightOf(field: GraphQLField<unknown, unknown>): number {
  const type = getNamedType(field.type)
  if (field.name === 'edges' || field.name === 'node') return 8
  if (!isObjectType(type)) return 1
  const parts = type.getFields()
  if (parts.outcomes) return parts.edges ? 7 : 3
  return parts.edges || parts.id ? 4 : 1
}

function isAllowed(field: GraphQLField<unknown, unknown>, making: Making): boolean {
  return !making.onceFields.has(field.name)
}

function typenameField(place: string, making: Making): FieldNode {
  const node: FieldNode = { kind: Kind.FIELD, name: nameOf('__typename'), directives: conditions(making) }
  const key = responseKey(node, place, making)
  return key === '__typename' ? node : { ...node, alias: nameOf(key) }
}

/** Chooses a response key under which this field does not collide with another field at the same place. */
function responseKey(node: FieldNode, place: string, making: Making): string {
  const meanings = making.keys.get(place) ?? new Map<string, string>()
  making.keys.set(place, meanings)
  const meaning = `${node.name.value}(${(node.arguments ?? []).map(print).sort().join()})`
  let key = making.dice.oneIn(4) ? making.dice.pick(ALIASES) : node.name.value
  if ((meanings.get(key) ?? meaning) !== meaning) key = `x${++making.names}`
  meanings.set(key, meaning)
  return key
}

function makeArguments(coordinate: string, field: GraphQLField<unknown, unknown>, making: Making): ArgumentNode[] {
  const { order, said } = chooseOrder(
    coordinate,
    field.args.find(({ name }) => name === 'orderBy'),
    making.dice,
  )
  return field.args.flatMap((argument): ArgumentNode[] => {
    const isOrder = argument.name === 'orderBy'
    const value = isOrder ? said : argumentValue(coordinate, argument, order, making)
    const kind = `${coordinate} ${argument.name} ${argument.name === 'after' || isOrder ? order : ''}`
    if (value === undefined) return absentArgument(argument.name, argument.type, making)
    return [{ kind: Kind.ARGUMENT, name: nameOf(argument.name), value: makeValue(value, argument.type, kind, making) }]
  })
}

/** Leaves the argument out, or sets it to a variable that the client does not send. */
function absentArgument(name: string, type: GraphQLInputType, making: Making): ArgumentNode[] {
  if (isNonNullType(type) || !making.dice.oneIn(8)) return []
  const variable = defineVariable(parseType(String(type)), undefined, '', making)
  return [{ kind: Kind.ARGUMENT, name: nameOf(name), value: { kind: Kind.VARIABLE, name: nameOf(variable) } }]
}

/** Makes a literal, a variable, or a literal with variables in it. */
function makeValue(value: unknown, type: GraphQLInputType, kind: string, making: Making): ValueNode {
  const { dice } = making
  if (dice.oneIn(4)) return makeVariable(value, type, kind, making)
  const nullable = getNullableType(type)
  if (value === null) return { kind: Kind.NULL }
  if (isListType(nullable) && Array.isArray(value)) {
    return { kind: Kind.LIST, values: value.map((item) => makeValue(item, nullable.ofType, `${kind} item`, making)) }
  }
  if (isInputObjectType(nullable)) {
    const members = nullable.getFields()
    return {
      kind: Kind.OBJECT,
      fields: Object.entries(value as object).map(([name, item]) => {
        const member = members[name]
        if (!member) throw new Error(`expected a member of ${nullable.name}; came ${name}`)
        return {
          kind: Kind.OBJECT_FIELD,
          name: nameOf(name),
          value: makeValue(item, member.type, `${kind} ${name}`, making),
        }
      }),
    }
  }
  return literal(value, type)
}

function makeVariable(value: unknown, type: GraphQLInputType, kind: string, making: Making): ValueNode {
  const { dice, variables, values } = making
  const sameKind = [...variables].filter(([, variable]) => variable.kind === kind && kind !== '')
  if (sameKind.length > 0 && dice.oneIn(2)) return { kind: Kind.VARIABLE, name: nameOf(dice.pick(sameKind)[0]) }
  const byDefault = value !== null && dice.oneIn(3) ? (literal(value, type) as ConstValueNode) : undefined
  const declaredType = dice.oneIn(4) && value !== null && !isNonNullType(type) ? new GraphQLNonNull(type) : type
  const typeNode = parseType(byDefault && dice.oneIn(2) ? String(getNullableType(declaredType)) : String(declaredType))
  const name = defineVariable(typeNode, byDefault, kind, making)
  if (!byDefault) values[name] = value
  return { kind: Kind.VARIABLE, name: nameOf(name) }
}

function defineVariable(
  type: TypeNode,
  defaultValue: ConstValueNode | undefined,
  kind: string,
  making: Making,
): string {
  const name = `v${++making.names}`
  const variable = { kind: Kind.VARIABLE, name: nameOf(name) } as const
  const definition = { kind: Kind.VARIABLE_DEFINITION, variable, type, ...(defaultValue && { defaultValue }) } as const
  making.variables.set(name, { definition, kind })
  return name
}

function literal(value: unknown, type: GraphQLInputType): ValueNode {
  const node = astFromValue(value, type)
  if (!node) throw new Error(`expected a value of ${String(type)}`)
  return node
}

/** Rarely makes `@skip` or `@include`, which may empty a selection set. */
function conditions(making: Making): DirectiveNode[] {
  const { dice } = making
  return dice.many(0, dice.oneIn(12) ? 2 : 0, (i) => {
    const type = new GraphQLNonNull(GraphQLBoolean)
    const value = dice.oneIn(2)
    const condition = dice.oneIn(3) ? literal(value, type) : makeVariable(value, type, 'condition', making)
    return {
      kind: Kind.DIRECTIVE,
      name: nameOf(i === 0 ? 'skip' : 'include'),
      arguments: [{ kind: Kind.ARGUMENT, name: nameOf('if'), value: condition }],
    }
  })
}

function setOf(selections: readonly SelectionNode[]): SelectionSetNode {
  return { kind: Kind.SELECTION_SET, selections }
}

function named(name: string): { kind: Kind.NAMED_TYPE; name: NameNode } {
  return { kind: Kind.NAMED_TYPE, name: nameOf(name) }
}

function nameOf(value: string): NameNode {
  return { kind: Kind.NAME, value }
}
