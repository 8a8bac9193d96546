import {
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  validate,
  visit,
} from 'graphql'
import type { Operation } from './operation.ts'

/**
 * Lists valid operations with one part less, the largest cut first: a selection, the frame of a fragment, an alias, a condition, an
 * argument. Also removes fragments and variables that nothing uses any more.
 */
export function* smallerOperations(schema: GraphQLSchema, operation: Operation): Generator<Operation> {
  for (const change of [withoutSelection, withoutFrame, withoutAlias, withoutDirectives, withoutArgument]) {
    for (let at = 0; ; at++) {
      const document = change(operation.document, at)
      if (document === undefined) break
      const smaller = tidy(document, operation)
      if (asksSomething(smaller.document) && validate(schema, smaller.document).length === 0) yield smaller
    }
  }
}

// A document without an operation, or with an empty selection, is valid in memory but cannot be written.
function asksSomething(document: DocumentNode): boolean {
  let isEmpty = false
  visit(document, {
    SelectionSet({ selections }) {
      if (selections.length === 0) isEmpty = true
    },
  })
  return !isEmpty && document.definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION)
}

type Change = (document: DocumentNode, at: number) => DocumentNode | undefined

/** Applies `edit` to the node with the index `at` among those that it would change; undefined if there are fewer. */
function changeNth(
  document: DocumentNode,
  at: number,
  edit: (node: ASTNode) => readonly ASTNode[] | undefined,
): DocumentNode | undefined {
  let seen = -1
  let isDone = false
  const changed = visit(document, {
    enter(node) {
      if (isDone) return undefined
      const edited = edit(node)
      if (edited === undefined || ++seen !== at) return undefined
      isDone = true
      return edited.length === 0 ? null : edited[0]
    },
  })
  return isDone ? changed : undefined
}

function isSelection(node: ASTNode): node is SelectionNode {
  return node.kind === Kind.FIELD || node.kind === Kind.INLINE_FRAGMENT || node.kind === Kind.FRAGMENT_SPREAD
}

const withoutSelection: Change = (document, at) =>
  changeNth(document, at, (node) => (isSelection(node) ? [] : undefined))

/** Replaces an inline fragment or a spread with its selections, so that named fragments disappear. */
const withoutFrame: Change = (document, at) => {
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  )
  return changeNth(document, at, (node) => {
    if (node.kind !== Kind.SELECTION_SET) return undefined
    const framed = node.selections.findIndex((one) => one.kind !== Kind.FIELD)
    const frame = node.selections[framed]
    if (!frame || frame.kind === Kind.FIELD) return undefined
    const inner =
      frame.kind === Kind.INLINE_FRAGMENT ? frame.selectionSet : fragments.get(frame.name.value)?.selectionSet
    return inner && [{ ...node, selections: node.selections.toSpliced(framed, 1, ...inner.selections) }]
  })
}

const withoutAlias: Change = (document, at) =>
  changeNth(document, at, (node) => {
    if (node.kind !== Kind.FIELD || !node.alias) return undefined
    const { alias: _, ...plain } = node
    return [plain as FieldNode]
  })

const withoutDirectives: Change = (document, at) =>
  changeNth(document, at, (node) => (node.kind === Kind.DIRECTIVE ? [] : undefined))

const withoutArgument: Change = (document, at) =>
  changeNth(document, at, (node) => (node.kind === Kind.ARGUMENT ? [] : undefined))

function tidy(document: DocumentNode, { operationName, variables }: Operation): Operation {
  const withFragments = withoutUnused(withoutEmptySets(document))
  const names = usedVariables(withFragments)
  const definitions = withFragments.definitions.map((node) =>
    node.kind === Kind.OPERATION_DEFINITION ? withVariables(node, names) : node,
  )
  return {
    document: { ...document, definitions },
    operationName,
    variables: Object.fromEntries(Object.entries(variables).filter(([name]) => names.has(name))),
  }
}

/** Lists the variables that are used, not those that are only defined. */
function usedVariables(document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>()
  visit(document, {
    enter(node) {
      if (node.kind === Kind.VARIABLE_DEFINITION) return false
      if (node.kind === Kind.VARIABLE) names.add(node.name.value)
      return undefined
    },
  })
  return names
}

function withVariables(node: OperationDefinitionNode, names: ReadonlySet<string>): OperationDefinitionNode {
  return {
    ...node,
    variableDefinitions: node.variableDefinitions?.filter(({ variable }) => names.has(variable.name.value)) ?? [],
  }
}

/** Removes fields and fragments whose selections are now empty, from the inside out. */
function withoutEmptySets(document: DocumentNode): DocumentNode {
  return visit(document, {
    leave(node) {
      const isEmpty = 'selectionSet' in node && node.selectionSet?.selections.length === 0
      return isEmpty && node.kind !== Kind.OPERATION_DEFINITION ? null : undefined
    },
  })
}

function withoutUnused(document: DocumentNode): DocumentNode {
  const used = new Set<string>()
  visit(document, {
    enter(node) {
      if (node.kind === Kind.FRAGMENT_SPREAD) used.add(node.name.value)
    },
  })
  const definitions = document.definitions.filter(
    (node) => node.kind !== Kind.FRAGMENT_DEFINITION || used.has(node.name.value),
  )
  return definitions.length === document.definitions.length ? document : withoutUnused({ ...document, definitions })
}
