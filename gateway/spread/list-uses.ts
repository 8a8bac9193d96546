import { type FieldNode, Kind, type SelectionSetNode } from 'graphql'
import { getOrAdd } from '../../contract/get-or-add.ts'
import type { FieldUse, TopField } from '../types/operation.ts'
import type { Publication } from './publication.ts'

/** A field at one place of a leg. Its path begins with the top field. */
export type LegUse = Pick<FieldUse, 'typeName' | 'fieldName' | 'node' | 'path'>

const usesByNode = new WeakMap<FieldNode, readonly LegUse[]>()

/** Lists a top field and each field below it. The list is cached: it does not depend on the country or the caller. */
export function listUses(field: TopField, publication: Publication): readonly LegUse[] {
  return getOrAdd(usesByNode, field.node, () => {
    const uses: LegUse[] = []
    collectUses(field.node, field.typeName, [], publication, uses)
    return uses
  })
}

function collectUses(
  node: FieldNode,
  typeName: string,
  pathAbove: readonly string[],
  publication: Publication,
  uses: LegUse[],
): void {
  const path = [...pathAbove, node.alias?.value ?? node.name.value]
  uses.push({ typeName, fieldName: node.name.value, node, path })
  const typeBelow = publication.typeOf(typeName, node.name.value)
  if (!node.selectionSet || typeBelow === undefined) return
  for (const [type, child] of listTypedFields(node.selectionSet, typeBelow)) {
    collectUses(child, type, path, publication, uses)
  }
}

function listTypedFields(set: SelectionSetNode, typeName: string): [typeName: string, node: FieldNode][] {
  return set.selections.flatMap((node): [string, FieldNode][] => {
    if (node.kind === Kind.FIELD) return [[typeName, node]]
    if (node.kind === Kind.FRAGMENT_SPREAD) return []
    return listTypedFields(node.selectionSet, node.typeCondition?.name.value ?? typeName)
  })
}
