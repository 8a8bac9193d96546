/** Makes random valid operations over any schema: aliases, fragments, conditions, variables with defaults, introspection. */
import {
  type ArgumentNode,
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  parse,
  parseValue,
  type SelectionNode,
  type SelectionSetNode,
  validate,
} from 'graphql'
import type { Dice } from '../../oracle/dice.ts'
import type { Operation } from '../../oracle/operation.ts'
import { idOf } from './truth.ts'

/** Response keys that are also names of keys and fields, so that a planner may confuse two values. */
const ALIASES = ['id', 'sku', 'code', 'f0', 'f1', 'spot', 'a', 'b', '__proto', 'constructor', '_i'] as const
const MAX_DEPTH = 6

interface Making {
  readonly schema: GraphQLSchema
  readonly dice: Dice
  readonly fragments: FragmentDefinitionNode[]
  readonly definitions: Map<string, string>
  readonly values: Record<string, unknown>
  /** By place, by response key: the field there. */
  readonly keys: Map<string, Map<string, string>>
  budget: number
  names: number
}

/** Makes a valid operation. */
export function makeOperation(schema: GraphQLSchema, dice: Dice): Operation {
  for (let attempt = 0; attempt < 50; attempt++) {
    const operation = tryOperation(schema, dice)
    if (validate(schema, operation.document).length === 0) return operation
  }
  throw new Error('expected a valid operation in 50 attempts')
}

function tryOperation(schema: GraphQLSchema, dice: Dice): Operation {
  const query = schema.getQueryType()
  if (!query) throw new Error('expected a query type')
  const making: Making = {
    schema,
    dice,
    fragments: [],
    definitions: new Map(),
    values: {},
    keys: new Map(),
    budget: dice.between(2, dice.oneIn(3) ? 45 : 16),
    names: 0,
  }
  const selectionSet = makeSet(query, '', 0, making)
  const definitions = [...making.definitions].map(([name, type]) => `$${name}: ${type}`).join(', ')
  const [shell] = parse(`query Main${definitions ? `(${definitions})` : ''} { __typename }`, {
    noLocation: true,
  }).definitions
  const operation = { ...(shell as OperationDefinitionNode), selectionSet }
  return {
    document: { kind: Kind.DOCUMENT, definitions: [operation, ...making.fragments] },
    operationName: dice.oneIn(2) ? 'Main' : undefined,
    variables: making.values,
  }
}

function makeSet(type: GraphQLCompositeType, place: string, depth: number, making: Making): SelectionSetNode {
  const selections = making.dice.many(1, place === '' ? 3 : 4, () => makeSelection(type, place, depth, making))
  return { kind: Kind.SELECTION_SET, selections }
}

function makeSelection(type: GraphQLCompositeType, place: string, depth: number, making: Making): SelectionNode {
  const { dice } = making
  const wantsFragment = dice.oneIn(isUnionType(type) ? 1 : isAbstractType(type) ? 2 : 8)
  if (!wantsFragment || making.budget <= 0) return makeField(type, place, depth, making)
  const condition = dice.pick(conditionTypes(type, making))
  const name = { kind: Kind.NAME, value: condition.name } as const
  const typeCondition = { kind: Kind.NAMED_TYPE, name } as const
  const selectionSet = makeSet(condition, place, depth, making)
  if (dice.oneIn(3)) {
    const fragment = { kind: Kind.NAME, value: `F${++making.names}` } as const
    making.fragments.push({ kind: Kind.FRAGMENT_DEFINITION, name: fragment, typeCondition, selectionSet })
    return { kind: Kind.FRAGMENT_SPREAD, name: fragment, directives: conditions(making) }
  }
  const isBare = condition === type && dice.oneIn(2)
  return {
    kind: Kind.INLINE_FRAGMENT,
    ...(isBare ? {} : { typeCondition }),
    directives: conditions(making),
    selectionSet,
  }
}

/** Lists the type itself, its possible types, and abstract types that overlap with it. */
function conditionTypes(type: GraphQLCompositeType, { schema }: Making): GraphQLCompositeType[] {
  const possible = isAbstractType(type) ? [...schema.getPossibleTypes(type)] : [type]
  const abstract = Object.values(schema.getTypeMap()).filter(
    (other) =>
      isAbstractType(other) && schema.getPossibleTypes(other).some((one) => possible.some((own) => own === one)),
  )
  return [...possible, ...possible, type, ...(abstract as GraphQLCompositeType[])]
}

function makeField(type: GraphQLCompositeType, place: string, depth: number, making: Making): SelectionNode {
  const { dice } = making
  making.budget--
  const fields = isUnionType(type) ? [] : Object.values(type.getFields())
  const leaves = fields.filter((field) => isLeafType(getNamedType(field.type)))
  const deep = fields.filter((field) => !isLeafType(getNamedType(field.type)))
  const isDeep = depth < MAX_DEPTH && making.budget > 0 && deep.length > 0 && (leaves.length === 0 || !dice.oneIn(3))
  const choices = isDeep ? deep : leaves
  if (choices.length === 0 || dice.oneIn(14)) return typenameField(place, making)
  if (place === '' && dice.oneIn(30)) return introspection(making)
  return fieldNode(type, dice.pick(choices), place, depth, making)
}

function typenameField(place: string, making: Making): FieldNode {
  return chooseKey({ kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }, 'String!', place, making)
}

