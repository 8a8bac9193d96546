/** Makes the answer of a hostile country to a document of the console: each text of it is one that the attacker chose. */
import {
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isListType,
  isObjectType,
  isScalarType,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
} from 'graphql'

/** A text of an answer. */
export interface TextPlace {
  /** The operation and the response names that lead there, such as `Dossier.person.names.full`. */
  readonly place: string
  /** The named type, such as `String`, `CountryCode` or an enum. */
  readonly type: string
}

/** Chooses the text of a place. */
export type WriteText = (place: TextPlace) => string

/** The scalars whose values are texts on the wire. */
const TEXTS = new Set(['ID', 'String', 'CountryCode', 'Date', 'DateTime', 'IccsCode'])

/** Numbers and truth values cannot carry a text. They are what lets a page show the most. */
const OTHERS: Readonly<Record<string, (field: string) => unknown>> = {
  Int: (field) => ({ year: 2024, item: 0, position: 0, count: 40 })[field] ?? 1,
  Float: () => 0.5,
  Boolean: (field) => field !== 'hasNextPage',
}

/** An answer, and each place of it that has a text. */
export interface FilledAnswer {
  readonly operation: string
  readonly data: unknown
  readonly places: readonly string[]
}

/**
 * Fills a document. Each list has one member.
 * @throws {Error} if the document has what this cannot fill, so that no field stays without an attack.
 */
export function fillAnswer(document: string, schema: GraphQLSchema, write: WriteText): FilledAnswer {
  const [operation, ...others] = parse(document).definitions
  if (operation?.kind !== 'OperationDefinition' || others.length > 0) throw new Error('expected one operation')
  const query = schema.getQueryType()
  if (query == null) throw new Error('expected a schema with queries')
  const name = nameOf(operation)
  const places: string[] = []
  const data = fillObject(operation.selectionSet, query, name, (place) => {
    places.push(place.place)
    return write(place)
  })
  return { operation: name, data, places }
}

function nameOf({ name }: OperationDefinitionNode): string {
  if (name === undefined) throw new Error('expected an operation with a name')
  return name.value
}

function fillObject(selections: SelectionSetNode, type: GraphQLOutputType, place: string, write: WriteText): object {
  const named = getNamedType(type)
  if (!isObjectType(named)) throw new Error(`${place}: expected an object; came ${named.name}`)
  const fields = named.getFields()
  return Object.fromEntries(
    selections.selections.map((selection) => {
      if (selection.kind !== 'Field') throw new Error(`${place}: expected fields; came a fragment`)
      const field = fields[selection.name.value]
      if (field === undefined)
        throw new Error(`${place}: expected a field of ${named.name}; came ${selection.name.value}`)
      const key = selection.alias?.value ?? selection.name.value
      return [key, fillValue(selection.selectionSet, field.type, `${place}.${key}`, write)]
    }),
  )
}

function fillValue(
  selections: SelectionSetNode | undefined,
  type: GraphQLOutputType,
  place: string,
  write: WriteText,
): unknown {
  const nullable = getNullableType(type)
  if (isListType(nullable)) return [fillValue(selections, nullable.ofType, place, write)]
  if (selections !== undefined) return fillObject(selections, type, place, write)
  const named = getNamedType(type)
  if (isEnumType(named) || TEXTS.has(named.name)) return write({ place, type: named.name })
  const other = isScalarType(named) ? OTHERS[named.name] : undefined
  if (other === undefined) throw new Error(`${place}: expected a scalar that is known here; came ${named.name}`)
  return other(place.split('.').at(-1) ?? '')
}
