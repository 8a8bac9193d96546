import { type GraphQLSchema, isListType, isNonNullType, isObjectType } from 'graphql'
import type { Domain } from '../../../contract/domain.ts'
import type { World } from '../check.ts'
import { publishes } from '../read.ts'

/** A smallest question that asks for one field: the checks of rules and of tokens ask it as several callers. */
export interface Probe {
  readonly domain: Domain
  readonly coordinate: string
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** How the root field of a type is asked for one record. */
const ROOTS: Readonly<Record<string, { readonly domain: Domain; readonly field: string }>> = {
  Case: { domain: 'cases', field: 'case' },
  Warrant: { domain: 'cases', field: 'warrant' },
  MutualLegalAssistanceRequest: { domain: 'legal', field: 'mlaRequest' },
}

/** The types of records that are reached only by `_entities`, in the domain that has their fields. */
const BY_ENTITIES: Readonly<Record<string, Domain>> = { Person: 'persons' }

/** Returns a probe for each field of the country's records. */
export function makeProbes(world: World): readonly Probe[] {
  const { country } = world.facts
  const id = `${country}:conformance-no-such-record`
  const roots = Object.entries(ROOTS).flatMap(([typeName, { domain, field }]) =>
    fieldsOf(world, domain, typeName).map(({ coordinate, selection }) => ({
      domain,
      coordinate,
      query: `query ($id: ID!) { ${field}(id: $id) { ${selection} } }`,
      variables: { id },
    })),
  )
  const entities = Object.entries(BY_ENTITIES).flatMap(([typeName, domain]) =>
    fieldsOf(world, domain, typeName).map(({ coordinate, selection }) => ({
      domain,
      coordinate,
      variables: { representations: [{ __typename: typeName, id }] },
      query: `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on ${typeName} { ${selection} } } }`,
    })),
  )
  return [...roots, ...entities]
}

function fieldsOf(world: World, domain: Domain, typeName: string) {
  const schema = world.schemas.get(domain)
  const type = schema?.getType(typeName)
  if (schema === undefined || !isObjectType(type)) return []
  return Object.values(type.getFields())
    .map(({ name, type: output }) => ({
      coordinate: `${typeName}.${name}`,
      selection: `${name}${below(schema, output)}`,
    }))
    .filter(({ coordinate }) => publishes(world, coordinate))
}

/** The smallest selection below a field: none for a leaf, `__typename` for an object. */
function below(schema: GraphQLSchema, type: unknown): string {
  const inner = isNonNullType(type) || isListType(type) ? type.ofType : type
  if (isNonNullType(inner) || isListType(inner)) return below(schema, inner)
  return isObjectType(inner) ? ' { __typename }' : ''
}

/** A question that has a rule, that each reader may ask, and that finds no record. Null if the country serves no domain with rules. */
export function anyProbe(world: World): Probe | null {
  return makeProbes(world).find(({ coordinate }) => coordinate.endsWith('.id')) ?? null
}
