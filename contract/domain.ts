/** The three domains. Each is one Federation subgraph in the composed supergraph. */
export const DOMAINS = ['cases', 'persons', 'legal'] as const

/** The name of a domain, as in supergraph.yaml and in a country's file. */
export type Domain = (typeof DOMAINS)[number]

/** Checks whether `name` is one of the three domains. */
export function isDomain(name: string): name is Domain {
  return (DOMAINS as readonly string[]).includes(name)
}
