/** Access rules guard all personal data (docs/design/access.md, The rules). */
import { type InputType, isInputObjectType } from '@apollo/federation-internals'
import {
  type Annotated,
  type DomainSchema,
  enumValues,
  type Field,
  federation,
  fieldArguments,
  hasFields,
  inputFields,
  interfaceFields,
  istmo,
  type Located,
  namedType,
  objectFields,
} from '../domain-schema.ts'
import { inEachDomain, onEach, type Place, type Rule, type SubgraphSet } from '../rule.ts'

/** `@reveals` must name a field of the supergraph, because the gateway demands the rights of that field (istmo.graphql, `@reveals`). */
const revealsExistingField: Rule = {
  code: 'REVEALS_UNKNOWN_FIELD',
  check: inEachDomain(function* (domain, set) {
    for (const element of [...fieldArguments(domain), ...inputFields(domain), ...enumValues(domain)]) {
      for (const { field } of istmo(domain, element, 'reveals')) {
        if (exists(set, String(field))) continue
        const came = `${JSON.stringify(field)}, which no subgraph has`
        yield { coordinate: element.coordinate, expected: 'the coordinate of a field in @reveals', came }
      }
    }
  }),
}

function exists(set: SubgraphSet, coordinate: string): boolean {
  const [typeName, fieldName, ...rest] = coordinate.split('.')
  if (typeName === undefined || fieldName === undefined || rest.length > 0) return false
  return set.all.some(({ schema }) => {
    const type = schema.type(typeName)
    return hasFields(type) && type.field(fieldName) !== undefined
  })
}

/** Name of a Federation directive that demands a right → its argument with the list of rights. `@authenticated` demands only an authenticated caller. */
const LISTS = { requiresScopes: 'scopes', policy: 'policies' } as const
const RIGHTS = ['requiresScopes', 'policy'] as const

/** Rejects `[]` and `[[]]` in an access rule at publication (docs/design/access.md, The rules). */
const noHollowAccessRule: Rule = {
  code: 'HOLLOW_ACCESS_RULE',
  check: inEachDomain(function* (domain) {
    for (const element of guardable(domain)) {
      for (const directive of RIGHTS) {
        for (const list of listsOn(domain, element, directive).filter(isHollow)) {
          const came = `@${directive}(${LISTS[directive]}: ${JSON.stringify(list)})`
          yield { coordinate: element.coordinate, expected: 'a list without empty lists', came }
        }
      }
    }
  }),
}

function guardable(domain: DomainSchema): readonly Located[] {
  const { schema } = domain
  const types = [schema.objectTypes(), schema.interfaceTypes(), schema.scalarTypes(), schema.enumTypes()].flat()
  return [...types, ...objectFields(domain), ...interfaceFields(domain)]
}

function listsOn(domain: DomainSchema, element: Annotated, directive: keyof typeof LISTS): readonly unknown[] {
  return federation(domain, element, directive).map((args) => args[LISTS[directive]])
}

/** Checks whether everybody, or nobody, meets the list of a `@requiresScopes` or `@policy` (an OR of ANDs). */
function isHollow(alternatives: unknown): boolean {
  // GraphQL takes one name for a list of lists of names.
  if (typeof alternatives === 'string') return alternatives === ''
  if (!Array.isArray(alternatives) || alternatives.length === 0) return true
  return alternatives.some((all) => Array.isArray(all) && all.length === 0)
}

/** An access rule must guard each field with personal data (istmo.graphql, `@pii`; docs/design/access.md, The rules). */
const piiFieldGuarded: Rule = {
  code: 'PII_FIELD_WITHOUT_RULE',
  check: onEach(objectFields, (field, domain) => {
    const pii = istmo(domain, field, 'pii')[0]
    const isAuthenticated = guardsOf(field).some((element) => federation(domain, element, 'authenticated').length > 0)
    if (pii === undefined || isAuthenticated || demandsRight(domain, field)) return undefined
    return { expected: `an access rule on personal data of class ${pii.class}`, came: 'none' }
  }),
}

/** The elements whose rules guard a field: the field, its parent type, and the type that it returns. */
function guardsOf(field: Field): readonly Annotated[] {
  const returned = namedType(field)
  return returned === undefined ? [field, field.parent] : [field, field.parent, returned]
}

/** Checks whether `@requiresScopes` or `@policy` guards a field. A rule that demands nothing (`[]`, `[[]]`) guards nothing. */
function demandsRight(domain: DomainSchema, field: Field): boolean {
  return guardsOf(field).some((element) =>
    RIGHTS.some((directive) => listsOn(domain, element, directive).some((list) => !isHollow(list))),
  )
}

/**
 * An argument or input field with personal data must carry `@reveals`, or every field that takes it must carry a scope or policy
 * rule (istmo.graphql, `@pii`). A `@reveals` on an argument or input field covers everything below it.
 */
const piiArgumentGuarded: Rule = {
  code: 'PII_ARGUMENT_WITHOUT_RULE',
  check: inEachDomain(function* (domain) {
    const open = objectFields(domain).filter((field) => !demandsRight(domain, field))
    for (const field of open) {
      for (const argument of field.arguments()) {
        if (isOpenPii(domain, argument)) yield unguarded(argument, [field.coordinate])
      }
    }
    const takers = takersOfInputs(domain, open)
    for (const field of inputFields(domain)) {
      const taking = takers.get(field.parent.name)
      if (taking !== undefined && isOpenPii(domain, field)) yield unguarded(field, [...taking])
    }
  }),
}

/** The fields of `open` that take an input type without a `@reveals` on the way to it, by the input type's name. */
function takersOfInputs(domain: DomainSchema, open: readonly Field[]): ReadonlyMap<string, ReadonlySet<string>> {
  const takers = new Map<string, Set<string>>()
  for (const field of open) {
    const ways: (Annotated & { readonly type: InputType | undefined })[] = [...field.arguments()]
    for (let way = ways.pop(); way !== undefined; way = ways.pop()) {
      const type = namedType(way)
      if (type === undefined || !isInputObjectType(type) || isRevealing(domain, way)) continue
      const taking = takers.get(type.name) ?? new Set()
      if (taking.has(field.coordinate)) continue
      takers.set(type.name, taking.add(field.coordinate))
      ways.push(...type.fields())
    }
  }
  return takers
}

function unguarded({ coordinate }: Located, takers: readonly string[]): Place {
  const expected = '@reveals, or a scope or policy rule on every field that takes it'
  return { coordinate, expected, came: `none, taken by ${takers.join(', ')}` }
}

function isOpenPii(domain: DomainSchema, element: Annotated): boolean {
  return istmo(domain, element, 'pii').length > 0 && !isRevealing(domain, element)
}

function isRevealing(domain: DomainSchema, element: Annotated): boolean {
  return istmo(domain, element, 'reveals').length > 0
}

/** The rules about access, in the order of their findings. */
export const ACCESS_RULES: readonly Rule[] = [
  revealsExistingField,
  noHollowAccessRule,
  piiFieldGuarded,
  piiArgumentGuarded,
]
