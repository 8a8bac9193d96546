/** Answers the requests of gateways to the subgraphs, from prepared texts. */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql'
import type { Records, Ref } from '../records.ts'

/** A selection of fields of a record, with the texts of the records that were asked for before. */
interface Selection {
  readonly fields: readonly SelectedField[]
  readonly texts: Map<string, string>
}

interface SelectedField {
  readonly key: string
  readonly name: string
  /** The type that a fragment names; null outside of fragments. */
  readonly onType: string | null
  readonly selection: Selection | null
}

interface RootField {
  readonly key: string
  readonly name: string
  readonly argument: ValueNode | undefined
  readonly selection: Selection | null
}

type Variables = Readonly<Record<string, unknown>>

/**
 * Creates the function that answers a request's body with the text of the answer.
 * @param sdl what the subgraph says to who asks for its schema.
 * @throws {Error} if the body asks for what the bench does not have.
 */
export function createAnswerer(sdl: string, records: Records): (body: string) => string {
  const compiled = new Map<string, readonly RootField[]>()
  return (body) => {
    const { query, variables = {} } = JSON.parse(body) as { readonly query: string; readonly variables?: Variables }
    let fields = compiled.get(query)
    if (fields === undefined) {
      fields = compile(parse(query))
      compiled.set(query, fields)
    }
    return `{"data":{${fields.map((field) => `"${field.key}":${writeRoot(field, variables, { sdl, records })}`).join(',')}}}`
  }
}

function compile(document: DocumentNode): readonly RootField[] {
  const fragments = new Map(
    document.definitions
      .filter((one): one is FragmentDefinitionNode => one.kind === Kind.FRAGMENT_DEFINITION)
      .map((one) => [one.name.value, one]),
  )
  const operation = document.definitions.find(
    (one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION,
  )
  return (operation?.selectionSet.selections ?? []).map((selection) => {
    if (selection.kind !== Kind.FIELD) throw new Error('expected fields at the top of an operation; came a fragment')
    const { name, alias, arguments: given, selectionSet } = selection
    return {
      key: (alias ?? name).value,
      name: name.value,
      argument: given?.[0]?.value,
      selection: selectionSet === undefined ? null : compileSelection(selectionSet, fragments),
    }
  })
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>

function compileSelection(selectionSet: SelectionSetNode, fragments: Fragments): Selection {
  return { fields: listFields(selectionSet, null, fragments), texts: new Map() }
}

function listFields(
  { selections }: SelectionSetNode,
  onType: string | null,
  fragments: Fragments,
): readonly SelectedField[] {
  return selections.flatMap((selection) => {
    if (selection.directives?.length) throw new Error('expected a selection without directives')
    if (selection.kind === Kind.FIELD) return [compileField(selection, onType, fragments)]
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection
    if (fragment === undefined) throw new Error('expected a fragment of the document')
    return listFields(fragment.selectionSet, fragment.typeCondition?.name.value ?? onType, fragments)
  })
}

function compileField(
  { name, alias, selectionSet }: FieldNode,
  onType: string | null,
  fragments: Fragments,
): SelectedField {
  const selection = selectionSet === undefined ? null : compileSelection(selectionSet, fragments)
  return { key: (alias ?? name).value, name: name.value, onType, selection }
}

interface Source {
  readonly sdl: string
  readonly records: Records
}

function writeRoot({ name, argument, selection }: RootField, variables: Variables, { sdl, records }: Source): string {
  if (name === '__typename') return '"Query"'
  if (name === '_service') return JSON.stringify({ sdl })
  if (selection === null) throw new Error(`expected a selection of ${name}`)
  const value = readValue(argument, variables)
  if (name !== '_entities')
    return writeRecord(selection, { type: records.rootTypes[name] ?? '', id: String(value) }, records)
  const representations = value as readonly { readonly __typename: string; readonly id: string }[]
  return `[${representations.map(({ __typename: type, id }) => writeRecord(selection, { type, id }, records)).join(',')}]`
}

function readValue(node: ValueNode | undefined, variables: Variables): unknown {
  if (node?.kind === Kind.VARIABLE) return variables[node.name.value]
  if (node?.kind === Kind.STRING) return node.value
  if (node?.kind === Kind.LIST) return node.values.map((value) => readValue(value, variables))
  if (node?.kind !== Kind.OBJECT) throw new Error(`expected a value that the bench asks with; came ${node?.kind}`)
  return Object.fromEntries(node.fields.map(({ name, value }) => [name.value, readValue(value, variables)]))
}

function writeRecord(selection: Selection, ref: Ref, records: Records): string {
  const key = `${ref.type} ${ref.id}`
  const known = selection.texts.get(key)
  if (known !== undefined) return known
  const fields = selection.fields
    .filter(({ onType }) => onType === null || onType === ref.type)
    .map((field) => `"${field.key}":${writeField(field, ref, records)}`)
  const text = `{${fields.join(',')}}`
  selection.texts.set(key, text)
  return text
}

function writeField({ name, selection }: SelectedField, ref: Ref, records: Records): string {
  if (name === '__typename') return JSON.stringify(ref.type)
  if (name === 'id') return JSON.stringify(ref.id)
  const value = records.fieldOf(ref, name)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (selection === null) throw new Error(`expected a selection of ${name}`)
  if ('id' in value) return writeRecord(selection, value, records)
  return `[${value.map((one) => writeRecord(selection, one, records)).join(',')}]`
}
