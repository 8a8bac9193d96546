import { type DirectiveNode, type DocumentNode, Kind } from 'graphql'
import { directiveArguments, type LinkedNames, readLinkedNames } from '../../contract/access/linked-names.ts'

/** How long the list of a field is: `@listSize`, one of the cost directives that Federation documents. */
export interface ListSize {
  readonly assumedSize: number | null
  /** Arguments that say how many items the caller asks for. A dot leads into an input object. */
  readonly slicingArguments: readonly string[]
  /** The fields below that are the lists. Empty: the field itself is the list. */
  readonly sizedFields: readonly string[]
  readonly requireOneSlicingArgument: boolean
}

/** What a supergraph says about cost, by coordinate. */
export interface CostTable {
  /** The `@cost` of `Type`, `Type.field`, `Type.field(arg:)` and `Input.field`. */
  readonly weights: ReadonlyMap<string, number>
  readonly listSizes: ReadonlyMap<string, ListSize>
  /** Every fields (`@answeredBy(who: EVERY)`), which the gateway asks of every country. */
  readonly everyFields: ReadonlySet<string>
}

/** A place that may carry directives, and those that it carries. */
interface Place {
  readonly coordinate: string
  readonly directives: readonly DirectiveNode[]
}

/** Reads the table from a supergraph. Follows the names that the supergraph gives to the directives. */
export function readCostTable(supergraph: DocumentNode): CostTable {
  const names = readLinkedNames(supergraph)
  const places = listPlaces(supergraph)
  const everyFields = argumentsAt(places, names, 'answeredBy').flatMap(([at, { who }]) => (who === 'EVERY' ? [at] : []))
  const weights = argumentsAt(places, names, 'cost').flatMap(([coordinate, { weight }]): [string, number][] => {
    const value = Number(weight)
    return weight === undefined || Number.isNaN(value) ? [] : [[coordinate, value]]
  })
  const sizes = argumentsAt(places, names, 'listSize').map(([at, values]) => [at, readListSize(values)] as const)
  return { weights: new Map(weights), listSizes: new Map(sizes), everyFields: new Set(everyFields) }
}

function readListSize(values: Record<string, unknown>): ListSize {
  const { assumedSize, slicingArguments, sizedFields, requireOneSlicingArgument } = values
  return {
    assumedSize: typeof assumedSize === 'number' ? assumedSize : null,
    slicingArguments: Array.isArray(slicingArguments) ? slicingArguments.map(String) : [],
    sizedFields: Array.isArray(sizedFields) ? sizedFields.map(String) : [],
    requireOneSlicingArgument: requireOneSlicingArgument !== false,
  }
}

/** Returns the arguments of `directive` at each place that carries it, by coordinate. */
function argumentsAt(
  places: readonly Place[],
  names: LinkedNames,
  directive: string,
): readonly (readonly [string, Record<string, unknown>])[] {
  const localNames = names.of(directive)
  return places.flatMap(({ coordinate, directives }) => {
    const found = directives.find((node) => localNames.has(node.name.value))
    return found ? [[coordinate, directiveArguments(found)] as const] : []
  })
}

function listPlaces(document: DocumentNode): readonly Place[] {
  return document.definitions.flatMap((node): Place[] => {
    if (!('name' in node) || !node.name || node.kind === Kind.DIRECTIVE_DEFINITION) return []
    const typeName = node.name.value
    const parts = 'fields' in node ? (node.fields ?? []) : []
    return [
      { coordinate: typeName, directives: node.directives ?? [] },
      ...parts.flatMap((part): Place[] => {
        const coordinate = `${typeName}.${part.name.value}`
        const args = 'arguments' in part ? (part.arguments ?? []) : []
        return [
          { coordinate, directives: part.directives ?? [] },
          ...args.map(({ name, directives }) => ({
            coordinate: `${coordinate}(${name.value}:)`,
            directives: directives ?? [],
          })),
        ]
      }),
    ]
  })
}
