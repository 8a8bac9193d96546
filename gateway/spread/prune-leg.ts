import { type FieldNode, isNonNullType, Kind, type SelectionNode, type SelectionSetNode } from 'graphql'
import { PROTECTED_ROWS_DOMAINS, PROTECTED_ROWS_FIELD } from '../../contract/access/protected-rows.ts'
import { couldReveal, revealedByArguments } from '../../contract/access/revealed.ts'
import { isOpen, policiesNamed, scopesNamed } from '../../contract/access/rule.ts'
import type { OutcomeCode } from '../../contract/outcome.ts'
import type { DomainView } from '../types/flow.ts'
import type { SpreadFetch, TopField } from '../types/operation.ts'
import { argumentValues } from './check-arguments.ts'
import type { Publication } from './publication.ts'

/** A field that a country refuses within a leg. */
export interface DeniedField {
  /** The field, or the argument, input field or enum value that would reveal what is refused. */
  readonly coordinate: string
  /** Response keys, from the top field on. */
  readonly path: readonly string[]
}

/** What one country gives of one top field to one caller. */
export type PrunedField =
  | {
      readonly kind: 'included'
      /** What is asked: without what the country does not publish, and without what it refuses. */
      readonly node: FieldNode
      readonly partly: OutcomeCode
      readonly refused: readonly DeniedField[]
      /** Tells apart what is left of the same field. */
      readonly key: string
      readonly scopes: readonly string[]
      readonly policies: readonly string[]
    }
  | { readonly kind: 'not-published' }
  | { readonly kind: 'not-recognised' }
  | { readonly kind: 'denied'; readonly refused: readonly DeniedField[] }

/** What is known of a field wherever it stands in a leg. */
interface Use {
  readonly typeName: string
  readonly fieldName: string
  readonly node: FieldNode
  readonly path: readonly string[]
}

const usesOfNode = new WeakMap<FieldNode, readonly Use[]>()

/**
 * What a country gives of a top field: cut to what it publishes and to what its rules allow this caller. A required field that is
 * refused takes its parent with it. So does a key that the gateway asks for itself: no answer could be put together without, and the
 * country's node would refuse the whole leg.
 */
export function pruneField(
  fetch: SpreadFetch,
  field: TopField,
  publication: Publication,
  view: DomainView,
  variables: Readonly<Record<string, unknown>>,
): PrunedField {
  const known = given.get(view)?.get(field.node)
  if (known !== undefined) return known
  const made = pruneAnew(fetch, field, publication, view, variables)
  const isCacheable = knownUses(field, publication).every(
    ({ typeName, fieldName }) =>
      view.isCacheable(typeName, fieldName) && !mayReveal(typeName, fieldName, publication, view),
  )
  if (isCacheable) given.set(view, (given.get(view) ?? new WeakMap()).set(field.node, made))
  return made
}

/** What hangs on neither variables nor time is found out once for a caller's view. */
const given = new WeakMap<DomainView, WeakMap<FieldNode, PrunedField>>()

function pruneAnew(
  fetch: SpreadFetch,
  field: TopField,
  publication: Publication,
  view: DomainView,
  variables: Readonly<Record<string, unknown>>,
): PrunedField {
  if (!publication.publishes(field.typeName, field.shape.fieldName)) return { kind: 'not-published' }
  const uses = knownUses(field, publication)
  const isGuarded = uses.some((use) => isRuled(use, field, publication, view, variables))
  if (isGuarded && view.notRecognised !== null) return { kind: 'not-recognised' }
  const refused = isGuarded
    ? refusedIn(uses, fetch, field, publication, view, variables)
    : new Map<string, DeniedField>()
  const revealed = isGuarded
    ? uses.flatMap((use) => revealing(use, field, publication, view, variables).flatMap(({ fields }) => fields))
    : []
  const needed = [
    ...uses.map(({ typeName, fieldName }): [string, string] => [typeName, fieldName]),
    ...revealed.map(split),
    ...(isGuarded ? rowRights(fetch.domain, view) : []),
  ]
  if (refused.size === 0 && publication.whole) return asked(field.node, [], null, '', needed, view)
  const cutting: Cutting = {
    publication,
    refused,
    prefix: fetch.keys.prefix,
    typenameKey: fetch.keys.typename,
    isCut: false,
  }
  const node = leftOf(field.node, field.typeName, [], cutting)
  const told = [...refused.values()].filter((one) => !isBelowAny(one, refused))
  if (node === null) return { kind: 'denied', refused: told }
  const partly = told.length > 0 ? 'PARTLY_DENIED' : cutting.isCut ? 'PARTLY_NOT_PUBLISHED' : null
  return asked(node, told, partly, [...refused.keys()].join(' '), needed, view)
}

