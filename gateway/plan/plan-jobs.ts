/** Prepares and plans operations from their texts: what the planning thread does for the thread that answers requests. */

import { type DocumentNode, parse, print } from 'graphql'
import { LRUCache } from 'lru-cache'
import { getOrAdd } from '../../contract/get-or-add.ts'
import type { LiftedOperation, OperationToPlan, PlannedPreparation } from '../types/operation.ts'
import type { PlanMaker } from './make-plan.ts'
import type { Conditions } from './normalise/conditions.ts'

/** How many documents and preparations the thread remembers: an operation is planned soon after it was read and prepared. */
const MAX_REMEMBERED = 16

/** Prepares and plans operations of documents that are valid. */
export type PlanJobs = ReturnType<typeof createPlanJobs>

/** Makes the jobs of a plan maker. */
export function createPlanJobs(maker: PlanMaker) {
  const documents = new LRUCache<string, DocumentNode>({ max: MAX_REMEMBERED })
  const preparations = new LRUCache<string, PlannedPreparation>({ max: MAX_REMEMBERED })
  const parseOnce = (source: string): DocumentNode => documents.get(source) ?? parse(source, { noLocation: true })
  const find = (operation: OperationToPlan) => {
    const { source, operationName, conditions } = operation
    const key = JSON.stringify([operationName, conditions, source])
    return getOrAdd(preparations, key, () => maker.prepare(parseOnce(source), operationName, conditions))
  }
  const lift = ({ source, operationName, conditions }: OperationToPlan): LiftedOperation => {
    const lifted = maker.lift(parseOnce(source), operationName)
    if (lifted === null) return { operation: { source, operationName, conditions }, names: null, values: {} }
    const { document, names, values } = lifted
    const text = print(document)
    documents.set(text, document)
    const operation = { source: text, operationName: undefined, conditions: renameConditions(conditions, names) }
    return { operation, names, values }
  }
  return {
    /** Takes a document that was parsed already and is valid, without locations, so that it is not parsed again. */
    remember: (source: string, document: DocumentNode) => void documents.set(source, document),
    /** Returns the document of a text. */
    parse: parseOnce,
    /** Normalises an operation as `prepare` returned it. @throws {IstmoError} as {@link PlanMaker.prepare}. */
    normalise: (operation: OperationToPlan) => find(operation).normalised,
    /** Lifts the values of an operation as it came, and lists its fields. @throws {IstmoError} as {@link PlanMaker.prepare}. */
    prepare(operation: OperationToPlan) {
      const lifted = lift(operation)
      const { normalised, uses } = find(lifted.operation)
      const isIntrospection = normalised.planned === null && normalised.introspection !== null
      return { keys: normalised.keys, uses, isIntrospection, lifted }
    },
    /** Plans an operation, as `prepare` returned it, without some fields. @throws {IstmoError} as {@link PlanMaker.plan}. */
    plan: (operation: OperationToPlan, removedFields: readonly string[]) =>
      maker.plan(find(operation).normalised, new Set(removedFields)),
  }
}

/** Renames condition variables. The order depends only on the new names, because the values of conditions are part of a cache's key. */
function renameConditions(conditions: Conditions, names: ReadonlyMap<string, string>): Conditions {
  const renamed = Object.entries(conditions).map(([name, value]): [string, boolean] => [names.get(name) ?? name, value])
  return Object.fromEntries(renamed.sort(([a], [b]) => (a < b ? -1 : 1)))
}
