import type { DocumentNode } from 'graphql'
import { directiveArguments, readLinkedNames } from '../../../contract/access/linked-names.ts'
import { isOpen } from '../../../contract/access/rule.ts'
import { type RuleTable, readRuleTable } from '../../../contract/access/rule-table.ts'
import { listTyped, namedType } from '../../../contract/access/sdl-places.ts'
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
  return listTyped(document, 'field', 'argument', 'input').map(({ at, coordinate, typeName, directives }) => {
    const mark = directives.find(({ name }) => names.has(name.value))
    const given = at === 'input' ? [...(takersOf.get(typeName) ?? [])] : [coordinate.split('(', 1).join()]
    return {
      coordinate,
      takers: at === 'field' ? [] : given,
      class: mark === undefined ? null : String(directiveArguments(mark).class),
    }
  })
}

/** Lists the fields that take each input type, directly or within another one. What a `@reveals` on the way covers needs no other rule. */
function takersOfInputs(document: DocumentNode): ReadonlyMap<string, ReadonlySet<string>> {
  const reveals = readLinkedNames(document).of('reveals')
  const takers = new Map<string, Set<string>>()
  const given = listTyped(document, 'argument', 'input')
  const take = (taker: string, { type, directives }: (typeof given)[number]): void => {
    const name = namedType(type)
    const known = takers.get(name) ?? new Set()
    if (directives.some((directive) => reveals.has(directive.name.value)) || known.has(taker)) return
    takers.set(name, known.add(taker))
    for (const each of given) if (each.at === 'input' && each.typeName === name) take(taker, each)
  }
  for (const each of given) if (each.at === 'argument') take(each.coordinate.split('(', 1).join(), each)
  return takers
}
