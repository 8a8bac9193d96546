import { type DocumentNode, type FieldDefinitionNode, type InputValueDefinitionNode, Kind } from 'graphql'
import { directiveArguments, readLinkedNames } from '../../../contract/access/linked-names.ts'
import { isOpen } from '../../../contract/access/rule.ts'
import { type RuleTable, readRuleTable } from '../../../contract/access/rule-table.ts'
import type { Finding } from '../finding.ts'

/** A field, an argument or an input field. */
interface Place {
  readonly coordinate: string
  /** The class of its `@pii`; null if it carries none. */
  readonly class: string | null
  /** For what is given to a field: the fields that take it. */
  readonly takers: readonly string[]
}

/**
 * Finds personal data that the country's SDL does not mark as the contract does, and personal data that no rule guards (contract/schema/istmo.graphql,
 * `@pii`). Nothing is decided by the mark, so node and gateway take such an SDL.
 */
export function findPiiFaults(contract: DocumentNode, own: DocumentNode): readonly Finding[] {
  const table = readTable(own)
  const classes = new Map(listPlaces(contract).map((one) => [one.coordinate, one.class]))
  return listPlaces(own).flatMap((one): readonly Finding[] => {
    const { coordinate: place, class: marked } = one
    const expected = classes.get(place) ?? marked
    const isUnguarded = marked !== null && table !== null && !isGuarded(one, table)
    return [
      ...(expected === marked ? [] : [{ id: 'PII_DROPPED', place, details: { class: expected ?? '' } } as const]),
      ...(isUnguarded ? [{ id: 'PII_WITHOUT_RULE', place, details: { class: marked } } as const] : []),
    ]
  })
}

/** A malformed rule is a fault of the SDL, and said there. */
function readTable(document: DocumentNode): RuleTable | null {
  try {
    return readRuleTable(document)
  } catch {
    return null
  }
}

function isGuarded({ coordinate, takers }: Place, table: RuleTable): boolean {
  const [typeName = '', member = ''] = coordinate.split('.')
  if (table.has(typeName, member)) return !isOpen(table.ofField(typeName, member))
  if (table.revealedBy(coordinate).length > 0) return true
  return takers.every((taker) => {
    const [type = '', field = ''] = taker.split('.')
    const rule = table.ofField(type, field)
    return rule.scopes.length > 0 || rule.policies.length > 0
  })
}

function listPlaces(document: DocumentNode): readonly Place[] {
  const [names, takersOf] = [readLinkedNames(document).of('pii'), takersOfInputs(document)]
  const toPlace = (
    coordinate: string,
    { directives = [] }: FieldDefinitionNode | InputValueDefinitionNode,
    takers: readonly string[],
  ): Place => {
    const mark = directives.find(({ name }) => names.has(name.value))
    return { coordinate, takers, class: mark === undefined ? null : String(directiveArguments(mark).class) }
  }
  return document.definitions.flatMap((node): readonly Place[] => {
    if (!('fields' in node)) return []
    const typeName = node.name.value
    const fields: readonly (FieldDefinitionNode | InputValueDefinitionNode)[] = node.fields ?? []
    return fields.flatMap((field): readonly Place[] => {
      const coordinate = `${typeName}.${field.name.value}`
      if (field.kind === Kind.INPUT_VALUE_DEFINITION)
        return [toPlace(coordinate, field, [...(takersOf.get(typeName) ?? [])])]
      const args = (field.arguments ?? []).map((each) =>
        toPlace(`${coordinate}(${each.name.value}:)`, each, [coordinate]),
      )
      return [toPlace(coordinate, field, []), ...args]
    })
  })
}

/** Lists the fields that take each input type, directly or within another one. What a `@reveals` on the way covers needs no other rule. */
function takersOfInputs(document: DocumentNode): ReadonlyMap<string, ReadonlySet<string>> {
  const reveals = readLinkedNames(document).of('reveals')
  const isRevealing = ({ directives = [] }: InputValueDefinitionNode) =>
    directives.some(({ name }) => reveals.has(name.value))
  const takers = new Map<string, Set<string>>()
  const inputs = document.definitions.filter(
    (node) => node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION || node.kind === Kind.INPUT_OBJECT_TYPE_EXTENSION,
  )
  const take = (taker: string, value: InputValueDefinitionNode): void => {
    const name = namedType(value)
    const known = takers.get(name) ?? new Set()
    if (isRevealing(value) || known.has(taker)) return
    takers.set(name, known.add(taker))
    for (const input of inputs) if (input.name.value === name) for (const each of input.fields ?? []) take(taker, each)
  }
  for (const node of document.definitions) {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.OBJECT_TYPE_EXTENSION) continue
    for (const field of node.fields ?? []) {
      for (const argument of field.arguments ?? []) take(`${node.name.value}.${field.name.value}`, argument)
    }
  }
  return takers
}

function namedType({ type }: InputValueDefinitionNode): string {
  let inner = type
  while (inner.kind !== Kind.NAMED_TYPE) inner = inner.type
  return inner.name.value
}
