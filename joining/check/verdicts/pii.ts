import type { DocumentNode } from 'graphql'
import { directiveArguments, readLinkedNames } from '../../../contract/access/linked-names.ts'
import { isOpen } from '../../../contract/access/rule.ts'
import { type RuleTable, readRuleTable } from '../../../contract/access/rule-table.ts'
import { listTyped, namedType } from '../../../contract/access/sdl-places.ts'
import type { Finding } from '../finding.ts'

/** Something that carries `@pii`, with its class. */
interface Marked {
  readonly coordinate: string
  readonly class: string
  /** For what is given to a field: the fields that take it. */
  readonly takers: readonly string[]
}

/**
 * Finds personal data that the country's SDL does not mark as the contract does, and personal data that no rule guards (contract/schema/istmo.graphql,
 * `@pii`). Nothing is decided by the mark, so node and gateway take such an SDL.
 */
export function findPiiFaults(contract: DocumentNode, own: DocumentNode): readonly Finding[] {
  const table = readTable(own)
  const expected = new Map(listMarked(contract).map((one) => [one.coordinate, one.class]))
  const marked = listMarked(own)
  const classes = new Map(marked.map((one) => [one.coordinate, one.class]))
  const dropped = [...new Set(listTyped(own, 'field', 'argument', 'input').map(({ coordinate }) => coordinate))]
    .filter((coordinate) => expected.has(coordinate) && classes.get(coordinate) !== expected.get(coordinate))
    .map((place): Finding => ({ id: 'PII_DROPPED', place, details: { class: expected.get(place) ?? '' } }))
  if (table === null) return dropped
  const open = marked
    .filter((one) => !isGuarded(one, table))
    .map((one): Finding => ({ id: 'PII_WITHOUT_RULE', place: one.coordinate, details: { class: one.class } }))
  return [...dropped, ...open]
}

/** A malformed rule is a fault of the SDL, and said there. */
function readTable(document: DocumentNode): RuleTable | null {
  try {
    return readRuleTable(document)
  } catch {
    return null
  }
}

function isGuarded({ coordinate, takers }: Marked, table: RuleTable): boolean {
  const [typeName = '', member = ''] = coordinate.split('.')
  if (table.has(typeName, member)) return !isOpen(table.ofField(typeName, member))
  if (table.revealedBy(coordinate).length > 0) return true
  return takers.every((taker) => {
    const [type = '', field = ''] = taker.split('.')
    const rule = table.ofField(type, field)
    return rule.scopes.length > 0 || rule.policies.length > 0
  })
}

function listMarked(document: DocumentNode): readonly Marked[] {
  const names = readLinkedNames(document).of('pii')
  const takers = takersOfInputs(document)
  return listTyped(document, 'field', 'argument', 'input').flatMap(({ at, coordinate, typeName, directives }) => {
    const taking = { argument: [coordinate.split('(', 1).join()], input: [...(takers.get(typeName) ?? [])], field: [] }
    return directives
      .filter(({ name }) => names.has(name.value))
      .map((directive) => ({
        coordinate,
        takers: taking[at as keyof typeof taking],
        class: String(directiveArguments(directive).class),
      }))
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
