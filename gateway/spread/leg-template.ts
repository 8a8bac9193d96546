/** What is the same in all legs that ask one country for the same fields on behalf of callers whom it treats alike. */
import type { Outcome } from '../../contract/outcome.ts'
import type { DomainView } from '../types/flow.ts'
import type { LegField, Page } from '../types/leg.ts'
import type { SpreadFetch, TopField } from '../types/operation.ts'
import { type LegDocument, legDocument } from './leg-document.ts'
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
export interface LegTemplate {
  readonly fields: readonly LegField[]
  readonly document: LegDocument
  readonly scopes: readonly string[]
  readonly policies: readonly string[]
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
