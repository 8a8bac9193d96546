/** Changes legs as a captured gateway could: each change asks for something else, or for the same in another form. */
import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  parse,
  parseValue,
  type SelectionNode,
  TypeInfo,
  type ValueNode,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import type { Domain } from '../../contract/domain.ts'
import type { Dice } from '../oracle/dice.ts'
import { nationalSchema } from './plain-check.ts'

/** A leg while it is changed. */
export interface ChangedLeg {
  readonly document: DocumentNode
  readonly variables: Readonly<Record<string, unknown>>
}

type Change = (leg: ChangedLeg, domain: Domain, dice: Dice) => ChangedLeg

/** Changes that ask for something else, unless the question asks for that too. */
export const CHANGES: Readonly<Record<string, Change>> = {
  'another value': (leg, _domain, dice) => ({ ...leg, variables: changeValue(leg.variables, dice) }),
  'a dropped argument': (leg, domain, dice) =>
    changeField(leg, domain, dice, (node) => {
      const args = node.arguments ?? []
      return args.length === 0 ? node : { ...node, arguments: args.filter((arg) => arg !== dice.pick(args)) }
    }),
  'another argument': (leg, domain, dice) =>
    changeField(leg, domain, dice, (node, definition) => {
      const absent = definition.args.filter(({ name }) => !node.arguments?.some((given) => given.name.value === name))
      if (absent.length === 0) return node
      const { name, type } = dice.pick(absent)
      return { ...node, arguments: [...(node.arguments ?? []), argument(name, literalOf(type, dice))] }
    }),
  'a literal in place of a variable': (leg, domain, dice) =>
    changeField(leg, domain, dice, (node, definition) => {
      const args = node.arguments ?? []
      if (args.length === 0) return node
      const chosen = dice.pick(args)
      const type = definition.args.find(({ name }) => name === chosen.name.value)?.type
      if (type === undefined || chosen.name.value === 'representations') return node
      const changed = argument(chosen.name.value, literalOf(type, dice))
      return { ...node, arguments: args.map((arg) => (arg === chosen ? changed : arg)) }
    }),
  'an added field': (leg, domain, dice) => addField(leg, domain, dice, (field) => field),
  'an added field under another name': (leg, domain, dice) =>
    addField(leg, domain, dice, (field) => ({
      ...field,
      alias: { kind: Kind.NAME, value: `x${dice.between(0, 99)}` },
    })),
  'an added field in a fragment': (leg, domain, dice) =>
    addField(leg, domain, dice, (field) => ({
      kind: Kind.INLINE_FRAGMENT,
      selectionSet: { kind: Kind.SELECTION_SET, selections: [field] },
    })),
  'an added field on a condition': (leg, domain, dice) =>
    addField(leg, domain, dice, (field) => {
      const [operation] = parse('{ a @include(if: true) }', { noLocation: true }).definitions
      const made = operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet.selections[0] : undefined
      return { ...field, directives: made?.directives ?? [] }
    }),
}

/** Changes that ask for the same. */
export const HARMLESS: Readonly<Record<string, Change>> = {
  'other aliases': (leg, domain, dice) =>
    changeField(leg, domain, dice, (node) => ({
      ...node,
      alias: { kind: Kind.NAME, value: `z${dice.between(0, 1e9)}` },
    })),
  'arguments in another order': (leg, domain, dice) =>
    changeField(leg, domain, dice, (node) => ({ ...node, arguments: [...(node.arguments ?? [])].reverse() })),
  'a field in a fragment': (leg) => ({
    ...leg,
    document: visit(leg.document, {
      SelectionSet: {
        leave: (node) => ({
          ...node,
          selections: [{ kind: Kind.INLINE_FRAGMENT, selectionSet: node } as SelectionNode],
        }),
      },
    }),
  }),
}

/** Leaves out the definitions of variables that nothing uses any more. */
export function withoutUnused({ document, variables }: ChangedLeg): ChangedLeg {
  const used = new Set<string>()
  visit(document, {
    VariableDefinition: () => false,
    Variable({ name }) {
      used.add(name.value)
    },
  })
  const bare = visit(document, {
    VariableDefinition: (node) => (used.has(node.variable.name.value) ? undefined : null),
  })
  return { document: bare, variables: Object.fromEntries(Object.entries(variables).filter(([name]) => used.has(name))) }
}

function changeValue(variables: ChangedLeg['variables'], dice: Dice): ChangedLeg['variables'] {
  const names = Object.keys(variables).filter((name) => name !== 'representations')
  if (names.length === 0) return variables
  const name = dice.pick(names)
  return { ...variables, [name]: otherValue(variables[name], dice) }
}

