import { type DirectiveNode, type FieldNode, Kind, type ValueNode } from 'graphql'

/** Returns the value of a variable as it came; undefined if none came. */
export type ReadVariable = (name: string) => unknown

/** Returns an argument's value; undefined if the operation gives none, or gives a variable without a value. An enum value is its name. */
export function argumentValue(
  node: Pick<FieldNode | DirectiveNode, 'arguments'>,
  name: string,
  read: ReadVariable,
): unknown {
  const given = node.arguments?.find((argument) => argument.name.value === name)
  return given && plainValue(given.value, read)
}

function plainValue(node: ValueNode, read: ReadVariable): unknown {
  switch (node.kind) {
    case Kind.VARIABLE:
      return read(node.name.value)
    case Kind.NULL:
      return null
    case Kind.LIST:
      return node.values.map((item) => plainValue(item, read))
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map(({ name, value }) => [name.value, plainValue(value, read)]))
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value)
    default:
      return node.value
  }
}

/** Returns whether `@skip` or `@include` removes a selection. A condition that is neither true nor false removes nothing. */
export function isSkipped(
  { directives }: { readonly directives?: readonly DirectiveNode[] },
  read: ReadVariable,
): boolean {
  return (directives ?? []).some((directive) => {
    const name = directive.name.value
    if (name !== 'skip' && name !== 'include') return false
    return argumentValue(directive, 'if', read) === (name === 'skip')
  })
}
