import type { InputType } from '@apollo/federation-internals'
import { isInputObjectType } from '@apollo/federation-internals'
import {
  type Annotated,
  type DomainSchema,
  type Field,
  inputFields,
  istmo,
  namedType,
  objectFields,
} from '../domain-schema.ts'
import type { Finding, Rule } from '../rule.ts'
import { isGuarded } from './access-rule.ts'

/**
 * An argument or input field with personal data must carry `@reveals`, or every field that takes it must carry a scope or policy
 * rule (istmo.graphql, `@pii`). A `@reveals` on an argument or input field covers everything below it.
 */
export const piiArgumentGuarded: Rule = {
  code: 'PII_ARGUMENT_WITHOUT_RULE',
  refuses: 'a `@pii` argument or input field without `@reveals`, on a field that has no `@requiresScopes` or `@policy`',
  remedy: 'Put @reveals on the argument, or put @requiresScopes or @policy on every field that takes the argument.',
  *check({ domains }) {
    for (const domain of domains) {
      const open = objectFields(domain).filter((field) => !isGuarded(domain, field, ['requiresScopes', 'policy']))
      yield* argumentFindings(domain, open)
      yield* inputFindings(domain, open)
    }
  },
}

function* argumentFindings(domain: DomainSchema, open: readonly Field[]): Iterable<Finding> {
  for (const field of open) {
    for (const argument of field.arguments()) {
      if (isPii(domain, argument) && !isRevealing(domain, argument)) {
        yield finding(domain, argument.coordinate, [field.coordinate])
      }
    }
  }
}

function* inputFindings(domain: DomainSchema, open: readonly Field[]): Iterable<Finding> {
  const takers = takersOfInputs(domain, open)
  for (const field of inputFields(domain)) {
    const taking = takers.get(field.parent.name)
    if (taking === undefined || !isPii(domain, field) || isRevealing(domain, field)) continue
    yield finding(domain, field.coordinate, [...taking])
  }
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

function finding(domain: DomainSchema, coordinate: string, takers: readonly string[]): Finding {
  return {
    subgraph: domain.name,
    coordinate,
    expected: '@reveals, or a scope or policy rule on every field that takes it',
    came: `none, taken by ${takers.join(', ')}`,
  }
}

function isPii(domain: DomainSchema, element: Annotated): boolean {
  return istmo(domain, element, 'pii').length > 0
}

function isRevealing(domain: DomainSchema, element: Annotated): boolean {
  return istmo(domain, element, 'reveals').length > 0
}
