import { type DirectiveNode, type DocumentNode, Kind } from 'graphql'
import { directiveArguments, type LinkedNames, readLinkedNames } from '../../contract/access/linked-names.ts'
import { isOpen } from '../../contract/access/rule.ts'
import { readRuleTable } from '../../contract/access/rule-table.ts'

/** How long the list of a field is (`@listSize` of the cost directives that Federation documents). */
export interface ListSize {
  readonly assumedSize: number | null
  /** Arguments that say how many are asked for; a dot leads into an input object. */
  readonly slicingArguments: readonly string[]
  /** The fields below, which are the lists; none: the field itself is. */
  readonly sizedFields: readonly string[]
  readonly requireOneSlicingArgument: boolean
}

/** What a supergraph says of cost, by coordinate. */
export interface CostTable {
  /** `@cost` of `Type`, `Type.field`, `Type.field(arg:)` and `Input.field`. */
  readonly weights: ReadonlyMap<string, number>
  readonly listSizes: ReadonlyMap<string, ListSize>
  /** Fields that every country is asked (`@answeredBy(who: EVERY)`): the argument with their list, and whether the field has an access rule. */
  readonly everyFields: ReadonlyMap<string, { readonly argument: string; readonly isRuled: boolean }>
}

/** Where a directive stands. */
interface Place {
  readonly coordinate: string
  readonly directives: readonly DirectiveNode[]
}

/** Reads the table from a supergraph, directives renamed or not. */
export function readCostTable(supergraph: DocumentNode): CostTable {
  const names = readLinkedNames(supergraph)
  const rules = readRuleTable(supergraph)
  const places = placesOf(supergraph)
  const everyFields = argumentsAt(places, names, 'answeredBy')
    .filter(([, { who }]) => who === 'EVERY')
    .map(([coordinate, { argument }]) => {
      const [typeName = '', fieldName = ''] = coordinate.split('.')
      return [coordinate, { argument: String(argument), isRuled: !isOpen(rules.ofField(typeName, fieldName)) }] as const
    })
  const weights = argumentsAt(places, names, 'cost').flatMap(([coordinate, { weight }]): [string, number][] => {
    const value = Number(weight)
    return weight === undefined || Number.isNaN(value) ? [] : [[coordinate, value]]
  })
  const sizes = argumentsAt(places, names, 'listSize').map(([at, values]) => [at, readListSize(values)] as const)
  return { weights: new Map(weights), listSizes: new Map(sizes), everyFields: new Map(everyFields) }
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

function argumentsAt(
  places: readonly Place[],
  names: LinkedNames,
  directive: string,
): readonly (readonly [string, Record<string, unknown>])[] {
  const local = names.of(directive)
  return places.flatMap(({ coordinate, directives }) => {
    const found = directives.find((node) => local.has(node.name.value))
    return found ? [[coordinate, directiveArguments(found)] as const] : []
  })
}

function placesOf(document: DocumentNode): readonly Place[] {
  return document.definitions.flatMap((node): Place[] => {
    if (!('name' in node) || !node.name || node.kind === Kind.DIRECTIVE_DEFINITION) return []
    const owner = node.name.value
    const parts = 'fields' in node ? (node.fields ?? []) : []
    return [
      { coordinate: owner, directives: node.directives ?? [] },
      ...parts.flatMap((part): Place[] => {
        const coordinate = `${owner}.${part.name.value}`
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