function introspection(making: Making): FieldNode {
  // The gateway does not show types that no field refers to (gateway/introspect), so only these types are equal in both schemas.
  const name = making.dice.pick(['Query', 'String', 'Nothing'])
  const text = making.dice.pick([`__type(name: "${name}") { kind name }`, '__schema { queryType { name } }'])
  const [definition] = parse(`{ ${text} }`, { noLocation: true }).definitions
  const node = (definition as OperationDefinitionNode).selectionSet.selections[0] as FieldNode
  return { ...node, alias: { kind: Kind.NAME, value: `meta${++making.names}` } }
}

function fieldNode(
  parent: GraphQLCompositeType,
  field: GraphQLField<unknown, unknown>,
  place: string,
  depth: number,
  making: Making,
): FieldNode {
  const node: FieldNode = {
    kind: Kind.FIELD,
    name: { kind: Kind.NAME, value: field.name },
    arguments: field.args.flatMap((arg) => makeArgument(arg, making)),
    directives: conditions(making),
  }
  // If two types have fields under one response key, the values must have one type, and the selections below apply to both.
  const below = getNamedType(field.type)
  const home = isCompositeType(below) ? `${parent.name} ` : ''
  const named = chooseKey(node, home + String(field.type), place, making)
  if (!isCompositeType(below)) return named
  const key = named.alias?.value ?? field.name
  return { ...named, selectionSet: makeSet(below, `${place}.${key}`, depth + 1, making) }
}

/** Gives the field a response key that no other field has at this place. */
function chooseKey(node: FieldNode, type: string, place: string, making: Making): FieldNode {
  const { dice, keys } = making
  const taken = keys.get(place) ?? new Map<string, string>()
  keys.set(place, taken)
  const meaning = `${node.name.value} ${type} ${JSON.stringify(node.arguments ?? [])}`
  const wanted = dice.oneIn(4) ? dice.pick(ALIASES) : node.name.value
  const isFree = !taken.has(wanted) || taken.get(wanted) === meaning
  const key = isFree ? wanted : `k${++making.names}`
  taken.set(key, meaning)
  return key === node.name.value ? node : { ...node, alias: { kind: Kind.NAME, value: key } }
}

function conditions(making: Making): DirectiveNode[] {
  const { dice } = making
  if (!dice.oneIn(7)) return []
  const name = { kind: Kind.NAME, value: dice.pick(['skip', 'include']) } as const
  const on = dice.oneIn(2)
  const value = dice.oneIn(3) ? parseValue(String(on)) : variable('Boolean!', on, making)
  const argument = { kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'if' } as const, value } as const
  return [{ kind: Kind.DIRECTIVE, name, arguments: [argument] }]
}

/** Makes a variable. The client sends it, sends null, or leaves it to its default if the type allows that. */
function variable(type: string, value: unknown, making: Making) {
  const { dice } = making
  const name = `v${++making.names}`
  const isRequired = type.endsWith('!')
  const hasDefault = dice.oneIn(4) && !type.includes('In') && !type.includes('Hue')
  making.definitions.set(name, hasDefault ? `${type} = ${JSON.stringify(value)}` : type)
  const isLeftOut = (hasDefault || !isRequired) && dice.oneIn(3)
  if (!isLeftOut) making.values[name] = !isRequired && dice.oneIn(5) ? null : value
  return { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } } as const
}

function makeArgument(arg: GraphQLArgument, making: Making): ArgumentNode[] {
  const { dice } = making
  const isRequired = isNonNullType(arg.type) && arg.defaultValue === undefined
  if (!isRequired && dice.oneIn(3)) return []
  const value = inputValue(arg.type, making, 0)
  const name = { kind: Kind.NAME, value: arg.name } as const
  const node = dice.oneIn(2)
    ? variable(String(arg.type), value, making)
    : parseValue(literal(value, getNamedType(arg.type).name))
  return [{ kind: Kind.ARGUMENT, name, value: node }]
}

function inputValue(type: GraphQLInputType, making: Making, depth: number): unknown {
  const { dice } = making
  if (isNonNullType(type)) return inputValue(type.ofType, making, depth) ?? 1
  if (depth > 0 && dice.oneIn(6)) return null
  if (isListType(type)) return dice.many(0, 3, () => inputValue(type.ofType, making, depth + 1) ?? 'x')
  if (isEnumType(type)) return dice.pick(type.getValues()).name
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((field) => depth < 2 || field.name !== 'below')
    return Object.fromEntries(dice.subset(fields).map(({ name, type: of }) => [name, listed(of, making, depth + 1)]))
  }
  if (type.name === 'Int') return dice.between(-9, 9)
  return type.name === 'ID' ? idOf('E0', dice.between(0, 4)) : dice.pick(['', 'word', '"é\\'])
}

function listed(type: GraphQLInputType, making: Making, depth: number): unknown {
  if (isListType(type)) return making.dice.many(0, 2, () => making.dice.between(0, 9))
  return inputValue(type, making, depth)
}

function literal(value: unknown, typeName: string): string {
  if (Array.isArray(value)) return `[${value.map((item) => literal(item, typeName)).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).map(([name, item]) => `${name}: ${literal(item, '')}`)
    return `{ ${parts.join(', ')} }`
  }
  return typeName === 'Hue' ? String(value) : JSON.stringify(value)
}
