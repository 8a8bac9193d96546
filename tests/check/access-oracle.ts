import { type DirectiveNode, type DocumentNode, Kind, valueFromASTUntyped } from 'graphql'

/** A plain second opinion on what an SDL demands, for SDLs whose rules have their own names, without interfaces and `@requires`. */

interface Caller {
  readonly isKnown: boolean
  readonly names: ReadonlySet<string>
}

/** Where somebody may read more by `after` than by `before`: coordinates of fields and types that both have. */
export function listOpened(before: DocumentNode, after: DocumentNode): readonly string[] {
  return placesOf(after).filter((place) => {
    if (!placesOf(before).includes(place)) return false
    const rules = [before, after].map((document) => demandedAt(document, place))
    const names = [...new Set(rules.flat().flatMap(namesIn))]
    return listCallers(names).some((caller) => {
      const [byBefore, byAfter] = rules.map((directives) => directives.every((one) => meets(caller, one)))
      return byAfter === true && byBefore === false
    })
  })
}

/** Whether somebody may read one field but not the other. */
export function isShownForLess(document: DocumentNode, shown: string, source: string): boolean {
  const rules = [shown, source].map((place) => demandedAt(document, place))
  return listCallers([...new Set(rules.flat().flatMap(namesIn))]).some((caller) => {
    const [ofShown, ofSource] = rules.map((directives) => directives.every((one) => meets(caller, one)))
    return ofShown === true && ofSource === false
  })
}

function listCallers(names: readonly string[]): readonly Caller[] {
  const known = Array.from({ length: 2 ** names.length }, (_, at) => ({
    isKnown: true,
    names: new Set(names.filter((_name, bit) => (at & (1 << bit)) !== 0)),
  }))
  return [{ isKnown: false, names: new Set() }, ...known]
}

function meets({ isKnown, names }: Caller, directive: DirectiveNode): boolean {
  return (
    isKnown &&
    (directive.name.value === 'authenticated' ||
      alternativesOf(directive).some((all) => all.every((one) => names.has(one))))
  )
}

function alternativesOf({ arguments: [argument] = [] }: DirectiveNode): readonly (readonly string[])[] {
  return argument === undefined ? [] : (valueFromASTUntyped(argument.value) as string[][])
}

function namesIn(directive: DirectiveNode): readonly string[] {
  return alternativesOf(directive).flat()
}

function isRule({ name }: DirectiveNode): boolean {
  return ['authenticated', 'requiresScopes', 'policy'].includes(name.value)
}

function demandedAt(document: DocumentNode, place: string): readonly DirectiveNode[] {
  const [typeName = '', fieldName] = place.split('.')
  const ofTypes = (name: string) =>
    document.definitions.flatMap((node) =>
      'name' in node && node.name?.value === name && 'directives' in node ? (node.directives ?? []).filter(isRule) : [],
    )
  const fields = fieldsIn(document).filter((one) => one.type === typeName && one.field.name.value === fieldName)
  return [
    ...ofTypes(typeName),
    ...fields.flatMap(({ field, returns }) => [...(field.directives ?? []).filter(isRule), ...ofTypes(returns)]),
  ]
}

function placesOf(document: DocumentNode): readonly string[] {
  const fields = fieldsIn(document)
  return [...new Set(fields.flatMap(({ type, field }) => [type, `${type}.${field.name.value}`]))]
}

function fieldsIn(document: DocumentNode) {
  return document.definitions.flatMap((node) => {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.OBJECT_TYPE_EXTENSION) return []
    return (node.fields ?? []).map((field) => {
      let type = field.type
      while (type.kind !== Kind.NAMED_TYPE) type = type.type
      return { type: node.name.value, field, returns: type.name.value }
    })
  })
}
