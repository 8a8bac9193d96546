import { type DocumentNode, GraphQLError, Kind, parse } from 'graphql'
import { fragmentsOf } from '../../contract/fragments.ts'
import { checkText } from './check-text.ts'
import { checkLimit, type Limits } from './limits.ts'
import { measureDocument, type Size } from './measure.ts'
import { countOverlaps } from './overlaps.ts'

const MEASURED = ['fields', 'aliases', 'directives', 'depth'] as const satisfies readonly (keyof Size)[]

/**
 * Checks a document against the limits before validation, because validation compares fields in pairs. The time is linear in
 * what the limits allow. It lets a text that is not GraphQL through: the parser rejects it.
 * @throws {IstmoError} `LIMIT_EXCEEDED`; `GRAPHQL_VALIDATION_FAILED` if a fragment has no finite size.
 */
export function checkDocument(text: string, limits: Limits): void {
  checkText(text, limits)
  const document = parseOrNull(text)
  if (document === null) return
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
  checkLimit(limits, 'operations', operations.length)
  const sizes = measureDocument(document)
  for (const [{ kind }, size] of sizes) {
    for (const name of MEASURED) checkLimit(limits, name, size[name])
    if (kind === Kind.OPERATION_DEFINITION) checkLimit(limits, 'rootFields', size.rootFields)
  }
  const fragments = fragmentsOf(document)
  let overlaps = 0
  for (const { selectionSet } of sizes.keys()) {
    overlaps += countOverlaps(selectionSet, fragments, limits.overlaps - overlaps)
    checkLimit(limits, 'overlaps', overlaps)
  }
}

function parseOrNull(text: string): DocumentNode | null {
  try {
    return parse(text, { noLocation: true })
  } catch (error) {
    if (error instanceof GraphQLError) return null
    throw error
  }
}
