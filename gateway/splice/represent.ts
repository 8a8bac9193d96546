import type { RequiredSelection } from '../types/plan.ts'
import type { TypeShape } from '../types/shape.ts'
import { checkName, Unspliceable } from './patterns.ts'
import type { Provider } from './select.ts'

/** How a representation is written: texts, with the parts that come from an object between them. */
export interface RepresentationLayout {
  /** The fetch whose text has the objects. */
  readonly from: number
  readonly texts: readonly string[]
  /** For each part, which one of the object's noted parts it is. */
  readonly parts: readonly number[]
}

/**
 * Lays out how the representations of a fetch are written, for objects of one type.
 * @param container the fetch whose text has the objects.
 * @param providers all fetches that add to the objects.
 * @throws {Unspliceable} if a part of them is not a leaf of that text.
 */
export function layOutRepresentation(
  requires: readonly RequiredSelection[],
  type: TypeShape,
  container: Provider,
  providers: readonly Provider[],
): RepresentationLayout {
  const names = requiredFields(requires, type)
  const known = requiredKeys(requires, type)
  // The noted parts of an object are in the order of the text.
  const order = [...container.selected.keys()].filter((key) => known.includes(key))
  const isGivenTwice = known.some((key) => providers.filter(({ selected }) => selected.has(key)).length > 1)
  if (isGivenTwice || new Set(known).size < known.length) throw new Unspliceable()
  const texts: string[] = []
  const parts: number[] = []
  let hasTypeName = false
  let text = '{'
  for (const [i, { key, name }] of names.entries()) {
    const field = container.selected.get(key)
    if (field === undefined || field.below !== null) throw new Unspliceable()
    text += `${i > 0 ? ',' : ''}"${checkName(name)}":`
    const isTypeName = name === '__typename' && field.name === name
    if (isTypeName) {
      hasTypeName = true
      text += `"${checkName(type.typeName)}"`
      continue
    }
    if (field.name === '__typename') throw new Unspliceable()
    texts.push(text)
    parts.push(order.indexOf(key))
    text = ''
  }
  if (!hasTypeName || parts.length === 0) throw new Unspliceable()
  return { from: container.fetch, texts: [...texts, `${text}}`], parts }
}

/** Lists the keys of the fields, other than the type's name, that representations of a type have. */
export function requiredKeys(requires: readonly RequiredSelection[], type: TypeShape): readonly string[] {
  return requiredFields(requires, type)
    .filter(({ name }) => name !== '__typename')
    .map(({ key }) => key)
}

/** Lists the fields of a representation of a type, each name once. */
function requiredFields(
  requires: readonly RequiredSelection[],
  type: TypeShape,
): readonly { readonly key: string; readonly name: string }[] {
  const fields = new Map<string, string>()
  for (const selection of requires) {
    if (selection.kind === 'field') {
      if (selection.selections !== null) throw new Unspliceable()
      fields.set(selection.name, selection.key)
    } else if (selection.types === null || selection.types.has(type.typeName)) {
      for (const { key, name } of requiredFields(selection.selections, type)) fields.set(name, key)
    }
  }
  return [...fields].map(([name, key]) => ({ name, key }))
}