/** The field that protected rows of the domain hang on, where the caller may read it. */
function rowRights(domain: string, view: DomainView): readonly [string, string][] {
  const [typeName, fieldName] = PROTECTED_ROWS_FIELD
  const isShown = PROTECTED_ROWS_DOMAINS.has(domain) && view.denialOf(typeName, fieldName) === null
  return isShown && !isOpen(view.ruleOf(typeName, fieldName)) ? [[typeName, fieldName]] : []
}

/** What stands below a refused field is gone with it. */
function isBelowAny({ path }: DeniedField, refused: ReadonlyMap<string, DeniedField>): boolean {
  return [...refused.values()].some(
    (other) => other.path.length < path.length && other.path.every((key, i) => key === path[i]),
  )
}

function asked(
  node: FieldNode,
  refused: readonly DeniedField[],
  partly: OutcomeCode,
  key: string,
  needed: readonly (readonly [typeName: string, fieldName: string])[],
  view: DomainView,
): PrunedField {
  const rules = needed.map(([typeName, fieldName]) => view.ruleOf(typeName, fieldName)).filter((rule) => !isOpen(rule))
  const scopes = new Set(rules.flatMap(scopesNamed).filter((scope) => view.rights.scopes.has(scope)))
  const policies = new Set(
    needed.flatMap(([typeName, fieldName]) =>
      policiesNamed(view.ruleOf(typeName, fieldName)).filter((policy) =>
        view.rights.grants(policy, `${typeName}.${fieldName}`),
      ),
    ),
  )
  return { kind: 'included', node, partly, refused, key, scopes: [...scopes].sort(), policies: [...policies].sort() }
}

function knownUses(field: TopField, publication: Publication): readonly Use[] {
  let uses = usesOfNode.get(field.node)
  if (uses === undefined) {
    const found: Use[] = []
    collect(field.node, field.typeName, [], publication, found)
    uses = found
    usesOfNode.set(field.node, uses)
  }
  return uses
}

function collect(
  node: FieldNode,
  typeName: string,
  above: readonly string[],
  publication: Publication,
  into: Use[],
): void {
  const path = [...above, node.alias?.value ?? node.name.value]
  into.push({ typeName, fieldName: node.name.value, node, path })
  const below = publication.typeOf(typeName, node.name.value)
  if (!node.selectionSet || below === undefined) return
  for (const [type, child] of typedFields(node.selectionSet, below)) collect(child, type, path, publication, into)
}

function typedFields(set: SelectionSetNode, typeName: string): [string, FieldNode][] {
  return set.selections.flatMap((node): [string, FieldNode][] => {
    if (node.kind === Kind.FIELD) return [[typeName, node]]
    if (node.kind === Kind.FRAGMENT_SPREAD) return []
    return typedFields(node.selectionSet, node.typeCondition?.name.value ?? typeName)
  })
}

function isRuled(
  use: Use,
  field: TopField,
  publication: Publication,
  view: DomainView,
  variables: Readonly<Record<string, unknown>>,
): boolean {
  if (!isOpen(view.ruleOf(use.typeName, use.fieldName))) return true
  return revealing(use, field, publication, view, variables).some(({ fields }) =>
    fields.some((coordinate) => !isOpen(view.ruleOf(...split(coordinate)))),
  )
}

/** By path: what the country refuses. */
function refusedIn(
  uses: readonly Use[],
  fetch: SpreadFetch,
  field: TopField,
  publication: Publication,
  view: DomainView,
  variables: Readonly<Record<string, unknown>>,
): Map<string, DeniedField> {
  const refused = new Map<string, DeniedField>()
  for (const use of uses) {
    const { typeName, fieldName, path } = use
    // What the country does not publish at all is not refused, but left out.
    if (!publication.publishes(typeName, fieldName)) continue
    if (isGatewayKey(use.node, fetch.keys.prefix)) {
      const holder = view.denialOf(typeName, fieldName) === null ? undefined : holderOf(use, uses, fetch.keys.prefix)
      if (holder) {
        const key = `${holder.typeName} ${holder.path.join('.')}`
        refused.set(key, { coordinate: `${typeName}.${fieldName}`, path: holder.path })
      }
      continue
    }
    const through = revealing(use, field, publication, view, variables).find(({ fields }) =>
      fields.some((coordinate) => isKeptBack(...split(coordinate), publication, view)),
    )
    if (view.denialOf(typeName, fieldName) !== null) {
      refused.set(`${typeName} ${path.join('.')}`, { coordinate: `${typeName}.${fieldName}`, path })
    } else if (through) {
      refused.set(`${typeName} ${path.join('.')}`, { coordinate: through.coordinate, path })
    }
  }
  return refused
}