function otherValue(value: unknown, dice: Dice): unknown {
  if (typeof value === 'number') return value + dice.between(1, 30)
  if (typeof value === 'boolean') return !value
  if (typeof value === 'string')
    return dice.pick(['HN:P-999', 'ID_ASC', 'OPEN', 'CHARGED', 'GT', '0201', '2020-01-01', 'x'])
  if (Array.isArray(value)) return dice.oneIn(2) ? value.slice(1) : [...value, value[0] ?? 'GT']
  if (typeof value !== 'object' || value === null) return dice.pick(['GT:1', 3, 'OPEN'])
  const names = Object.keys(value)
  if (names.length === 0) return { subdivision: ['GT-GU'] }
  const name = dice.pick(names)
  const { [name]: changed, ...others } = value as Record<string, unknown>
  return dice.oneIn(2) ? others : { ...others, [name]: otherValue(changed, dice) }
}

type Definition = GraphQLField<unknown, unknown>

/** Changes one field of the leg. */
function changeField(
  leg: ChangedLeg,
  domain: Domain,
  dice: Dice,
  change: (node: FieldNode, definition: Definition) => FieldNode,
): ChangedLeg {
  const info = new TypeInfo(nationalSchema(domain))
  let fields = 0
  visit(leg.document, { Field: () => void fields++ })
  const chosen = dice.between(0, fields - 1)
  let at = 0
  const enter = (node: FieldNode): FieldNode | undefined => {
    const definition = info.getFieldDef()
    return at++ === chosen && definition ? change(node, definition) : undefined
  }
  return { ...leg, document: visit(leg.document, visitWithTypeInfo(info, { Field: { enter } })) }
}

function addField(leg: ChangedLeg, domain: Domain, dice: Dice, wrap: (field: FieldNode) => SelectionNode): ChangedLeg {
  const info = new TypeInfo(nationalSchema(domain))
  let sets = 0
  visit(leg.document, { SelectionSet: () => void sets++ })
  const chosen = dice.between(0, sets - 1)
  let at = 0
  const document = visit(
    leg.document,
    visitWithTypeInfo(info, {
      SelectionSet(node) {
        if (at++ !== chosen) return undefined
        const type = info.getParentType()
        if (!isObjectType(type)) return undefined
        const names = Object.values(type.getFields()).filter(({ name }) => !name.startsWith('_'))
        const field = wrap(makeField(dice.pick(names), dice, 2))
        return { ...node, selections: dice.oneIn(2) ? [field, ...node.selections] : [...node.selections, field] }
      },
    }),
  )
  return { ...leg, document }
}

function makeField({ name, type, args }: Definition, dice: Dice, depth: number): FieldNode {
  const named = getNamedType(type)
  const required = args.filter((arg) => isNonNullType(arg.type) && arg.defaultValue === undefined)
  const below = isObjectType(named) ? Object.values(named.getFields()).filter((field) => field.name !== 'outcomes') : []
  const selections: SelectionNode[] =
    depth > 0 && below.length > 0
      ? [makeField(dice.pick(below), dice, depth - 1)]
      : [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }]
  return {
    kind: Kind.FIELD,
    name: { kind: Kind.NAME, value: name },
    arguments: required.map((arg) => argument(arg.name, literalOf(arg.type, dice))),
    ...(isCompositeType(named) && { selectionSet: { kind: Kind.SELECTION_SET, selections } }),
  }
}

function argument(name: string, value: ValueNode): ArgumentNode {
  return { kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: name }, value }
}

function literalOf(type: GraphQLInputType, dice: Dice): ValueNode {
  if (isNonNullType(type)) return literalOf(type.ofType, dice)
  if (isListType(type)) return { kind: Kind.LIST, values: [literalOf(type.ofType, dice)] }
  if (isEnumType(type)) return { kind: Kind.ENUM, value: dice.pick(type.getValues()).name }
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields())
    const required = fields.filter((field) => isNonNullType(field.type))
    const chosen = new Set(required.length > 0 ? required : [dice.pick(fields)])
    return {
      kind: Kind.OBJECT,
      fields: [...chosen].map((field) => ({
        kind: Kind.OBJECT_FIELD,
        name: { kind: Kind.NAME, value: field.name },
        value: literalOf(field.type, dice),
      })),
    }
  }
  const text = { Int: `${dice.between(1, 40)}`, Boolean: dice.pick(['true', 'false']), CountryCode: '"GT"' }[type.name]
  const other = { Date: '"2020-01-01"', DateTime: '"2020-01-01T00:00:00Z"', IccsCode: '"0201"' }[type.name]
  return parseValue(text ?? other ?? '"GT:1"', { noLocation: true })
}
