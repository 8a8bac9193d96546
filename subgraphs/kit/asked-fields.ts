import { memoryOfLeg } from './leg-memory.ts'
import type { NodeContext } from './types.ts'

/** What a leg surely does not ask for, so that its statements need not read it. */

/** Notes the GraphQL document that a leg executes. */
export function noteQuery(context: NodeContext, query: string): void {
  memoryOfLeg(context).query = query
}

/**
 * Returns whether a leg may ask for a field of this name: GraphQL writes a name in one way only, so a document that asks for it contains it. True if
 * nobody noted the document.
 */
export function mayAskFor(context: NodeContext, field: string): boolean {
  return memoryOfLeg(context).query?.includes(field) ?? true
}
