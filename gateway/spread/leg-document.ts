import {
  type FieldNode,
  Kind,
  type OperationDefinitionNode,
  parseType,
  print,
  type SelectionNode,
  stripIgnoredCharacters,
  type VariableDefinitionNode,
  visit,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import type { SpreadFetch } from '../types/operation.ts'

/** A leg's text, and the names of the operation's variables that it uses. */
export interface LegDocument {
  readonly query: string
  readonly variables: readonly string[]
}

/** A top field as a leg asks for it: its pruned node, and a key that is equal for equal parts of the same node. */
export interface DocumentField {
  readonly bit: number
  readonly typeName: string
  readonly node: FieldNode
  readonly key: string
}

const documents = new WeakMap<SpreadFetch, LRUCache<string, LegDocument>>()

/** How many documents of one fetch the gateway caches: one for each way in which its fields can be pruned. */
const MAX_DOCUMENTS = 64

/**
 * Returns the document of a leg: some top fields of the fetch, each pruned for the country. The gateway makes the same document only
 * once for a fetch.
 */
export function legDocument(fetch: SpreadFetch, fields: readonly DocumentField[]): LegDocument {
  let cache = documents.get(fetch)
  if (cache === undefined) {
    cache = new LRUCache({ max: MAX_DOCUMENTS })
    documents.set(fetch, cache)
  }
  const key = fields.map((field) => `${field.bit} ${field.key}`).join('|')
  let document = cache.get(key)
  if (document === undefined) {
    document = makeDocument(fetch, fields)
    cache.set(key, document)
  }
  return document
}

function makeDocument(fetch: SpreadFetch, fields: readonly DocumentField[]): LegDocument {
  const selections: SelectionNode[] =
    fetch.mode === 'ROOT' ? fields.map((field) => field.node) : [entitiesNode(fetch, fields)]
  const names = new Set<string>()
  for (const selection of selections) {
    visit(selection, {
      Variable(node) {
        names.add(node.name.value)
      },
    })
  }
  const operation: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation: 'query' as OperationDefinitionNode['operation'],
    variableDefinitions: [
      ...(fetch.mode === 'ROOT' ? [] : [REPRESENTATIONS]),
      ...fetch.variableDefinitions.filter((node) => names.has(node.variable.name.value)),
    ],
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  }
  names.delete('representations')
  return { query: stripIgnoredCharacters(print(operation)), variables: [...names] }
}

const REPRESENTATIONS: VariableDefinitionNode = {
  kind: Kind.VARIABLE_DEFINITION,
  variable: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: 'representations' } },
  type: parseType('[_Any!]!', { noLocation: true }),
}

function entitiesNode(fetch: SpreadFetch, fields: readonly { typeName: string; node: FieldNode }[]): FieldNode {
  const keys: FieldNode[] = [
    { kind: Kind.FIELD, alias: name(fetch.keys.typename), name: name('__typename') },
    { kind: Kind.FIELD, alias: name(fetch.keys.id), name: name('id') },
  ]
  const byType = Map.groupBy(fields, (field) => field.typeName)
  const selections: SelectionNode[] = [...byType].map(([typeName, group]) => ({
    kind: Kind.INLINE_FRAGMENT,
    typeCondition: { kind: Kind.NAMED_TYPE, name: name(typeName) },
    selectionSet: { kind: Kind.SELECTION_SET, selections: [...keys, ...group.map((field) => field.node)] },
  }))
  return {
    kind: Kind.FIELD,
    name: name('_entities'),
    arguments: [{ kind: Kind.ARGUMENT, name: name('representations'), value: REPRESENTATIONS.variable }],
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  }
}

function name(value: string): { kind: Kind.NAME; value: string } {
  return { kind: Kind.NAME, value }
}
