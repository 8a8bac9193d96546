import {
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql'
import type { GatewayKeys, NormalisedOperation } from '../../types/plan.ts'
import type { DirectiveTable } from '../graph/directive-table.ts'
import { listUsedFragments, responseKey, variablesIn } from '../syntax/nodes.ts'
import { type Conditions, isCondition, isLeftOut } from './conditions.ts'
import { chooseGatewayKeys, placeholderKey, renamedKey } from './gateway-keys.ts'

/** Names that must not be response keys of the client, because the planner would take one value for another. */
export type PlannerNames = Pick<DirectiveTable, 'keyFields' | 'requiredWithArguments'>

/** An alias under which an object cannot hold a value: an assignment would set the object's prototype. */
const PROTOTYPE = '__proto__'

/**
 * Normalises one operation: resolves its conditions, renames aliases that the planner would lose, and writes out the root fields of its
 * fragments in place (docs/design/spread.md, Step 0: normalise).
 * @param document the document without locations.
 * @param conditions the coerced values of its condition variables.
 * @param names the response keys that the planner would take for keys and requirements (`DirectiveTable`).
 */
export function normaliseOperation(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  conditions: Conditions,
  names: PlannerNames,
): NormalisedOperation {
  const keys = chooseGatewayKeys(document)
  const clean = <T extends ASTNode>(node: T): T => cleanNode(node, conditions, names, keys)
  const fragments = new Map(
    document.definitions
      .filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((node) => [node.name.value, clean(node)]),
  )
  const cleaned = clean(operation)
  const roots = listRootFields(cleaned.selectionSet, fragments)
  const planned = roots.filter((field) => !field.name.value.startsWith('__'))
  const introspection = roots.filter(isIntrospection)
  const normalised = { ...cleaned, selectionSet: { ...cleaned.selectionSet, selections: roots } }
  return {
    planned: planned.length > 0 ? makeOperationDocument(cleaned, planned, fragments) : null,
    introspection: introspection.length > 0 ? makeOperationDocument(cleaned, introspection, fragments) : null,
    operation: normalised,
    fragments,
    keys,
  }
}

function isIntrospection({ name }: FieldNode): boolean {
  return name.value === '__schema' || name.value === '__type'
}

/** Whether an operation asks for `__typename` or introspection at its root. No rule denies these. */
export function asksAboutTypes({ operation }: NormalisedOperation): boolean {
  return operation.selectionSet.selections.some((node) => node.kind === Kind.FIELD && node.name.value.startsWith('__'))
}

function cleanNode<T extends ASTNode>(root: T, conditions: Conditions, names: PlannerNames, keys: GatewayKeys): T {
  // The gateway answers introspection itself and passes on what is below it, so no alias there may be renamed.
  let introspecting = 0
  const countIntrospection = (isIntrospection: boolean, step: 1 | -1): undefined => {
    if (isIntrospection) introspecting += step
  }
  const selection = (node: SelectionNode): SelectionNode | null | undefined => {
    if (isLeftOut(node, conditions)) return null
    const directives = node.directives?.filter((directive) => !isCondition(directive)) ?? []
    const bare = directives.length === (node.directives?.length ?? 0) ? node : { ...node, directives }
    if (bare.kind !== Kind.FIELD) return bare === node ? undefined : bare
    const key = responseKey(bare)
    const isTaken = key === bare.name.value ? names.requiredWithArguments.has(key) : names.keyFields.has(key)
    if (introspecting > 0 || (!isTaken && key !== PROTOTYPE)) return bare === node ? undefined : bare
    return { ...bare, alias: { kind: Kind.NAME, value: renamedKey(key, keys) } }
  }
  return visit(root, {
    Field: {
      enter(node) {
        const cleaned = selection(node)
        if (cleaned !== null) countIntrospection(isIntrospection(node), 1)
        return cleaned
      },
      leave: (node) => countIntrospection(isIntrospection(node), -1),
    },
    FragmentDefinition: {
      enter: ({ typeCondition }) => countIntrospection(typeCondition.name.value.startsWith('__'), 1),
      leave: ({ typeCondition }) => countIntrospection(typeCondition.name.value.startsWith('__'), -1),
    },
    InlineFragment: { enter: selection },
    FragmentSpread: { enter: selection },
    SelectionSet: {
      leave: (node) => (node.selections.length > 0 ? undefined : { ...node, selections: [placeholder(keys)] }),
    },
  })
}

/** Fills a selection set from which every field is left out, so that the object is still fetched and answered as `{}`. */
function placeholder(keys: GatewayKeys): FieldNode {
  return {
    kind: Kind.FIELD,
    alias: { kind: Kind.NAME, value: placeholderKey(keys) },
    name: { kind: Kind.NAME, value: '__typename' },
  }
}

/** Lists the root fields, also those in fragments. A fragment on a root type always applies. */
function listRootFields(set: SelectionSetNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): FieldNode[] {
  return set.selections.flatMap((node) => {
    if (node.kind === Kind.FIELD) return [node]
    if (node.kind === Kind.INLINE_FRAGMENT) return listRootFields(node.selectionSet, fragments)
    const fragment = fragments.get(node.name.value)
    return fragment ? listRootFields(fragment.selectionSet, fragments) : []
  })
}

/** Makes a document of one operation with `selections` at its root, and with only the fragments and variables that these use. */
export function makeOperationDocument(
  operation: OperationDefinitionNode,
  selections: readonly SelectionNode[],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): DocumentNode {
  const root: OperationDefinitionNode = { ...operation, selectionSet: { ...operation.selectionSet, selections } }
  const used = [...listUsedFragments(root.selectionSet, fragments).values()]
  const withoutDefinitions: OperationDefinitionNode = { ...root, variableDefinitions: [] }
  const variables = new Set([withoutDefinitions, ...used].flatMap((node) => [...variablesIn(node)]))
  const variableDefinitions =
    operation.variableDefinitions?.filter((node) => variables.has(node.variable.name.value)) ?? []
  return { kind: Kind.DOCUMENT, definitions: [{ ...root, variableDefinitions }, ...used] }
}
