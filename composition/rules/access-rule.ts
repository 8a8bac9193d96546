import { type Annotated, type DomainSchema, type Field, federation, namedType } from '../domain-schema.ts'

/**
 * Which access rules guard a field (docs/design/access.md, The rules): those on the field, on its parent type, and on the type
 * that it returns. A rule that demands nothing (`[]`, `[[]]`) guards nothing.
 */

/** The access rules of Federation. The last two demand a right; the first demands only an authenticated caller. */
export const ACCESS_DIRECTIVES = ['authenticated', 'requiresScopes', 'policy'] as const
/** Name of a Federation directive that is an access rule. */
export type AccessDirective = (typeof ACCESS_DIRECTIVES)[number]

/** Checks whether `element` carries one of `directives` that demands something. */
export function carriesRule(domain: DomainSchema, element: Annotated, directives: readonly AccessDirective[]): boolean {
  return directives.some((directive) =>
    federation(domain, element, directive).some(
      (args) => directive === 'authenticated' || !isHollow(args[listName(directive)]),
    ),
  )
}

/** Checks whether one of `directives` guards `field`: on the field, on its parent type, or on the type that it returns. */
export function isGuarded(domain: DomainSchema, field: Field, directives: readonly AccessDirective[]): boolean {
  const returned = namedType(field)
  const guards: readonly Annotated[] = returned === undefined ? [field, field.parent] : [field, field.parent, returned]
  return guards.some((element) => carriesRule(domain, element, directives))
}

/** Checks whether everybody, or nobody, meets the list of a `@requiresScopes` or `@policy` (an OR of ANDs). */
export function isHollow(alternatives: unknown): boolean {
  // GraphQL takes one name for a list of lists of names.
  if (typeof alternatives === 'string') return alternatives === ''
  return !Array.isArray(alternatives) || alternatives.length === 0 || alternatives.some(isEmpty)
}

/** Returns the name of the argument that holds the list of a rule. */
export function listName(directive: AccessDirective): string {
  return directive === 'policy' ? 'policies' : 'scopes'
}

function isEmpty(all: unknown): boolean {
  return Array.isArray(all) && all.length === 0
}
