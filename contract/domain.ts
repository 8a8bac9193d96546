/** The three domains: one Federation subgraph each in the composed supergraph. */
export const DOMAINS = ['cases', 'persons', 'legal'] as const

/** The name of a domain, as it stands in supergraph.yaml and in a country's configuration. */
export type Domain = (typeof DOMAINS)[number]

/** Whether `name` is one of the three domains. */
export function isDomain(name: string): name is Domain {
  return (DOMAINS as readonly string[]).includes(name)
}