/** What a country does not publish, no argument may tell either; its node refuses a leg that asks all the same. */
function isKeptBack(typeName: string, fieldName: string, publication: Publication, view: DomainView): boolean {
  if (view.denialOf(typeName, fieldName) !== null) return true
  return publication.definitionOf(typeName, fieldName) !== undefined && !publication.publishes(typeName, fieldName)
}

/** The caller's own field that a key of the gateway stands under: without the key it cannot be put together. */
function holderOf({ path }: Use, uses: readonly Use[], prefix: string): Use | undefined {
  return uses
    .filter((other) => other.path.length < path.length && other.path.every((key, i) => key === path[i]))
    .filter(({ node }) => !isGatewayKey(node, prefix))
    .toSorted((left, right) => right.path.length - left.path.length)[0]
}

function revealing(
  { typeName, fieldName, node }: Use,
  field: TopField,
  publication: Publication,
  view: DomainView,
  variables: Readonly<Record<string, unknown>>,
): ReturnType<typeof revealedByArguments> {
  const definition = publication.definitionOf(typeName, fieldName)
  if (!definition || !mayReveal(typeName, fieldName, publication, view)) return []
  // The top field's arguments are the client's own; below it they stand as they are sent.
  const isTop = node === field.node && field.spread !== null
  const [asWritten, asDefined] = isTop ? [field.spread.node, field.spread.definition] : [node, definition]
  return revealedByArguments(typeName, asDefined, argumentValues(asDefined, asWritten, variables), view)
}

function mayReveal(typeName: string, fieldName: string, publication: Publication, view: DomainView): boolean {
  const definition = publication.definitionOf(typeName, fieldName)
  return definition !== undefined && couldReveal(typeName, definition, view)
}

function split(coordinate: string): [string, string] {
  const at = coordinate.indexOf('.')
  return [coordinate.slice(0, at), coordinate.slice(at + 1)]
}

/** A key that the gateway asks for itself. */
function isGatewayKey(node: FieldNode, prefix: string): boolean {
  const alias = node.alias?.value
  return alias?.startsWith(prefix) === true && !alias.startsWith(`${prefix}A_`)
}

interface Cutting {
  readonly publication: Publication
  readonly refused: ReadonlyMap<string, DeniedField>
  readonly prefix: string
  readonly typenameKey: string
  isCut: boolean
}

/** The field without what goes below it; null where a required field below it is refused. */
function leftOf(node: FieldNode, typeName: string, above: readonly string[], cutting: Cutting): FieldNode | null {
  const path = [...above, node.alias?.value ?? node.name.value]
  if (cutting.refused.has(`${typeName} ${path.join('.')}`)) return null
  const below = cutting.publication.typeOf(typeName, node.name.value)
  if (!node.selectionSet || below === undefined) return node
  const selectionSet = leftOfSet(node.selectionSet, below, path, cutting)
  if (selectionSet === null) return null
  return selectionSet === node.selectionSet ? node : { ...node, selectionSet }
}

function leftOfSet(
  set: SelectionSetNode,
  typeName: string,
  path: readonly string[],
  cutting: Cutting,
): SelectionSetNode | null {
  const selections: SelectionNode[] = []
  for (const node of set.selections) {
    const left = leftOfSelection(node, typeName, path, cutting)
    if (left === 'parent goes') return null
    if (left !== null) selections.push(left)
  }
  const isSame =
    selections.length === set.selections.length && selections.every((node, i) => node === set.selections[i])
  if (isSame) return set
  return { ...set, selections: selections.length > 0 ? selections : [placeholder(cutting.typenameKey)] }
}

function leftOfSelection(
  node: SelectionNode,
  typeName: string,
  path: readonly string[],
  cutting: Cutting,
): SelectionNode | null | 'parent goes' {
  if (node.kind === Kind.FRAGMENT_SPREAD) return node
  if (node.kind === Kind.INLINE_FRAGMENT) {
    const selectionSet = leftOfSet(node.selectionSet, node.typeCondition?.name.value ?? typeName, path, cutting)
    if (selectionSet === null) return 'parent goes'
    return selectionSet === node.selectionSet ? node : { ...node, selectionSet }
  }
  if (!cutting.publication.publishes(typeName, node.name.value)) {
    cutting.isCut = true
    return null
  }
  const left = leftOf(node, typeName, path, cutting)
  if (left !== null) return left
  const definition = cutting.publication.definitionOf(typeName, node.name.value)
  return definition && isNonNullType(definition.type) ? 'parent goes' : null
}

function placeholder(typenameKey: string): FieldNode {
  return {
    kind: Kind.FIELD,
    alias: { kind: Kind.NAME, value: typenameKey },
    name: { kind: Kind.NAME, value: '__typename' },
  }
}
