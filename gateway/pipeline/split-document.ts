/** Takes apart what merge-documents.ts has put together, for whoever reads the legs of the past. */

import {
  type DocumentNode,
  type FieldNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  stripIgnoredCharacters,
  type VariableDefinitionNode,
  visit,
} from 'graphql'
import { nameNode } from '../plan/syntax/nodes.ts'
import { REPRESENTATIONS } from './merge-documents.ts'

/** One of the documents that were merged. */
export interface DocumentPart {
  /** The response key of its entities in the answer to the merged document. */
  readonly key: string
  /** The document by itself, as {@link plainText} writes it. */
  readonly query: string
  /** The variable of its entities in the merged document. */
  readonly entities: string
  /** The other variables that it uses, by name. */
  readonly variables: readonly string[]
}

/**
 * Takes a merged document apart.
 * @returns null if the document is not in the form of a merged one: then nothing is said of what it asks.
 */
export function splitDocument(query: string): readonly DocumentPart[] | null {
  const operation = readOperation(query)
  if (operation === null || operation.name !== undefined || (operation.directives ?? []).length > 0) return null
  const fields = operation.selectionSet.selections
  const parts = fields.map((field, at) => readPart(field, at, operation.variableDefinitions ?? []))
  return parts.length > 1 && parts.every((part) => part !== null) ? parts : null
}

function readPart(
  field: OperationDefinitionNode['selectionSet']['selections'][number],
  at: number,
  definitions: readonly VariableDefinitionNode[],
): DocumentPart | null {
  if (field.kind !== Kind.FIELD || field.name.value !== '_entities') return null
  const { alias, directives = [], arguments: given = [] } = field
  const [argument] = given
  if (alias?.value !== `_e${at}` || directives.length > 0 || given.length !== 1) return null
  if (argument?.name.value !== REPRESENTATIONS || argument.value.kind !== Kind.VARIABLE) return null
  const entities = argument.value.name.value
  const { alias: _, ...unnamed } = field
  const plain: FieldNode = {
    ...unnamed,
    arguments: [{ ...argument, value: { kind: Kind.VARIABLE, name: nameNode(REPRESENTATIONS) } }],
  }
  const used = listVariables({ ...field, arguments: [] })
  const own = definitions.filter(({ variable }) => used.has(variable.name.value))
  const ofEntities = definitions.find(({ variable }) => variable.name.value === entities)
  if (ofEntities === undefined || used.has(entities) || own.length !== used.size) return null
  const renamed = { ...ofEntities, variable: { kind: Kind.VARIABLE, name: nameNode(REPRESENTATIONS) } as const }
  return {
    key: alias.value,
    entities,
    variables: own.map(({ variable }) => variable.name.value),
    query: printPlain([renamed, ...own], { kind: Kind.SELECTION_SET, selections: [plain] }),
  }
}

/**
 * Returns a text that is equal for documents that differ only in the order of their variables: a merged document has lost this order. A text that is
 * not one query without fragments stays as it is.
 */
export function plainText(query: string): string {
  const operation = readOperation(query)
  if (operation === null || operation.name !== undefined || (operation.directives ?? []).length > 0) return query
  return printPlain(operation.variableDefinitions ?? [], operation.selectionSet)
}

function readOperation(query: string): OperationDefinitionNode | null {
  let document: DocumentNode
  try {
    document = parse(query, { noLocation: true })
  } catch {
    return null
  }
  const [operation, ...others] = document.definitions
  const isQuery = operation?.kind === Kind.OPERATION_DEFINITION && operation.operation === 'query'
  return isQuery && others.length === 0 ? operation : null
}

function printPlain(
  definitions: readonly VariableDefinitionNode[],
  selectionSet: OperationDefinitionNode['selectionSet'],
): string {
  const sorted = definitions.toSorted((one, other) => (one.variable.name.value < other.variable.name.value ? -1 : 1))
  const operation = { kind: Kind.OPERATION_DEFINITION, operation: 'query', variableDefinitions: sorted, selectionSet }
  return stripIgnoredCharacters(print(operation as OperationDefinitionNode))
}

function listVariables(node: FieldNode): ReadonlySet<string> {
  const names = new Set<string>()
  visit(node, { enter: (each) => void (each.kind === Kind.VARIABLE && names.add(each.name.value)) })
  return names
}
