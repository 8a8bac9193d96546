import { getArgumentValues } from 'graphql'
import { couldReveal, revealedByArguments } from '../../contract/access/revealed.ts'
import { type DenialKind, isOpen } from '../../contract/access/rule.ts'
import { getOrAdd } from '../../contract/get-or-add.ts'
import type { DomainView } from '../types/flow.ts'
import type { FieldUse, PreparedOperation } from '../types/operation.ts'

/** One domain of one country, as one caller may read it. */
export interface CountryDomain {
  readonly country: string
  publishes(typeName: string, fieldName: string): boolean
  readonly view: DomainView
}

/** Who could answer a field. */
export interface Sources {
  readonly countries: readonly CountryDomain[]
  /** Set if a subgraph that no country publishes resolves the field. */
  readonly plain: DomainView | null
}

/** One use of a field that a rule denies to the caller. */
export interface Denial {
  readonly coordinate: string
  /** Response keys, without list indices. */
  readonly path: readonly string[]
  readonly kind: DenialKind
  /** The country that denies the field; null if every source denies it. */
  readonly country: string | null
}

/** How the gateway treats an operation of one caller. */
export interface Decision {
  /**
   * The coordinates that the gateway removes before planning. Every country that recognises the caller and publishes the field denies
   * it.
   */
  readonly removedFields: ReadonlySet<string>
  /** The uses that the gateway removes, except those below another one that it removes. */
  readonly denials: readonly Denial[]
  /** The uses that only some countries deny. The modes `reject` and `dry-run` report them before the gateway sends any leg. */
  readonly partialDenials: readonly Denial[]
  /** Whether a field of the operation has a rule in a country that the gateway could ask. If so, the caller needs a mandate. */
  readonly isRuled: boolean
}

/** What a decision depends on. */
export interface Deciding {
  readonly sourcesOf: (typeName: string, fieldName: string) => Sources
}

/**
 * Decides how the gateway treats an operation of one caller.
 * @returns the decision, and in `isCacheable` whether it stays valid for the same caller.
 */
export function decideOperation(
  operation: PreparedOperation,
  deciding: Deciding,
): { readonly decision: Decision; readonly isCacheable: boolean } {
  const verdicts = new Map<string, Verdict>()
  const verdictOn = ({ typeName, fieldName }: FieldUse): Verdict => {
    const coordinate = `${typeName}.${fieldName}`
    const judge = () => judgeField(typeName, fieldName, deciding.sourcesOf(typeName, fieldName))
    return getOrAdd(verdicts, coordinate, judge)
  }
  const denials: Denial[] = []
  const partialDenials: Denial[] = []
  const removedFields = new Set<string>()
  const removedUses = new Set<FieldUse | null>()
  for (const use of operation.uses) {
    const { deniedByAll, denying } = verdictOn(use)
    const coordinate = `${use.typeName}.${use.fieldName}`
    if (deniedByAll !== null) removedFields.add(coordinate)
    // `uses` lists a parent before its children, so this loop knows whether a field above this one is removed.
    const isBelowRemoved = removedUses.has(use.parent)
    if (deniedByAll !== null || isBelowRemoved) removedUses.add(use)
    if (isBelowRemoved) continue
    if (deniedByAll !== null) denials.push({ coordinate, path: use.path, kind: deniedByAll, country: null })
    else for (const { country, kind } of denying) partialDenials.push({ coordinate, path: use.path, kind, country })
  }
  const all = [...verdicts.values()]
  const isRuled = all.some((verdict) => verdict.isRuled)
  return {
    decision: { removedFields, denials, partialDenials, isRuled },
    isCacheable: all.every((verdict) => verdict.isCacheable),
  }
}

interface Verdict {
  /** The kind of rule by which every source denies the field; null if at least one source may answer it. */
  readonly deniedByAll: DenialKind | null
  /** The countries that deny the field, each once. */
  readonly denying: readonly CountryDenial[]
  readonly isRuled: boolean
  readonly isCacheable: boolean
}

interface CountryDenial {
  readonly country: string
  readonly kind: DenialKind
}

function judgeField(typeName: string, fieldName: string, sources: Sources): Verdict {
  const recognising = listRecognising(sources)
  // If no country recognises the caller, the field stays: the gateway denies the legs one by one, each with its own outcome.
  const kinds = listViews({ ...sources, countries: recognising }).map((view) => view.denialOf(typeName, fieldName))
  const denying = new Map<string, CountryDenial>()
  for (const { country, view } of recognising) {
    const kind = view.denialOf(typeName, fieldName)
    if (kind !== null) denying.set(country, { country, kind })
  }
  return {
    deniedByAll: kinds.includes(null) ? null : (kinds[0] ?? null),
    denying: [...denying.values()],
    isRuled: sources.countries.some(({ view }) => !isOpen(view.ruleOf(typeName, fieldName))),
    isCacheable: listViews(sources).every((view) => view.isCacheable(typeName, fieldName)),
  }
}

/** Lists the views of all sources: first those of the countries, then that of a plain subgraph. */
export function listViews({ countries, plain }: Sources): readonly DomainView[] {
  const views = countries.map(({ view }) => view)
  return plain === null ? views : [...views, plain]
}

function listRecognising({ countries }: Sources): readonly CountryDomain[] {
  return countries.filter(({ view }) => view.notRecognised === null)
}

/**
 * Lists the arguments that would reveal a field that the caller may not read (`@reveals`), for each country that recognises the caller
 * and for a subgraph that no country publishes.
 * @param variables coerced
 * @throws {GraphQLError} if an argument of a field with such an argument is wrong.
 */
export function revealDenials(
  operation: PreparedOperation,
  variables: Readonly<Record<string, unknown>>,
  { sourcesOf }: Deciding,
): readonly Denial[] {
  return operation.uses.flatMap((use) => {
    const sources = sourcesOf(use.typeName, use.fieldName)
    const denials = listRecognising(sources).flatMap(({ view, country }) => revealDenial(use, view, country, variables))
    return sources.plain === null ? denials : [...denials, ...revealDenial(use, sources.plain, null, variables)]
  })
}

function revealDenial(
  { typeName, definition, node, path }: FieldUse,
  view: DomainView,
  country: string | null,
  variables: Readonly<Record<string, unknown>>,
): readonly Denial[] {
  if (!definition || !couldReveal(typeName, definition, view)) return []
  const values = getArgumentValues(definition, node, variables)
  for (const { coordinate, fields } of revealedByArguments(typeName, definition, values, view)) {
    for (const field of fields) {
      const [revealedType = '', revealedField = ''] = field.split('.')
      const kind = view.denialOf(revealedType, revealedField)
      if (kind !== null) return [{ coordinate, path, kind, country }]
    }
  }
  return []
}
