/**
 * The planning side: it turns a syntax tree into plain data (`gateway/types/plan.ts`). All that goes in and out survives
 * `structuredClone`, so that a worker thread can run this file. `bind/` then binds the plan to the schemas.
 */

import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  Kind,
  type SelectionSetNode,
} from 'graphql'
import { detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import { getOrAdd } from '../../contract/get-or-add.ts'
import type { CompiledOperation, FieldUse } from '../types/operation.ts'
import type { NormalisedOperation, Unbound } from '../types/plan.ts'
import { removeEmptySelections, visitFields } from './apollo-workarounds/conflicting-requirements.ts'
import type { LoadedSupergraph } from './graph/supergraph.ts'
import type { Conditions } from './normalise/conditions.ts'
import { findOperation } from './normalise/conditions.ts'
import { outKeyOf } from './normalise/gateway-keys.ts'
import { inlineFragments } from './normalise/inline-fragments.ts'
import { liftValues } from './normalise/lift-values.ts'
import { asksAboutTypes, makeOperationDocument, normaliseOperation } from './normalise/normalise-operation.ts'
import { planOperation } from './plan-operation.ts'
import { compileObject, fieldDefinition } from './shapes/compile-shape.ts'
import { responseKey, stripLocations } from './syntax/nodes.ts'

/** Makes plans, which are plain data, of operations over one supergraph. */
export type PlanMaker = ReturnType<typeof createPlanMaker>

/** `createPlanMaker`, or a replacement for it. */
export type CreatePlanMaker = (graph: LoadedSupergraph, isSpread: (domain: string) => boolean) => PlanMaker

/**
 * Makes the plan maker of a loaded supergraph.
 * @param isSpread whether countries publish the domain of this name.
 */
export function createPlanMaker(graph: LoadedSupergraph, isSpread: (domain: string) => boolean) {
  return {
    /**
     * Lifts the values of one operation of a validated document into variables ({@link liftValues}). Null if the operation stays as it is.
     * @throws {IstmoError} `OPERATION_RESOLUTION_FAILURE`, `OPERATION_NOT_SUPPORTED`.
     */
    lift(document: DocumentNode, operationName: string | undefined) {
      const bare = stripLocations(document)
      return liftValues(bare, findOperation(bare, operationName), graph.apiSchema)
    },
    /**
     * Normalises one operation of a validated document and lists its fields.
     * @param conditions the coerced values of its condition variables (`listConditionVariables`).
     * @throws {IstmoError} `OPERATION_RESOLUTION_FAILURE`, `OPERATION_NOT_SUPPORTED`.
     */
    prepare(document: DocumentNode, operationName: string | undefined, conditions: Conditions) {
      const bare = stripLocations(document)
      const operation = findOperation(bare, operationName)
      const normalised = normaliseOperation(bare, operation, conditions, graph.directives)
      return { normalised, uses: collectUses(normalised, graph.apiSchema) }
    },
    /**
     * Plans a normalised operation without the fields that the caller may not read.
     * @param removedFields coordinates `Type.field` to take out before planning.
     * @throws {IstmoError} `PLAN_FAILED`, `OPERATION_NOT_SUPPORTED`.
     */
    plan(normalised: NormalisedOperation, removedFields: ReadonlySet<string>) {
      const { operation, keys, planned, introspection } = normalised
      const shape = compileAnswer(normalised, removedFields, graph)
      const remaining = planned && removeDeniedFields(planned, removedFields, graph.apiSchema)
      const { fetches, checked, separateGroups } = remaining
        ? planOperation(remaining, { graph, operation, keys, isSpread })
        : NOTHING_TO_FETCH
      const isEmpty = planned !== null && remaining === null && !asksAboutTypes(normalised)
      return { fetches, separateGroups, checked, keys, introspection, isEmpty, shape }
    },
  }
}

const NOTHING_TO_FETCH = { fetches: [], checked: [], separateGroups: [] }

/** Compiles the shape of the complete answer: all that the client asked for, with the removed fields as null. */
function compileAnswer(
  { operation, fragments, keys }: NormalisedOperation,
  denied: ReadonlySet<string>,
  { apiSchema, interfaceObjects }: LoadedSupergraph,
): Unbound<CompiledOperation>['shape'] {
  const rootType = apiSchema.getRootType(operation.operation)
  if (!rootType)
    throw new IstmoError('OPERATION_NOT_SUPPORTED', detail('NO_SUCH_OPERATION_TYPE', { kind: operation.operation }))
  return compileObject(rootType, [operation.selectionSet], {
    schema: apiSchema,
    fragments,
    outKey: (key) => outKeyOf(key, keys),
    interfaceObjects,
    denied,
  })
}

/**
 * Collects each field of an operation with its place and the type that the operation asks it of. Follows fragments. A field that the
 * operation asks for twice at one place is collected once. A parent comes before the fields below it.
 */
function collectUses(
  { operation, fragments }: Pick<NormalisedOperation, 'operation' | 'fragments'>,
  schema: GraphQLSchema,
): readonly Unbound<FieldUse>[] {
  const root = schema.getRootType(operation.operation)
  const uses: Unbound<FieldUse>[] = []
  if (root) collect(root, operation.selectionSet, null, { fragments, schema, uses, usesByParent: new Map() })
  return uses
}

interface Collecting {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly schema: GraphQLSchema
  readonly uses: Unbound<FieldUse>[]
  readonly usesByParent: Map<Unbound<FieldUse> | null, Map<string, Unbound<FieldUse>>>
}

function collect(
  type: GraphQLCompositeType,
  set: SelectionSetNode,
  parent: Unbound<FieldUse> | null,
  collecting: Collecting,
): void {
  for (const node of set.selections) {
    if (node.kind === Kind.FIELD) {
      collectField(type, node, parent, collecting)
      continue
    }
    const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : collecting.fragments.get(node.name.value)
    if (!fragment) continue
    const condition = fragment.typeCondition && collecting.schema.getType(fragment.typeCondition.name.value)
    collect(isCompositeType(condition) ? condition : type, fragment.selectionSet, parent, collecting)
  }
}

function collectField(
  type: GraphQLCompositeType,
  node: FieldNode,
  parent: Unbound<FieldUse> | null,
  collecting: Collecting,
): void {
  const fieldName = node.name.value
  if (fieldName === '__schema' || fieldName === '__type') return
  const definition = fieldDefinition(type, fieldName)
  const path = [...(parent?.path ?? []), responseKey(node)]
  // Fields with one response key have equal arguments (validation demands it), so response key and coordinate identify a use.
  const key = `${type.name}.${fieldName} ${responseKey(node)}`
  const siblings = getOrAdd(collecting.usesByParent, parent, () => new Map<string, Unbound<FieldUse>>())
  const use = getOrAdd(siblings, key, () => {
    const first = { typeName: type.name, fieldName, path, node, parent }
    collecting.uses.push(first)
    return first
  })
  const below = definition && getNamedType(definition.type)
  if (node.selectionSet && isCompositeType(below)) collect(below, node.selectionSet, use, collecting)
}

/**
 * Takes out of an operation the fields that no country lets the caller read (docs/design/access.md, What is removed, and where; the
 * semantics are those of the Federation documentation). A field without fields left below it is taken out too, as are fragments and
 * variables that nothing uses any more.
 * @param denied coordinates `Type.field`.
 * @returns null if nothing remains.
 */
function removeDeniedFields(
  document: DocumentNode,
  denied: ReadonlySet<string>,
  schema: GraphQLSchema,
): DocumentNode | null {
  if (denied.size === 0) return document
  const remaining = visitFields(inlineFragments(document), schema, (_, coordinate) =>
    denied.has(coordinate) ? null : undefined,
  )
  const [operation] = removeEmptySelections(remaining).definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION || operation.selectionSet.selections.length === 0) return null
  return makeOperationDocument(operation, operation.selectionSet.selections, new Map())
}
