import { getArgumentValues } from 'graphql'
import { couldReveal, revealedByArguments } from '../../contract/access/revealed.ts'
import { type DenialKind, isOpen } from '../../contract/access/rule.ts'
import type { DomainView } from '../types/flow.ts'
import type { FieldUse, PreparedOperation } from '../types/operation.ts'

/** One country's part of a domain, as one caller has it. */
export interface CountryDomain {
  readonly country: string
  publishes(typeName: string, fieldName: string): boolean
  readonly view: DomainView
}

/** Who could answer a field. */
export interface Sources {
  readonly countries: readonly CountryDomain[]
  /** Set where a subgraph that no country publishes resolves the field. */
  readonly plain: DomainView | null
}

/** A field that is refused, where it stands. */
export interface Denial {
  readonly coordinate: string
  /** Response keys, without list indices. */
  readonly path: readonly string[]
  readonly kind: DenialKind
  /** The country that refuses it; null where nobody gives it. */
  readonly country: string | null
}

/** What becomes of an operation. */
export interface Decision {
  /** The coordinates that are taken out before planning: every participant that hears the caller and publishes them refuses. */
  readonly removedFields: ReadonlySet<string>
  /** The uses that were taken out; those below one that was taken out are not told again. */
  readonly denials: readonly Denial[]
  /** What some countries refuse, and others give: told before anything is asked, for the modes `reject` and `dry-run`. */
  readonly partialDenials: readonly Denial[]
  /** Whether any field of the operation has a rule in any country that could be asked: then a mandate is needed. */
  readonly isRuled: boolean
}

/** What a decision rests on. */
export interface Deciding {
  readonly sourcesOf: (typeName: string, fieldName: string) => Sources
}

/** Decides an operation for one caller. `isCacheable`: whether the decision holds for the same caller again. */
export function decideOperation(
  operation: PreparedOperation,
  deciding: Deciding,
): { readonly decision: Decision; readonly isCacheable: boolean } {
  const verdicts = new Map<string, Verdict>()
  const verdictOn = (use: FieldUse): Verdict => {
    const coordinate = `${use.typeName}.${use.fieldName}`
    const known = verdicts.get(coordinate) ?? judge(use, deciding.sourcesOf(use.typeName, use.fieldName))
    verdicts.set(coordinate, known)
    return known
  }
  const denials: Denial[] = []
  const partialDenials: Denial[] = []
  const removedFields = new Set<string>()
  const gone = new Set<FieldUse>()
  for (const use of operation.uses) {
    const { nobody, some } = verdictOn(use)
    const coordinate = `${use.typeName}.${use.fieldName}`
    if (nobody !== null) removedFields.add(coordinate)
    // A parent stands before what is below it, so what is below a field that goes is not told again.
    const isBelow = use.parent !== null && gone.has(use.parent)
    if (nobody !== null || isBelow) gone.add(use)
    if (isBelow) continue
    if (nobody !== null) denials.push({ coordinate, path: use.path, kind: nobody, country: null })
    else for (const { country, kind } of some) partialDenials.push({ coordinate, path: use.path, kind, country })
  }
  const all = [...verdicts.values()]
  const isRuled = all.some((verdict) => verdict.isRuled)
  return {
    decision: { removedFields, denials, partialDenials, isRuled },
    isCacheable: all.every((verdict) => verdict.isCacheable),
  }
}

interface Verdict {
  /** Why nobody gives the field; null where somebody may. */
  readonly nobody: DenialKind | null
  readonly some: readonly { readonly country: string; readonly kind: DenialKind }[]
  readonly isRuled: boolean
  readonly isCacheable: boolean
}

function judge({ typeName, fieldName }: FieldUse, { countries, plain }: Sources): Verdict {
  const rules = countries.map(({ view }) => view.ruleOf(typeName, fieldName))
  const isRuled = rules.some((rule) => !isOpen(rule))
  const heard = countries.filter(({ view }) => view.notRecognised === null)
  const refusals = heard.flatMap((source) => refusalBy(source, typeName, fieldName))
  const some = [...new Map(refusals.map((refusal) => [refusal.country, refusal])).values()]
  const isCacheable = countries.every(({ view }) => view.isCacheable(typeName, fieldName))
  const alone = plain?.denialOf(typeName, fieldName) ?? null
  const isGivenPlain = plain !== null && alone === null
  // Where no country hears the caller, its legs are denied one by one, each with its own outcome.
  const isRefusedByAll = heard.length > 0 && refusals.length === heard.length
  const [first] = refusals
  const nobody = isGivenPlain ? null : heard.length > 0 ? (isRefusedByAll ? (first?.kind ?? null) : null) : alone
  return { nobody, some: nobody === null ? some : [], isRuled, isCacheable }
}

function refusalBy(
  { country, view }: CountryDomain,
  typeName: string,
  fieldName: string,
): readonly { readonly country: string; readonly kind: DenialKind }[] {
  const kind = view.denialOf(typeName, fieldName)
  return kind === null ? [] : [{ country, kind }]
}

/**
 * What countries refuse because an argument would reveal it (`@reveals`); and, where nobody else answers, what a subgraph that no
 * country publishes does.
 * @param variables coerced.
 */
export function revealDenials(
  operation: PreparedOperation,
  variables: Readonly<Record<string, unknown>>,
  { sourcesOf }: Deciding,
): readonly Denial[] {
  return operation.uses.flatMap((use) => {
    const { countries, plain } = sourcesOf(use.typeName, use.fieldName)
    const heard = countries.filter(({ view }) => view.notRecognised === null)
    const views: { readonly view: DomainView; readonly country: string | null }[] =
      plain === null ? heard : [...heard, { view: plain, country: null }]
    return views.flatMap(({ view, country }) => revealDenial(use, view, country, variables))
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
