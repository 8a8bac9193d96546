import { type ASTNode, type DirectiveNode, type DocumentNode, GraphQLError, Kind, parse, visit } from 'graphql'

/** The most tokens of a text that is looked at. The limits of a document are tighter. */
const MAX_TOKENS = 10_000

/** The kinds that a structure may have. Values that a client can choose are not among them. */
const KINDS: ReadonlySet<string> = new Set([
  Kind.DOCUMENT,
  Kind.OPERATION_DEFINITION,
  Kind.FRAGMENT_DEFINITION,
  Kind.VARIABLE_DEFINITION,
  Kind.SELECTION_SET,
  Kind.FIELD,
  Kind.FRAGMENT_SPREAD,
  Kind.INLINE_FRAGMENT,
  Kind.ARGUMENT,
  Kind.OBJECT,
  Kind.OBJECT_FIELD,
  Kind.LIST,
  Kind.NULL,
  Kind.BOOLEAN,
  Kind.VARIABLE,
  Kind.DIRECTIVE,
  Kind.NAMED_TYPE,
  Kind.LIST_TYPE,
  Kind.NON_NULL_TYPE,
  Kind.NAME,
])

const OUR_VARIABLE = /^v\d{1,5}$/
const OUR_FRAGMENT = /^f\d{1,5}$/

/**
 * Whether the text of a planned operation has nothing that its client wrote, except which names of the schema stand where: no alias, no name of
 * an operation, no name of a variable or fragment but our numbers, no value but `null`, `true` and `false`, and neither comment nor description.
 * The names of fields, arguments and types are not looked at: who validated the operation knows that they are of the schema.
 */
export function isStructure(text: string): boolean {
  // The tree does not have comments, and a lifted text has none.
  if (text.includes('#')) return false
  const document = parseOrNull(text)
  if (document === null) return false
  let isOnly = true
  visit(document, {
    enter(node) {
      if (!isOnly || !isAllowed(node)) isOnly = false
      return isOnly ? undefined : false
    },
  })
  return isOnly
}

/** Whether a name is one of our variables. */
export function isOurVariable(name: string): boolean {
  return OUR_VARIABLE.test(name)
}

function isAllowed(node: ASTNode): boolean {
  if (!KINDS.has(node.kind)) return false
  switch (node.kind) {
    case Kind.OPERATION_DEFINITION:
      return node.name === undefined && isEmpty(node.directives)
    case Kind.FRAGMENT_DEFINITION:
      return OUR_FRAGMENT.test(node.name.value) && isEmpty(node.directives) && isEmpty(node.variableDefinitions)
    case Kind.FRAGMENT_SPREAD:
      return OUR_FRAGMENT.test(node.name.value)
    case Kind.VARIABLE_DEFINITION:
      return node.defaultValue === undefined && isEmpty(node.directives)
    case Kind.VARIABLE:
      return isOurVariable(node.name.value)
    case Kind.FIELD:
      return node.alias === undefined
    case Kind.DIRECTIVE:
      return isCondition(node)
    default:
      return true
  }
}

function isCondition({ name }: DirectiveNode): boolean {
  return name.value === 'include' || name.value === 'skip'
}

function isEmpty(list: readonly unknown[] | undefined): boolean {
  return list === undefined || list.length === 0
}

function parseOrNull(text: string): DocumentNode | null {
  try {
    return parse(text, { noLocation: true, maxTokens: MAX_TOKENS })
  } catch (error) {
    // The parser recurses with the depth.
    if (error instanceof GraphQLError || error instanceof RangeError) return null
    throw error
  }
}
