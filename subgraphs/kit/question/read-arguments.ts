/** Reads the arguments of one field, as graphql-js reads them, from what was found out once. */
import {
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  isNonNullType,
  Kind,
  type ValueNode,
  valueFromAST,
  visit,
} from 'graphql'

/** Variables after coercion. */
export type Coerced = Readonly<Record<string, unknown>>

/** Returns the arguments of a field under these variables; null if they do not fit. */
export type ReadArguments = (variables: Coerced) => Coerced | null

/** The value of one argument; undefined if it has none; {@link UNFIT} if it does not fit. */
type ReadArgument = (variables: Coerced) => unknown

const UNFIT = Symbol('an argument that does not fit')

/** Prepares what `getArgumentValues` of graphql-js does for each leg, and returns null where it throws. */
export function prepareArguments(
  { args }: Pick<GraphQLField<unknown, unknown>, 'args'>,
  { arguments: nodes = [] }: FieldNode,
): ReadArguments {
  const read = args.map((argument) => {
    const node = nodes.findLast(({ name }) => name.value === argument.name)
    return [argument.name, prepareArgument(argument, node?.value)] as const
  })
  return (variables) => {
    const values: Record<string, unknown> = {}
    for (const [name, readOne] of read) {
      const value = readOne(variables)
      if (value === UNFIT) return null
      if (value !== undefined) values[name] = value
    }
    return values
  }
}

function prepareArgument({ type, defaultValue }: GraphQLArgument, node: ValueNode | undefined): ReadArgument {
  const isRequired = isNonNullType(type)
  const absent = defaultValue === undefined && isRequired ? UNFIT : defaultValue
  if (node === undefined) return () => absent
  if (node.kind === Kind.VARIABLE) {
    const name = node.name.value
    return (variables) => {
      if (!Object.hasOwn(variables, name)) return absent
      const value = variables[name]
      return value === undefined || (value === null && isRequired) ? UNFIT : value
    }
  }
  const read = (variables: Coerced): unknown => {
    const value = valueFromAST(node, type, variables)
    return value === undefined ? UNFIT : value
  }
  if (hasVariable(node)) return read
  const value = read({})
  return () => value
}

function hasVariable(node: ValueNode): boolean {
  let found = false
  visit(node, {
    Variable() {
      found = true
    },
  })
  return found
}
