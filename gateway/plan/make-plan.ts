/**
 * The planning side: it turns a syntax tree into plain data (`gateway/types/plan.ts`). All that goes in and out survives
 * `structuredClone`, so that a worker thread can run this file. `bind/` then binds the plan to the schemas.
 */
import type { DocumentNode } from 'graphql'
import { detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import type { NormalisedOperation, PlannedOperation, PlannedPreparation } from '../types/plan.ts'
import type { LoadedSupergraph } from './graph/supergraph.ts'
import { collectUses } from './normalise/collect-uses.ts'
import type { Conditions } from './normalise/conditions.ts'
import { findOperation } from './normalise/find-operation.ts'
import { outKeyOf } from './normalise/gateway-keys.ts'
import { type LiftedDocument, liftValues } from './normalise/lift-values.ts'
import { asksAboutTypes, normaliseOperation } from './normalise/normalise-operation.ts'
import { removeDeniedFields } from './normalise/remove-denied-fields.ts'
import { planOperation } from './plan-operation.ts'
import { compileObject } from './shapes/compile-shape.ts'
import { stripLocations } from './syntax/strip-locations.ts'

/** Makes plans, which are plain data, of operations over one supergraph. */
export interface PlanMaker {
  /**
   * Lifts the values of one operation of a validated document into variables ({@link liftValues}). Null if the operation stays as it is.
   * @throws {IstmoError} `OPERATION_RESOLUTION_FAILURE`, `OPERATION_NOT_SUPPORTED`.
   */
  lift(document: DocumentNode, operationName: string | undefined): LiftedDocument | null
  /**
   * Normalises one operation of a validated document and lists its fields.
   * @param conditions the coerced values of its condition variables (`listConditionVariables`).
   * @throws {IstmoError} `OPERATION_RESOLUTION_FAILURE`, `OPERATION_NOT_SUPPORTED`.
   */
  prepare(document: DocumentNode, operationName: string | undefined, conditions: Conditions): PlannedPreparation
  /**
   * Plans a normalised operation without the fields that the caller may not read.
   * @param removedFields coordinates `Type.field` to take out before planning.
   * @throws {IstmoError} `PLAN_FAILED`, `OPERATION_NOT_SUPPORTED`.
   */
  plan(normalised: NormalisedOperation, removedFields: ReadonlySet<string>): PlannedOperation
}

/** `createPlanMaker`, or a replacement for it. */
export type CreatePlanMaker = (graph: LoadedSupergraph, isSpread: (domain: string) => boolean) => PlanMaker

/**
 * Makes the plan maker of a loaded supergraph.
 * @param isSpread whether countries publish the domain of this name.
 */
export function createPlanMaker(graph: LoadedSupergraph, isSpread: (domain: string) => boolean): PlanMaker {
  return {
    lift(document, operationName) {
      const bare = stripLocations(document)
      return liftValues(bare, findOperation(bare, operationName), graph.apiSchema)
    },
    prepare(document, operationName, conditions) {
      const bare = stripLocations(document)
      const operation = findOperation(bare, operationName)
      const normalised = normaliseOperation(bare, operation, conditions, graph.directives)
      return { normalised, uses: collectUses(normalised, graph.apiSchema) }
    },
    plan(normalised, removedFields) {
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
): PlannedOperation['shape'] {
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
