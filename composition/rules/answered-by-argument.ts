import { type DomainSchema, type Field, istmo, nullable, objectFields } from '../domain-schema.ts'
import type { Finding, Rule } from '../rule.ts'

const ACCEPTED: Readonly<Record<string, { readonly types: readonly string[]; readonly say: string }>> = {
  OWNER: { types: ['ID', 'CountryCode'], say: 'a record id (ID) or a country code (CountryCode)' },
  EVERY: { types: ['[CountryCode!]'], say: 'a list of country codes ([CountryCode!])' },
}

/** The argument that `@answeredBy` names must exist and name countries: an id, a code or a list of codes (istmo.graphql). */
export const answeredByArgument: Rule = {
  code: 'ANSWERED_BY_ARGUMENT',
  refuses: 'an `@answeredBy` whose argument does not exist or does not name a country',
  remedy: 'Name an argument of this field whose value is the id, the country code or the list of country codes.',
  *check({ domains }) {
    for (const domain of domains) {
      for (const field of objectFields(domain)) yield* findings(domain, field)
    }
  },
}

function* findings(domain: DomainSchema, field: Field): Iterable<Finding> {
  for (const { who, argument } of istmo(domain, field, 'answeredBy')) {
    const accepted = ACCEPTED[String(who)]
    const type = field.argument(String(argument))?.type
    if (accepted === undefined) continue
    if (type !== undefined && accepted.types.includes(String(nullable(type)))) continue
    yield {
      subgraph: domain.name,
      coordinate: `${field.coordinate}(${argument}:)`,
      expected: `an argument that is ${accepted.say}, because it names the countries of ${who}`,
      came: type === undefined ? `no argument of the name ${JSON.stringify(argument)}` : `one of type ${type}`,
    }
  }
}
