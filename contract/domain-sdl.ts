import { readFileSync } from 'node:fs'
import type { Domain } from './domain.ts'

/** Lists the files of a domain's schema, in their order. */
function partsOf(domain: Domain): readonly URL[] {
  return [
    new URL('schema/header.graphql', import.meta.url),
    new URL('schema/istmo.graphql', import.meta.url),
    new URL('schema/common.graphql', import.meta.url),
    new URL(`../subgraphs/${domain}/schema.graphql`, import.meta.url),
  ]
}

/**
 * Reads the complete SDL of a domain in the contract: header, istmo spec, common types and the domain's own file. Each call reads the
 * files again. `npm run generate` writes the same text to `subgraphs/<domain>/domain.graphql`, which supergraph.yaml names.
 * @throws {Error} the file system's error, if a file cannot be read.
 */
export function domainSdl(domain: Domain): string {
  return partsOf(domain)
    .map((part) => readFileSync(part, 'utf8').trimEnd())
    .join('\n\n')
    .concat('\n')
}
