import {
  type FieldNode,
  type GraphQLInputType,
  getNamedType,
  isInputObjectType,
  isNonNullType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { PROTECTED_ROWS_DOMAINS, PROTECTED_ROWS_FIELD } from '../../contract/access/protected-rows.ts'
import { isOpen, policiesNamed, scopesNamed } from '../../contract/access/rule.ts'
import type { OutcomeCode } from '../../contract/outcome.ts'
import type { DomainView } from '../types/flow.ts'
import type { DeniedField } from '../types/leg.ts'
import { argumentValues } from './check-arguments.ts'
import {
  type DeniedFields,
  type FieldName,
  findDeniedFields,
  isGuarded,
  listRevealedFields,
  mayReveal,
  nameRevealed,
  type PruneContext,
  placeKey,
} from './find-denied-fields.ts'
import { type LegUse, listUses } from './list-uses.ts'
import type { Publication } from './publication.ts'

/** The part of a top field that the gateway may ask one country for, on behalf of one caller. */
export type PrunedField =
  | {
      readonly kind: 'included'
      /** The field without what the country does not publish, and without what it denies. */
      readonly node: FieldNode
      readonly partly: OutcomeCode
      /** Whether a rule guards a part of the field, so that the country must know who asks. */
      readonly hasRule: boolean
      readonly denied: readonly DeniedField[]
      /** Equal for equal parts of the same field. */
      readonly key: string
      readonly scopes: readonly string[]
      readonly policies: readonly string[]
    }
  | { readonly kind: 'not-published' }
  | { readonly kind: 'not-recognised' }
  | { readonly kind: 'denied'; readonly denied: readonly DeniedField[] }

/** What is known of a field in one view of the caller. */
interface KnownField {
  /** The uses whose arguments can reveal a field. What is pruned depends on what the values of these arguments reveal, and on no other value. */
  readonly revealing: readonly LegUse[]
  /** By what the arguments reveal. */
  readonly pruned: Map<string, PrunedField>
}

/** How many combinations of revealing arguments are remembered for one field. A document has few. */
const MAX_REVEALED = 64

/** By the caller's view and by the field's node; null for a field whose rules read the time, because then nothing can be remembered. */
const knownByView = new WeakMap<DomainView, WeakMap<FieldNode, KnownField | null>>()

/**
 * Takes out of a top field what the country does not publish, and what its rules deny this caller. A required field that is denied takes
 * its parent with it. A denied key of the gateway takes the field above it, because the gateway could not put the answer together without
 * the key, and the country's node would reject the complete leg.
 * @returns the same object for the same field and view, if the arguments reveal the same and no rule reads the time.
 */
export function pruneField(context: PruneContext): PrunedField {
  if (context.publication.missingValues.size > 0 && asksForMissingValue(context)) return { kind: 'not-published' }
  const known = knownByView.get(context.view)?.get(context.field.node) ?? know(context)
  if (known === null) return pruneUncached(context)
  const { revealing, pruned } = known
  const key = revealing.length === 0 ? '' : nameRevealed(revealing, context)
  const found = pruned.get(key)
  if (found !== undefined) return found
  const made = pruneUncached(context)
  // Whether a revealed field may be read may depend on the time, even if the field with the argument does not.
  if (!revealing.flatMap((use) => listRevealedFields(use, context)).every((name) => context.view.isCacheable(...name)))
    return made
  if (pruned.size >= MAX_REVEALED) pruned.clear()
  pruned.set(key, made)
  return made
}

/** Whether an argument of the top field has a value of an enum that the country's SDL lacks: it could not read the question. */
function asksForMissingValue({ field, publication, variables, topValues }: PruneContext): boolean {
  if (field.spread === null) return false
  const { node, definition } = field.spread
  const values = topValues ?? argumentValues(definition, node, variables)
  return definition.args.some(({ name, type }) => hasMissingValue(type, values[name], publication))
}

function hasMissingValue(type: GraphQLInputType, value: unknown, publication: Publication): boolean {
  if (value === null || value === undefined) return false
  if (Array.isArray(value)) return value.some((item) => hasMissingValue(type, item, publication))
  const named = getNamedType(type)
  if (!isInputObjectType(named)) return publication.missingValues.get(named.name)?.has(String(value)) ?? false
  return Object.values(named.getFields()).some((field) =>
    hasMissingValue(field.type, (value as Record<string, unknown>)[field.name], publication),
  )
}

function know({ field, publication, view }: PruneContext): KnownField | null {
  const uses = listUses(field, publication)
  const isCacheable = uses.every(({ typeName, fieldName }) => view.isCacheable(typeName, fieldName))
  const revealing = uses.filter((use) => mayReveal(use, publication, view))
  const known = isCacheable ? { revealing, pruned: new Map() } : null
  const ofView = knownByView.get(view) ?? new WeakMap<FieldNode, KnownField | null>()
  knownByView.set(view, ofView.set(field.node, known))
  return known
}

function pruneUncached(context: PruneContext): PrunedField {
  const { fetch, field, publication, view } = context
  if (!publication.publishes(field.typeName, field.shape.fieldName)) return { kind: 'not-published' }
  const uses = listUses(field, publication)
  const hasRule = uses.some((use) => isGuarded(use, context))
  if (hasRule && view.notRecognised !== null) return { kind: 'not-recognised' }
  const denied: DeniedFields = hasRule ? findDeniedFields(uses, context) : new Map()
  const ruledFields: FieldName[] = uses.map(({ typeName, fieldName }) => [typeName, fieldName])
  if (hasRule) {
    ruledFields.push(...uses.flatMap((use) => listRevealedFields(use, context)))
    ruledFields.push(...listRowVisibilityFields(fetch.domain, view))
  }
  const rights = listRights(ruledFields, view)
  if (denied.size === 0 && publication.isComplete) {
    return { kind: 'included', node: field.node, partly: null, hasRule, denied: [], key: '', ...rights }
  }
  const pruning = { publication, denied, typenameKey: fetch.keys.typename }
  const { node, hasUnpublished } = pruneSelection(field.node, field.typeName, pruning)
  const topmost = [...denied.values()].filter((one) => !isBelowAny(one, denied))
  if (node === null) return { kind: 'denied', denied: topmost.map((one) => ({ ...one, path: one.path.slice(0, 1) })) }
  const partly = topmost.length > 0 ? 'PARTLY_DENIED' : hasUnpublished ? 'PARTLY_NOT_PUBLISHED' : null
  const lost = topmost.map((one) => ({ ...one, path: findLostPlace(one.path, node) }))
  return { kind: 'included', node, partly, hasRule, denied: lost, key: [...denied.keys()].join(' '), ...rights }
}

/** Lists the field that decides whether a leg may see protected rows of the domain, if a rule guards it and the caller may read it. */
function listRowVisibilityFields(domain: string, view: DomainView): readonly FieldName[] {
  const [typeName, fieldName] = PROTECTED_ROWS_FIELD
  const mayRead = PROTECTED_ROWS_DOMAINS.has(domain) && view.denialOf(typeName, fieldName) === null
  return mayRead && !isOpen(view.ruleOf(typeName, fieldName)) ? [[typeName, fieldName]] : []
}

/**
 * Finds the place where the answer has null because a field is denied. It is above the field if the field is required.
 * @param node the top field without what is denied.
 */
function findLostPlace(path: readonly string[], node: FieldNode): readonly string[] {
  let nodes: readonly FieldNode[] = [node]
  for (const [i, key] of path.entries()) {
    if (i > 0) nodes = nodes.flatMap((above) => listFields(above.selectionSet?.selections ?? [], key))
    if (nodes.length === 0) return path.slice(0, i + 1)
  }
  return path
}

function listFields(selections: readonly SelectionNode[], key: string): readonly FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return (selection.alias ?? selection.name).value === key ? [selection] : []
    return selection.kind === Kind.INLINE_FRAGMENT ? listFields(selection.selectionSet.selections, key) : []
  })
}

