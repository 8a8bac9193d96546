import { readFileSync } from 'node:fs'
import type { Domain } from './domain.ts'

/** The parts of a domain's schema in their order; `/` is the project's root. */
function partsOf(domain: Domain): readonly URL[] {
  return [
    new URL('schema/header.graphql', import.meta.url),
    new URL('schema/istmo.graphql', import.meta.url),
    new URL('schema/common.graphql', import.meta.url),
    new URL(`../subgraphs/${domain}/schema.graphql`, import.meta.url),
  ]
}

/**
 * The contract's whole SDL of a domain: header, istmo spec, common types and the domain's own file, one after the other.
 * Read anew at each call; `npm run generate` writes the same text to `subgraphs/<domain>/domain.graphql`, which
 * supergraph.yaml names.
 * @throws {Error} of the file system, when a part cannot be read.
 */
export function domainSdl(domain: Domain): string {
  return partsOf(domain)
    .map((part) => readFileSync(part, 'utf8').trimEnd())
    .join('\n\n')
    .concat('\n')
}
