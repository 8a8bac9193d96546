/** The console's documents, with the schema that answers each. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSchema, type GraphQLSchema } from 'graphql'

const PROJECT = join(import.meta.dirname, '../../..')
const DOCUMENTS = join(PROJECT, 'console/src/documents')

/** A document of the console. */
export interface KnownDocument {
  readonly text: string
  readonly schema: GraphQLSchema
}

const GRAPH = buildSchema(readFileSync(join(PROJECT, 'contract/client/schema.graphql'), 'utf8'))
const OVERSIGHT = buildSchema(readFileSync(join(PROJECT, 'auditors/oversight/schema.graphql'), 'utf8'))

/** Reads each document of the console: those of the graph, and those of oversight, which stand in a folder of their own. */
export function readDocuments(): readonly KnownDocument[] {
  return readdirSync(DOCUMENTS, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.graphql'))
    .map((name) => ({
      text: readFileSync(join(DOCUMENTS, name), 'utf8').trimEnd(),
      schema: name.includes('oversight') ? OVERSIGHT : GRAPH,
    }))
}