/** Whether a denied field is below another one, so that it is taken out together with it. */
function isBelowAny({ path }: DeniedField, denied: DeniedFields): boolean {
  return [...denied.values()].some(
    (other) => other.path.length < path.length && other.path.every((key, i) => key === path[i]),
  )
}

/** Lists the caller's scopes and granted policies that the rules of the fields name, sorted. */
function listRights(
  fields: readonly FieldName[],
  view: DomainView,
): { readonly scopes: readonly string[]; readonly policies: readonly string[] } {
  const rules = fields.map(([typeName, fieldName]) => view.ruleOf(typeName, fieldName)).filter((rule) => !isOpen(rule))
  const scopes = new Set(rules.flatMap(scopesNamed).filter((scope) => view.rights.scopes.has(scope)))
  const policies = new Set(
    fields.flatMap(([typeName, fieldName]) =>
      policiesNamed(view.ruleOf(typeName, fieldName)).filter((policy) =>
        view.rights.grants(policy, `${typeName}.${fieldName}`),
      ),
    ),
  )
  return { scopes: [...scopes].sort(), policies: [...policies].sort() }
}

/** What to take out of a top field. */
interface SelectionPruning {
  readonly publication: Publication
  readonly denied: DeniedFields
  /** The gateway key of `__typename`, which fills a selection from which every field is taken. */
  readonly typenameKey: string
}

