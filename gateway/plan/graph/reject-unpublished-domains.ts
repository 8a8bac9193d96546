import { Kind } from 'graphql'
import type { LoadedSupergraph } from './supergraph.ts'

/**
 * Rejects a supergraph in which countries answer a field of a domain that no country publishes.
 * @param isSpread whether countries publish the domain of this name.
 * @throws {Error} naming the field, the domain and the remedy.
 */
export function rejectUnpublishedDomains(graph: LoadedSupergraph, isSpread: (domain: string) => boolean): void {
  for (const coordinate of graph.directives.answeredBy.keys()) {
    const [typeName = '', fieldName = ''] = coordinate.split('.')
    for (const [domain, { schema }] of graph.subgraphs) {
      const type = schema.getType(typeName)
      if (isSpread(domain) || type?.astNode?.kind === Kind.SCALAR_TYPE_DEFINITION) continue
      if (type && 'getFields' in type && type.getFields()[fieldName]) {
        throw new Error(
          `${coordinate} has @answeredBy, so countries answer it; expected a country that publishes the domain ${domain}, came none. ` +
            'Add a file to the countries folder, or serve a supergraph without @answeredBy.',
        )
      }
    }
  }
}
