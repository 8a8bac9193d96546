import type { Leg } from '../types/flow.ts'
import type { Entity } from '../types/leg.ts'
import type { Endpoint } from '../types/participant.ts'
import type { PlainFetch, Rewrite } from '../types/plan.ts'
import { NO_CONTEXT } from './entities.ts'

/** Groups entities that one leg can ask about: those that take equal values from the objects above them. */
export function plainGroups(entities: readonly Entity[]): readonly (readonly Entity[])[] {
  if (entities.every(({ context }) => context === NO_CONTEXT)) return entities.length > 0 ? [entities] : []
  return [...Map.groupBy(entities, ({ context }) => JSON.stringify(context)).values()]
}

/**
 * Makes a leg to a subgraph that no country publishes.
 * @param entities one of `plainGroups`; null in a root fetch, and if the representations are added later.
 */
export function plainLeg(
  fetch: PlainFetch,
  entities: readonly Entity[] | null,
  variables: Readonly<Record<string, unknown>>,
  endpoint: Endpoint,
): Leg {
  const values: Record<string, unknown> = {}
  for (const name of fetch.variableNames) if (Object.hasOwn(variables, name)) values[name] = variables[name]
  if (entities !== null) {
    Object.assign(values, entities[0]?.context)
    const { inputRewrites } = fetch
    values.representations = entities.map(({ representation }) =>
      inputRewrites.length === 0 ? representation : rewriteRepresentation(representation, inputRewrites),
    )
  }
  const { domain, query, kind } = fetch
  return { domain, country: null, endpoint, query, variables: values, kind, rights: null }
}

/** Applies input rewrites at the top of a representation, if its type is one that the rewrite names. */
function rewriteRepresentation(
  representation: Readonly<Record<string, unknown>>,
  rewrites: readonly Rewrite[],
): Readonly<Record<string, unknown>> {
  let result = representation
  for (const rewrite of rewrites) {
    const [condition, key] = rewrite.path
    if (rewrite.kind !== 'ValueSetter' || typeof key !== 'string' || typeof condition !== 'object') continue
    if (condition.has(String(representation.__typename))) result = { ...result, [key]: rewrite.value }
  }
  return result
}