/** A top field after pruning. */
interface PrunedSelection {
  /** Null if a denial takes the top field itself. The same node if nothing was taken out. */
  readonly node: FieldNode | null
  /** Whether a field was taken out because the country does not publish it. */
  readonly hasUnpublished: boolean
}

/**
 * Takes out of a top field what the country does not publish and what it denies. A required field that is denied takes its parent with
 * it.
 */
export function pruneSelection(node: FieldNode, typeName: string, pruning: SelectionPruning): PrunedSelection {
  const run: Run = { ...pruning, hasUnpublished: false }
  const pruned = pruneNode(node, typeName, [], run)
  return { node: pruned, hasUnpublished: run.hasUnpublished }
}

interface Run extends SelectionPruning {
  hasUnpublished: boolean
}

/** A required field of the set is denied, so the parent must be taken out too. */
const TAKE_PARENT = Symbol('take parent')

/** Prunes a field. Returns null if the field is denied, or if a required field below it is. */
function pruneNode(node: FieldNode, typeName: string, pathAbove: readonly string[], run: Run): FieldNode | null {
  const path = [...pathAbove, node.alias?.value ?? node.name.value]
  if (run.denied.has(placeKey(typeName, path))) return null
  const typeBelow = run.publication.typeOf(typeName, node.name.value)
  if (!node.selectionSet || typeBelow === undefined) return node
  const selectionSet = pruneSet(node.selectionSet, typeBelow, path, run)
  if (selectionSet === TAKE_PARENT) return null
  return selectionSet === node.selectionSet ? node : { ...node, selectionSet }
}

function pruneSet(
  set: SelectionSetNode,
  typeName: string,
  path: readonly string[],
  run: Run,
): SelectionSetNode | typeof TAKE_PARENT {
  const selections: SelectionNode[] = []
  for (const node of set.selections) {
    const pruned = pruneChild(node, typeName, path, run)
    if (pruned === TAKE_PARENT) return TAKE_PARENT
    if (pruned !== null) selections.push(pruned)
  }
  const isSame =
    selections.length === set.selections.length && selections.every((node, i) => node === set.selections[i])
  if (isSame) return set
  return { ...set, selections: selections.length > 0 ? selections : [placeholder(run.typenameKey)] }
}

function pruneChild(
  node: SelectionNode,
  typeName: string,
  path: readonly string[],
  run: Run,
): SelectionNode | null | typeof TAKE_PARENT {
  if (node.kind === Kind.FRAGMENT_SPREAD) return node
  if (node.kind === Kind.INLINE_FRAGMENT) {
    const selectionSet = pruneSet(node.selectionSet, node.typeCondition?.name.value ?? typeName, path, run)
    if (selectionSet === TAKE_PARENT) return TAKE_PARENT
    return selectionSet === node.selectionSet ? node : { ...node, selectionSet }
  }
  if (!run.publication.publishes(typeName, node.name.value)) {
    run.hasUnpublished = true
    return null
  }
  // The country may hold more than its SDL can name.
  if (run.publication.missingValues.has(run.publication.typeOf(typeName, node.name.value) ?? ''))
    run.hasUnpublished = true
  const pruned = pruneNode(node, typeName, path, run)
  if (pruned !== null) return pruned
  const definition = run.publication.definitionOf(typeName, node.name.value)
  return definition && isNonNullType(definition.type) ? TAKE_PARENT : null
}

function placeholder(typenameKey: string): FieldNode {
  return {
    kind: Kind.FIELD,
    alias: { kind: Kind.NAME, value: typenameKey },
    name: { kind: Kind.NAME, value: '__typename' },
  }
}
