import type { Endpoint, Leg } from '../flow.ts'
import type { Entity, PlainFetch, Rewrite } from '../planned.ts'

/** The one leg of a fetch that goes to a subgraph which no country publishes. */
export function plainLeg(
  fetch: PlainFetch,
  entities: readonly Entity[] | null,
  variables: Readonly<Record<string, unknown>>,
  endpoint: Endpoint,
): Leg {
  const values: Record<string, unknown> = {}
  for (const name of fetch.variableNames) if (Object.hasOwn(variables, name)) values[name] = variables[name]
  if (entities !== null) {
    values.representations = entities.map((entity) => rewritten(entity.representation, fetch.inputRewrites))
  }
  return { domain: fetch.domain, country: null, endpoint, query: fetch.query, variables: values, kind: fetch.kind }
}

/** Input rewrites apply at the top of a representation, where its type is the one named. */
function rewritten(
  representation: Readonly<Record<string, unknown>>,
  rewrites: readonly Rewrite[],
): Readonly<Record<string, unknown>> {
  let result = representation
  for (const rewrite of rewrites) {
    const [condition, key] = rewrite.path
    if (rewrite.kind !== 'ValueSetter' || key === undefined) continue
    if (condition === `... on ${String(representation.__typename)}`) result = { ...result, [key]: rewrite.value }
  }
  return result
}
