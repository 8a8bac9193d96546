import {
  type ASTNode,
  BREAK,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql'
import { IstmoError } from '../../../contract/errors.ts'
import type { GatewayKeys } from '../../types/operation.ts'
import type { DirectiveTable } from '../graph/directive-table.ts'
import { responseKey, variablesIn } from '../syntax/nodes.ts'

/**
 * A normalised operation (docs/design/spread.md, Step 0: normalise): one without conditions, without aliases that the planner
 * would lose, root fields flat.
 */
export interface NormalisedOperation {
  /** What is planned: null when nothing but `__typename` and introspection was asked. */
  readonly planned: DocumentNode | null
  /** The `__schema` and `__type` fields with what they need; null when there are none. */
  readonly introspection: DocumentNode | null
  readonly operation: OperationDefinitionNode
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly keys: GatewayKeys
}

/**
 * The operation of a document that a request names.
 * @throws {IstmoError} `OPERATION_RESOLUTION_FAILURE`, or `OPERATION_NOT_SUPPORTED` for a subscription.
 */
export function findOperation(document: DocumentNode, name: string | undefined): OperationDefinitionNode {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION)
  const found = name === undefined ? operations : operations.filter((node) => node.name?.value === name)
  const [operation] = found
  if (operation === undefined || found.length > 1) throw new IstmoError('OPERATION_RESOLUTION_FAILURE')
  if (operation.operation === 'subscription') throw new IstmoError('OPERATION_NOT_SUPPORTED')
  return operation
}

/** The names of the variables that decide an `@include` or `@skip` anywhere in the document, sorted. */
export function conditionVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>()
  visit(document, {
    Directive(node) {
      if (!isCondition(node)) return
      const value = node.arguments?.[0]?.value
      if (value?.kind === Kind.VARIABLE) names.add(value.name.value)
    },
  })
  return [...names].sort()
}

/** Names that a client's response keys must not be, lest the planner take one value for another. */
export type PlannerNames = Pick<DirectiveTable, 'keyFields' | 'requiredWithArguments'>

/**
 * Normalises one operation.
 * @param conditions the coerced values of its condition variables.
 * @param names which response keys the planner would take for keys and requirements (`DirectiveTable`).
 */
export function normaliseOperation(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  conditions: Readonly<Record<string, boolean>>,
  names: PlannerNames,
): NormalisedOperation {
  const keys = ownKeys(document)
  const clean = <T extends ASTNode>(node: T): T => cleanNode(node, conditions, names, keys)
  const fragments = new Map(
    document.definitions
      .filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((node) => [node.name.value, clean(node)]),
  )
  const cleaned = clean(operation)
  const roots = rootFields(cleaned.selectionSet, fragments)
  const isIntrospection = (field: FieldNode): boolean =>
    field.name.value === '__schema' || field.name.value === '__type'
  const planned = roots.filter((field) => !field.name.value.startsWith('__'))
  const introspection = roots.filter(isIntrospection)
  const normal = { ...cleaned, selectionSet: { ...cleaned.selectionSet, selections: roots } }
  return {
    planned: planned.length > 0 ? operationDocument(cleaned, planned, fragments) : null,
    introspection: introspection.length > 0 ? operationDocument(cleaned, introspection, fragments) : null,
    operation: normal,
    fragments,
    keys,
  }
}

/** The key in the client's answer for a key in the data: renamed aliases as they were, own keys not at all. */
export function outKeyOf(key: string, keys: GatewayKeys): string | null {
  if (!key.startsWith(keys.prefix)) return key
  return /^(?:A|R\d+)_(.+)$/s.exec(key.slice(keys.prefix.length))?.[1] ?? null
}

/** The key under which the gateway asks for a field that another requires; an error there is told of under the field's name. */
export function requiredKey(name: string, number: number, keys: GatewayKeys): string {
  return `${keys.prefix}R${number}_${name}`
}

function ownKeys(document: DocumentNode): GatewayKeys {
  const names = new Set<string>()
  visit(document, {
    Name(node) {
      names.add(node.value)
    },
  })
  let prefix = '_i'
  for (let n = 1; [...names].some((name) => name.startsWith(prefix)); n++) prefix = `_i${n}_`
  return { prefix, typename: `${prefix}T`, id: `${prefix}Id` }
}

