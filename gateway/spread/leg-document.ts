import {
  type FieldNode,
  Kind,
  type OperationDefinitionNode,
  parseType,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
  type VariableDefinitionNode,
  visit,
} from 'graphql'
import type { SpreadFetch } from '../planned.ts'
import type { Publication } from './publication.ts'

/** A leg's text, and the names of the operation's variables that it uses. */
export interface LegDocument {
  readonly query: string
  readonly variables: readonly string[]
  /** By ordinal of the top field: whether a part below it is left out, for the country does not publish it. */
  readonly cut: ReadonlySet<number>
}

const documents = new WeakMap<SpreadFetch, Map<string, LegDocument>>()

/**
 * The document that a country is asked for a fetch: some of its top fields, each cut to what the country publishes. Made
 * once per fetch, set of fields and publication.
 * @param bits ordinals of the top fields that the country is asked.
 */
export function legDocument(fetch: SpreadFetch, bits: readonly number[], publication: Publication): LegDocument {
  let known = documents.get(fetch)
  if (known === undefined) {
    known = new Map()
    documents.set(fetch, known)
  }
  const key = `${publication.id} ${bits.join(',')}`
  let document = known.get(key)
  if (document === undefined) {
    document = makeDocument(fetch, bits, publication)
    known.set(key, document)
  }
  return document
}

function makeDocument(fetch: SpreadFetch, bits: readonly number[], publication: Publication): LegDocument {
  const cut = new Set<number>()
  const fields = fetch.fields
    .filter((field) => bits.includes(field.bit))
    .map((field) => {
      const node = prune(field.node, field.typeName, publication, fetch.keys.typename)
      if (node !== field.node) cut.add(field.bit)
      return { ...field, node }
    })
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
  return { query: stripIgnoredCharacters(print(operation)), variables: [...names], cut }
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

/** The node without what the country does not publish below it; the same node where nothing goes. */
function prune(node: FieldNode, typeName: string, publication: Publication, typenameKey: string): FieldNode {
  const below = publication.typeOf(typeName, node.name.value)
  if (!node.selectionSet || below === undefined || publication.whole) return node
  const selectionSet = pruneSet(node.selectionSet, below, publication, typenameKey)
  return selectionSet === node.selectionSet ? node : { ...node, selectionSet }
}

function pruneSet(
  set: SelectionSetNode,
  typeName: string,
  publication: Publication,
  typenameKey: string,
): SelectionSetNode {
  const selections = set.selections.flatMap((node): SelectionNode[] => {
    if (node.kind === Kind.FIELD) {
      if (!publication.publishes(typeName, node.name.value)) return []
      return [prune(node, typeName, publication, typenameKey)]
    }
    if (node.kind === Kind.FRAGMENT_SPREAD) return [node]
    const inner = pruneSet(node.selectionSet, node.typeCondition?.name.value ?? typeName, publication, typenameKey)
    return [inner === node.selectionSet ? node : { ...node, selectionSet: inner }]
  })
  const same = selections.length === set.selections.length && selections.every((node, i) => node === set.selections[i])
  if (same) return set
  const left: SelectionNode[] =
    selections.length > 0 ? selections : [{ kind: Kind.FIELD, alias: name(typenameKey), name: name('__typename') }]
  return { ...set, selections: left }
}

function name(value: string): { kind: Kind.NAME; value: string } {
  return { kind: Kind.NAME, value }
}
