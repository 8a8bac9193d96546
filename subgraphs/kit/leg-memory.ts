import type { RowBatch } from './row-batch.ts'

/**
 * What the kit keeps for one leg. It is a member of the leg's context and not in a WeakMap: a young collection of V8 takes each value of a WeakMap for one that
 * is needed, so the rows of answers that were sent long ago would pile up until the next whole collection.
 */
export interface LegMemory {
  /** The GraphQL document that the leg executes; null if nobody noted it. */
  query: string | null
  /** What was read: by source. */
  readonly batches: Map<string, RowBatch<unknown>>
  /** Why the lists of records could not be loaded ahead: by source, then by record. */
  readonly failures: Map<string, Map<string, Error>>
}

/** Returns what the kit keeps for the leg of a context. */
export function memoryOfLeg(context: { memory?: LegMemory }): LegMemory {
  context.memory ??= { query: null, batches: new Map(), failures: new Map() }
  return context.memory
}

/** Notes the GraphQL document that a leg executes. */
export function noteQuery(context: { memory?: LegMemory }, query: string): void {
  memoryOfLeg(context).query = query
}

/**
 * Returns whether a leg may ask for a field of this name, so that its statements need not read what it surely does not ask for: GraphQL writes a name in
 * one way only, so a document that asks for it contains it. True if nobody noted the document.
 */
export function mayAskFor(context: { memory?: LegMemory }, field: string): boolean {
  return memoryOfLeg(context).query?.includes(field) ?? true
}
