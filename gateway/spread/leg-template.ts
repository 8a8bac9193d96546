/** What is the same in all legs that ask one country for the same fields on behalf of callers whom it treats alike. */

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
import { getOrAdd } from '../../contract/get-or-add.ts'
import type { Outcome } from '../../contract/outcome.ts'
import { rememberByObject } from '../../contract/remember-by-object.ts'
import type { DomainView } from '../types/flow.ts'
import type { LegField, Page, PlannedLeg } from '../types/leg.ts'
import type { SpreadFetch, TopField } from '../types/operation.ts'
import type { PrunedField } from './prune-field.ts'
import type { Publication } from './publication.ts'

/** What a leg includes of a top field. */
type Included = Extract<PrunedField, { readonly kind: 'included' }>

/** A top field in the leg of one country, pruned for that country. */
export interface CountryField {
  readonly field: TopField
  readonly pruned: Included
  readonly page: Page | null
}

/** A leg without its variables and entities. */
export interface LegTemplate extends Pick<PlannedLeg, 'fields' | 'scopes' | 'policies'> {
  readonly document: LegDocument
  /** Whether the leg says nothing of the caller, because the country would refuse whoever it names, and no field of it has a rule. */
  readonly isForNobody: boolean
}

/** The templates by what they include, field by field. */
interface TemplateNode {
  template: LegTemplate | null
  next: WeakMap<Included, TemplateNode> | null
}

/**
 * By fetch and by what is included. That is the same object for the same node and view of the caller, and a view is one of one country: after a change of
 * a rule, a suspension or the caller's grounds there is another view (prune-field.ts). So templates need no other key, and end with the view.
 */
const templates = new WeakMap<SpreadFetch, WeakMap<Included, TemplateNode>>()

/** Returns the template of a leg. */
export function legTemplate(
  country: string,
  countryFields: readonly CountryField[],
  spreading: {
    readonly fetch: SpreadFetch
    readonly publishers: ReadonlyMap<string, Publication>
    readonly viewOf: (country: string) => DomainView
  },
): LegTemplate {
  const node = nodeOf(spreading.fetch, countryFields)
  node.template ??= makeTemplate(country, countryFields, spreading)
  return node.template
}

function nodeOf(fetch: SpreadFetch, countryFields: readonly CountryField[]): TemplateNode {
  let known = templates.get(fetch) ?? new WeakMap<Included, TemplateNode>()
  templates.set(fetch, known)
  let node: TemplateNode = { template: null, next: null }
  for (const { pruned } of countryFields) {
    const found = known.get(pruned)
    node = found ?? { template: null, next: null }
    if (found === undefined) known.set(pruned, node)
    node.next ??= new WeakMap()
    known = node.next
  }
  return node
}

function makeTemplate(
  country: string,
  countryFields: readonly CountryField[],
  { fetch, publishers, viewOf }: Parameters<typeof legTemplate>[2],
): LegTemplate {
  const id = publishers.get(country)?.id ?? ''
  const fields = countryFields.map(({ field, pruned }): LegField => {
    const { node, key, partly } = pruned
    const outcome: Outcome = { reach: 'ANSWERED', code: partly }
    return { field, node, nodeKey: `${id} ${key}`, partly: outcome }
  })
  return {
    fields,
    document: documentOf(fetch, fields),
    scopes: uniteNames(countryFields.map(({ pruned }) => pruned.scopes)),
    policies: uniteNames(countryFields.map(({ pruned }) => pruned.policies)),
    isForNobody: isRefusedByName(viewOf(country)) && !countryFields.some(({ pruned }) => pruned.hasRule),
  }
}

function uniteNames(lists: readonly (readonly string[])[]): readonly string[] {
  const [first, ...others] = lists
  if (first !== undefined && others.length === 0) return first
  return [...new Set(lists.flat())].sort()
}

/** Whether the country's node refuses a leg that names the caller, even one that asks only what has no rule. */
export function isRefusedByName({ notRecognised, isListed }: DomainView): boolean {
  return notRecognised !== null || !isListed
}

/** Returns the document that asks for some fields of a fetch. */
export function documentOf(fetch: SpreadFetch, fields: readonly LegField[]): LegDocument {
  return legDocument(
    fetch,
    fields.map(({ field: { bit, typeName }, node, nodeKey: key }) => ({ bit, typeName, node, key })),
  )
}

/** A leg's text, and the names of the operation's variables that it uses. */
interface LegDocument {
  readonly query: string
  readonly variables: readonly string[]
}

/** A top field as a leg asks for it: its pruned node, and a key that is equal for equal parts of the same node. */
export interface DocumentField extends Pick<TopField, 'bit' | 'typeName' | 'node'> {
  readonly key: string
}

/** How many documents of one fetch the gateway caches: one for each way in which its fields can be pruned. */
const MAX_DOCUMENTS = 64

const documentsOf = rememberByObject((_: SpreadFetch) => new LRUCache<string, LegDocument>({ max: MAX_DOCUMENTS }))

/**
 * Returns the document of a leg: some top fields of the fetch, each pruned for the country. The gateway makes the same document only
 * once for a fetch.
 */
export function legDocument(fetch: SpreadFetch, fields: readonly DocumentField[]): LegDocument {
  const cache = documentsOf(fetch)
  const key = fields.map((field) => `${field.bit} ${field.key}`).join('|')
  return getOrAdd(cache, key, () => makeDocument(fetch, fields))
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