function cleanNode<T extends ASTNode>(
  root: T,
  conditions: Readonly<Record<string, boolean>>,
  names: PlannerNames,
  keys: GatewayKeys,
): T {
  const selection = (node: SelectionNode): SelectionNode | null | undefined => {
    if (isLeftOut(node, conditions)) return null
    const directives = node.directives?.filter((directive) => !isCondition(directive)) ?? []
    const kept = directives.length === (node.directives?.length ?? 0) ? node : { ...node, directives }
    if (kept.kind !== Kind.FIELD) return kept === node ? undefined : kept
    const key = responseKey(kept)
    const isTaken = key === kept.name.value ? names.requiredWithArguments.has(key) : names.keyFields.has(key)
    if (!isTaken) return kept === node ? undefined : kept
    return { ...kept, alias: { kind: Kind.NAME, value: `${keys.prefix}A_${key}` } }
  }
  return visit(root, {
    Field: { enter: selection },
    InlineFragment: { enter: selection },
    FragmentSpread: { enter: selection },
    SelectionSet: {
      leave: (node) => (node.selections.length > 0 ? undefined : { ...node, selections: [placeholder(keys)] }),
    },
  })
}

function isCondition(directive: DirectiveNode): boolean {
  return directive.name.value === 'include' || directive.name.value === 'skip'
}

function isLeftOut(node: SelectionNode, conditions: Readonly<Record<string, boolean>>): boolean {
  return (node.directives ?? []).some((directive) => {
    if (!isCondition(directive)) return false
    const value = directive.arguments?.[0]?.value
    const on =
      value?.kind === Kind.VARIABLE
        ? conditions[value.name.value] === true
        : value?.kind === Kind.BOOLEAN && value.value
    return on === (directive.name.value === 'skip')
  })
}

/** Stands in a selection set of which nothing is left, so that the object is still fetched and answered as `{}`. */
function placeholder(keys: GatewayKeys): FieldNode {
  return {
    kind: Kind.FIELD,
    alias: { kind: Kind.NAME, value: `${keys.prefix}Z` },
    name: { kind: Kind.NAME, value: '__typename' },
  }
}

/** The root fields through fragments; a fragment on a root type always applies. */
function rootFields(set: SelectionSetNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): FieldNode[] {
  return set.selections.flatMap((node) => {
    if (node.kind === Kind.FIELD) return [node]
    if (node.kind === Kind.INLINE_FRAGMENT) return rootFields(node.selectionSet, fragments)
    const fragment = fragments.get(node.name.value)
    return fragment ? rootFields(fragment.selectionSet, fragments) : []
  })
}

/** A document of one operation with `selections` at its root: with the fragments and variables that these use, and no others. */
export function operationDocument(
  operation: OperationDefinitionNode,
  selections: readonly SelectionNode[],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): DocumentNode {
  const root: OperationDefinitionNode = { ...operation, selectionSet: { ...operation.selectionSet, selections } }
  const used = usedFragments(root, fragments)
  const bare: OperationDefinitionNode = { ...root, variableDefinitions: [] }
  const variables = new Set([bare, ...used].flatMap((node) => [...variablesIn(node)]))
  const variableDefinitions =
    operation.variableDefinitions?.filter((node) => variables.has(node.variable.name.value)) ?? []
  return { kind: Kind.DOCUMENT, definitions: [{ ...root, variableDefinitions }, ...used] }
}

function usedFragments(
  root: ASTNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): readonly FragmentDefinitionNode[] {
  const used = new Map<string, FragmentDefinitionNode>()
  const pending: ASTNode[] = [root]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    visit(node, {
      FragmentSpread(spread) {
        const fragment = fragments.get(spread.name.value)
        if (fragment === undefined) return BREAK
        if (used.has(spread.name.value)) return undefined
        used.set(spread.name.value, fragment)
        pending.push(fragment)
        return undefined
      },
    })
  }
  return [...used.values()]
}
