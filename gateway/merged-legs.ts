/** How legs were merged (docs/decisions/0071), for an auditor who compares the legs of the past with a question. */
import { mergeDocuments } from './pipeline/merge-documents.ts'
import { type Part, writeParts } from './pipeline/merge-legs.ts'
import { splitDocument } from './pipeline/split-document.ts'
import type { Leg } from './types/flow.ts'

export { plainText } from './pipeline/split-document.ts'

/** What a leg asks. */
export interface AskedLeg {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** A leg that was merged into another one. `key`: where the answer to the merged leg has its entities. */
export interface MergedPart extends AskedLeg {
  readonly key: string
}

/** Takes a leg apart that several legs were merged into. @returns null if it is not in the form of such a leg. */
export function splitLeg({ query, variables }: AskedLeg): readonly MergedPart[] | null {
  const parts = splitDocument(query)
  if (parts === null) return null
  const used = new Set(parts.flatMap((part) => [part.entities, ...part.variables]))
  // A value that no part uses would go unseen.
  if (Object.keys(variables).some((name) => !used.has(name))) return null
  return parts.map(({ key, query: own, entities, variables: others }) => ({
    key,
    query: own,
    variables: {
      ...Object.fromEntries(
        others.flatMap((name) => (Object.hasOwn(variables, name) ? [[name, variables[name]]] : [])),
      ),
      representations: variables[entities],
    },
  }))
}

/** Merges legs in this order, as the gateway does. @returns null if they cannot be merged. */
export function mergeLegs(legs: readonly AskedLeg[]): AskedLeg | null {
  if (mergeTexts(legs.map(({ query }) => query)) === null) return null
  const parts = legs.map(({ query, variables }): Part => {
    const { representations } = variables
    const leg = { query, variables } as unknown as Leg
    return { leg, representations: Array.isArray(representations) ? representations : [], takers: [] }
  })
  try {
    const { leg } = writeParts(parts)
    return { query: leg.query, variables: leg.variables }
  } catch {
    // They give one variable different values.
    return null
  }
}

/** Merges the texts of legs in this order, as the gateway does. @returns null if they cannot be merged. */
export function mergeTexts(queries: readonly string[]): string | null {
  return queries.length < 2 ? null : (mergeDocuments(queries)?.query ?? null)
}
