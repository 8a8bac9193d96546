import {
  type GraphQLInputObjectType,
  type GraphQLLeafType,
  type GraphQLNamedInputType,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  getVariableValues,
  isInputObjectType,
  isInputType,
  isLeafType,
  isNonNullType,
  isRequiredInputField,
  type OperationDefinitionNode,
  print,
  typeFromAST,
} from 'graphql'
import { type Detail, detail } from '../../../contract/error-details.ts'
import { IstmoError } from '../../../contract/errors.ts'

/** How many wrong variables one error message names. */
const MAX_ERRORS = 10

/**
 * Coerces a request's variables by the operation's definitions of them.
 * @throws {IstmoError} `BAD_USER_INPUT`; `UNKNOWN_COUNTRY` if a value is not a country code. The message names the variable, the place in it and its type, and never a value.
 */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  inputs: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const leaves = leavesOf(schema, operation)
  return (leaves && coerceLeaves(leaves, inputs)) ?? coerceAny(schema, operation, inputs)
}

/** Coerces variables of any types by graphql-js. */
function coerceAny(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  inputs: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const definitions = operation.variableDefinitions ?? []
  // graphql-js keeps the values in an object, in which this name is not a member: the value would be lost, and a filter with it.
  if (definitions.some(({ variable }) => variable.name.value === '__proto__')) {
    throw new IstmoError('BAD_USER_INPUT', detail('VARIABLE_NAME'))
  }
  const { coerced, errors } = getVariableValues(schema, definitions, { ...inputs }, { maxErrors: MAX_ERRORS })
  if (errors === undefined) return coerced
  const isUnknownCountry = errors.some(({ extensions }) => extensions.code === 'UNKNOWN_COUNTRY')
  const code = isUnknownCountry ? 'UNKNOWN_COUNTRY' : 'BAD_USER_INPUT'
  throw new IstmoError(
    code,
    errors.map((error) => withoutValue(error.message, operation, schema)),
  )
}

/** A variable that is a scalar or an enum value, and has no default. */
interface LeafVariable {
  readonly name: string
  readonly type: GraphQLLeafType
  readonly isRequired: boolean
}

/** The variables of operations whose variables are all leaves; null for other operations. Each with the schema for which that holds. */
const operations = new WeakMap<
  OperationDefinitionNode,
  { readonly schema: GraphQLSchema; readonly leaves: readonly LeafVariable[] | null }
>()

function leavesOf(schema: GraphQLSchema, operation: OperationDefinitionNode): readonly LeafVariable[] | null {
  const known = operations.get(operation)
  if (known?.schema === schema) return known.leaves
  const leaves = listLeaves(schema, operation)
  operations.set(operation, { schema, leaves })
  return leaves
}

function listLeaves(schema: GraphQLSchema, operation: OperationDefinitionNode): readonly LeafVariable[] | null {
  const leaves: LeafVariable[] = []
  for (const { variable, type: node, defaultValue } of operation.variableDefinitions ?? []) {
    const declared = typeFromAST(schema, node)
    const isRequired = isNonNullType(declared)
    const type = isRequired ? declared.ofType : declared
    const name = variable.name.value
    if (name === '__proto__' || defaultValue !== undefined || !isInputType(type) || !isLeafType(type)) return null
    leaves.push({ name, type, isRequired })
  }
  return leaves
}

/** Coerces leaves as graphql-js does. Returns null if a value is wrong: then graphql-js says what is wrong with it. */
function coerceLeaves(
  leaves: readonly LeafVariable[],
  inputs: Readonly<Record<string, unknown>>,
): Record<string, unknown> | null {
  const coerced: Record<string, unknown> = Object.create(null)
  for (const { name, type, isRequired } of leaves) {
    const value = Object.hasOwn(inputs, name) ? inputs[name] : undefined
    if (value === undefined && Object.hasOwn(inputs, name)) return null
    if (value === undefined || value === null) {
      if (isRequired) return null
      if (value === null) coerced[name] = null
      continue
    }
    try {
      const parsed: unknown = type.parseValue(value)
      if (parsed === undefined) return null
      coerced[name] = parsed
    } catch {
      return null
    }
  }
  return coerced
}

/** Makes a detail without the value that came. The message of graphql-js contains the value. */
function withoutValue(message: string, operation: OperationDefinitionNode, schema: GraphQLSchema): Detail {
  const variable = /^Variable "\$(\w+)"/.exec(message)?.[1]
  const definition = operation.variableDefinitions?.find((node) => node.variable.name.value === variable)
  if (!definition) return detail('VARIABLE')
  const declared = typeFromAST(schema, definition.type)
  const expected = { name: `$${variable}`, type: describeType(print(definition.type), declared) }
  if (/^Variable "\$\w+" of (?:required|non-null) type "/.test(message)) return detail('VARIABLE_MISSING', expected)
  const at = / at "\w+((?:\.\w+|\[\d+\])+)"/.exec(message)?.[1] ?? ''
  const type = typeAt(declared, at)
  if (isInputObjectType(type)) return wrongMembers(message, type, expected)
  if (at === '' || type === null) return detail('VARIABLE_OF_ANOTHER_TYPE', expected)
  return detail('VARIABLE_WRONG_AT', { ...expected, expected: describeType(type.name, type), at })
}

/** Says that an input type does not have a member, or which ones it requires. It lists no others: a guess must not lead to a name. */
function wrongMembers(
  message: string,
  type: GraphQLInputObjectType,
  expected: Readonly<Record<'name' | 'type', string>>,
): Detail {
  const fields = Object.values(type.getFields())
  if (/" is not defined by type "\w+"\.(?: Did you mean [^;]*)?$/.test(message)) {
    return detail('VARIABLE_MEMBERS', { ...expected, input: type.name })
  }
  if (/" of required type "[^"]+" was not provided\.$/.test(message)) {
    const required = fields.filter((field) => isRequiredInputField(field)).map(({ name }) => name)
    return detail('VARIABLE_MEMBER_MISSING', { ...expected, input: type.name, members: required.join(', ') })
  }
  return detail('VARIABLE_OF_ANOTHER_TYPE', expected)
}

/** Follows a path such as `.names[0].full` through the types of the schema. Returns null where it leads to none. */
function typeAt(declared: GraphQLType | undefined, path: string): GraphQLNamedInputType | null {
  let type: GraphQLType | undefined = declared
  for (const [step] of path.matchAll(/\.\w+/g)) {
    const named = getNamedType(type)
    type = isInputObjectType(named) ? named.getFields()[step.slice(1)]?.type : undefined
  }
  const named = getNamedType(type)
  return isInputType(named) ? named : null
}

/** What a value of a contract's scalar looks like. */
const EXAMPLES: Readonly<Record<string, string>> = {
  CountryCode: 'GT',
  Date: '2026-03-14',
  DateTime: '2026-03-14T09:26:53Z',
  IccsCode: '0101',
}

/** Writes a type with an example of its values, which is the same in each language: `Date (2026-03-14)`. */
function describeType(written: string, type: GraphQLType | undefined): string {
  const example = EXAMPLES[getNamedType(type)?.name ?? '']
  return example === undefined ? written : `${written} (${example})`
}
