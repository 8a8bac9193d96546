/** Puts the documents of several legs into one: each `_entities` field under its own alias, with its own variable. */

import {
  type FieldNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  stripIgnoredCharacters,
  type VariableDefinitionNode,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { nameNode } from '../plan/syntax/nodes.ts'

/** One document that asks what several documents ask. */
export interface MergedDocument {
  readonly query: string
  /** By place of the document: the response key of its entities. */
  readonly keys: readonly string[]
  /** By place of the document: the variable of its representations. */
  readonly variables: readonly string[]
}

/** The variable of the representations in each document that is merged, and the argument that takes them. */
export const REPRESENTATIONS = 'representations'

/**
 * The longest merged document, in characters. A node takes at most 10,000 tokens and 2,000 fields, and two characters are at most one field:
 * no node that takes the documents rejects the merged one for its size.
 */
export const MAX_MERGED_LENGTH = 4_000

/** How many merged documents are kept: a document for each combination of legs that were ready at the same time. */
const MAX_DOCUMENTS = 1_000

/** About how much memory texts may take here, in bytes. */
const MAX_BYTES = 8 * 2 ** 20

/** False: documents that cannot be merged. */
const merged = new LRUCache<string, MergedDocument | false>({
  max: MAX_DOCUMENTS,
  maxSize: MAX_BYTES,
  sizeCalculation: (document, key) => 2 * (key.length + (document === false ? 0 : document.query.length)),
})

/**
 * Merges documents, each of which asks only for entities. The same documents in the same order are merged once.
 * @param queries at least two texts.
 * @returns null if one of them asks for something else, or if the result is longer than {@link MAX_MERGED_LENGTH}.
 */
export function mergeDocuments(queries: readonly string[]): MergedDocument | null {
  if (queries.reduce((length, query) => length + query.length, 0) > MAX_MERGED_LENGTH) return null
  // No document has this character.
  const key = queries.join('\u0000')
  const known = merged.get(key)
  if (known !== undefined) return known || null
  const made = makeDocument(queries)
  merged.set(key, made ?? false)
  return made
}

/** What a document asks: its entities field, and its variables besides the representations. */
interface Part {
  readonly field: FieldNode
  readonly representations: VariableDefinitionNode
  readonly definitions: readonly VariableDefinitionNode[]
}

function makeDocument(queries: readonly string[]): MergedDocument | null {
  const parts = queries.map(readPart)
  if (!parts.every((part) => part !== null)) return null
  const definitions = uniteDefinitions(parts)
  if (definitions === null) return null
  const free = freeNames(
    definitions.map(({ variable }) => variable.name.value),
    parts.length,
  )
  const keys = parts.map((_, at) => `_e${at}`)
  const operation: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation: 'query' as OperationDefinitionNode['operation'],
    variableDefinitions: [
      ...parts.map(({ representations }, at) => ({ ...representations, variable: variableOf(free[at] ?? '') })),
      ...definitions,
    ],
    selectionSet: {
      kind: Kind.SELECTION_SET,
      selections: parts.map(({ field }, at) => ({
        ...field,
        alias: nameNode(keys[at] ?? ''),
        arguments: [{ kind: Kind.ARGUMENT, name: nameNode(REPRESENTATIONS), value: variableOf(free[at] ?? '') }],
      })),
    },
  }
  const query = stripIgnoredCharacters(print(operation))
  return query.length > MAX_MERGED_LENGTH ? null : { query, keys, variables: free }
}

function readPart(query: string): Part | null {
  const { definitions } = parse(query, { noLocation: true })
  const [operation, ...others] = definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION || others.length > 0) return null
  if (operation.operation !== 'query' || (operation.directives?.length ?? 0) > 0) return null
  const [field, ...otherFields] = operation.selectionSet.selections
  if (field?.kind !== Kind.FIELD || otherFields.length > 0 || !isEntities(field)) return null
  const variables = operation.variableDefinitions ?? []
  const representations = variables.find(isRepresentations)
  if (representations === undefined) return null
  return { field, representations, definitions: variables.filter((each) => !isRepresentations(each)) }
}

function isRepresentations({ variable }: VariableDefinitionNode): boolean {
  return variable.name.value === REPRESENTATIONS
}

function isEntities({ name, alias, directives, arguments: given = [] }: FieldNode): boolean {
  const [argument] = given
  const value = argument?.value
  const takesThem = value?.kind === Kind.VARIABLE && value.name.value === REPRESENTATIONS
  const isPlain = alias === undefined && (directives?.length ?? 0) === 0 && given.length === 1
  return name.value === '_entities' && isPlain && takesThem
}

/** Unites the other variables by name. Null if two of one name are defined differently. */
function uniteDefinitions(parts: readonly Part[]): readonly VariableDefinitionNode[] | null {
  const byName = new Map<string, VariableDefinitionNode>()
  for (const definition of parts.flatMap(({ definitions }) => definitions)) {
    const name = definition.variable.name.value
    const earlier = byName.get(name)
    if (earlier && print(earlier) !== print(definition)) return null
    byName.set(name, definition)
  }
  return [...byName.values()]
}

/** Returns names for the representations that no other variable has. */
function freeNames(taken: readonly string[], count: number): readonly string[] {
  const names: string[] = []
  for (let at = 0; names.length < count; at++) {
    const name = at === 0 ? REPRESENTATIONS : `${REPRESENTATIONS}${at}`
    if (!taken.includes(name)) names.push(name)
  }
  return names
}

function variableOf(name: string): VariableDefinitionNode['variable'] {
  return { kind: Kind.VARIABLE, name: nameNode(name) }
}
