import type { DocumentNode } from 'graphql'

/** An operation as a client sends it. */
export interface Operation {
  readonly document: DocumentNode
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
}
