import { type FieldNode, isNonNullType, Kind, type SelectionNode, type SelectionSetNode } from 'graphql'
import { type DeniedFields, placeKey } from './find-denied-fields.ts'
import type { Publication } from './publication.ts'

/** What to take out of a top field. */
export interface SelectionPruning {
  readonly publication: Publication
  readonly denied: DeniedFields
  /** The gateway key of `__typename`, which fills a selection from which every field is taken. */
  readonly typenameKey: string
}

/** A top field after pruning. */
export interface PrunedSelection {
  /** Null if a denial takes the top field itself. The same node if nothing was taken out. */
  readonly node: FieldNode | null
  /** Whether a field was taken out because the country does not publish it. */
  readonly hasUnpublished: boolean
}

/**
 * Takes out of a top field what the country does not publish and what it denies. A required field that is denied takes its parent with
 * it.
 */
export function pruneSelection(node: FieldNode, typeName: string, pruning: SelectionPruning): PrunedSelection {
  const run: Run = { ...pruning, hasUnpublished: false }
  const pruned = pruneNode(node, typeName, [], run)
  return { node: pruned, hasUnpublished: run.hasUnpublished }
}

interface Run extends SelectionPruning {
  hasUnpublished: boolean
}

/** A required field of the set is denied, so the parent must be taken out too. */
const TAKE_PARENT = Symbol('take parent')

/** Prunes a field. Returns null if the field is denied, or if a required field below it is. */
function pruneNode(node: FieldNode, typeName: string, pathAbove: readonly string[], run: Run): FieldNode | null {
  const path = [...pathAbove, node.alias?.value ?? node.name.value]
  if (run.denied.has(placeKey(typeName, path))) return null
  const typeBelow = run.publication.typeOf(typeName, node.name.value)
  if (!node.selectionSet || typeBelow === undefined) return node
  const selectionSet = pruneSet(node.selectionSet, typeBelow, path, run)
  if (selectionSet === TAKE_PARENT) return null
  return selectionSet === node.selectionSet ? node : { ...node, selectionSet }
}

function pruneSet(
  set: SelectionSetNode,
  typeName: string,
  path: readonly string[],
  run: Run,
): SelectionSetNode | typeof TAKE_PARENT {
  const selections: SelectionNode[] = []
  for (const node of set.selections) {
    const pruned = pruneChild(node, typeName, path, run)
    if (pruned === TAKE_PARENT) return TAKE_PARENT
    if (pruned !== null) selections.push(pruned)
  }
  const isSame =
    selections.length === set.selections.length && selections.every((node, i) => node === set.selections[i])
  if (isSame) return set
  return { ...set, selections: selections.length > 0 ? selections : [placeholder(run.typenameKey)] }
}

function pruneChild(
  node: SelectionNode,
  typeName: string,
  path: readonly string[],
  run: Run,
): SelectionNode | null | typeof TAKE_PARENT {
  if (node.kind === Kind.FRAGMENT_SPREAD) return node
  if (node.kind === Kind.INLINE_FRAGMENT) {
    const selectionSet = pruneSet(node.selectionSet, node.typeCondition?.name.value ?? typeName, path, run)
    if (selectionSet === TAKE_PARENT) return TAKE_PARENT
    return selectionSet === node.selectionSet ? node : { ...node, selectionSet }
  }
  if (!run.publication.publishes(typeName, node.name.value)) {
    run.hasUnpublished = true
    return null
  }
  const pruned = pruneNode(node, typeName, path, run)
  if (pruned !== null) return pruned
  const definition = run.publication.definitionOf(typeName, node.name.value)
  return definition && isNonNullType(definition.type) ? TAKE_PARENT : null
}

function placeholder(typenameKey: string): FieldNode {
  return {
    kind: Kind.FIELD,
    alias: { kind: Kind.NAME, value: typenameKey },
    name: { kind: Kind.NAME, value: '__typename' },
  }
}
