/** Writes the legs that ask about entities: with their representations as values, or as texts if the answers are spliced. */
import { lazyVariables } from '../spread/lazy-variables.ts'
import type { Leg } from '../types/flow.ts'

/** What a leg asks about entities, in one part or several. */
export interface EntityQuestion {
  /** The leg of the first part. */
  readonly leg: Leg
  readonly query: string
  /** The variables besides the representations. */
  readonly others: Readonly<Record<string, unknown>>
  /** By part: the variable of its representations. */
  readonly names: readonly string[]
  /** By part. */
  readonly representations: readonly (readonly unknown[])[]
}

/** Writes a leg with representations that are values. */
export function writeWithValues({ leg, query, others, names, representations }: EntityQuestion): Leg {
  const variables: Record<string, unknown> = { ...others }
  for (const [at, name] of names.entries()) variables[name] = representations[at]
  return { ...leg, query, variables, ...(names.length > 1 && { entityVariables: names }) }
}

/** Writes a leg with representations that are JSON. They are parsed only if somebody reads them. */
export function writeWithTexts(
  { leg, query, others, names, representations }: EntityQuestion,
  takeBody: NonNullable<Leg['takeBody']>,
): Leg {
  const lists = representations.map((texts) => `[${texts.join(',')}]`)
  // Nothing is cut from this text: V8 would join it for that, and a long list has megabytes.
  let json = '{'
  for (const name of Object.keys(others)) json += `${JSON.stringify(name)}:${JSON.stringify(others[name])},`
  for (let at = 0; at < names.length; at++) json += `${at === 0 ? '' : ','}"${names[at]}":${lists[at]}`
  const { domain, country, endpoint, kind, rights } = leg
  return {
    domain,
    country,
    endpoint,
    query,
    kind,
    rights,
    takeBody,
    variables: lazyVariables(others, names, lists),
    variablesJson: `${json}}`,
    entityVariables: names,
  }
}
