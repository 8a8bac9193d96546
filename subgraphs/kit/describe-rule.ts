import type { DocumentNode } from 'graphql'
import { isOpen, type Requirement, type Rule } from '../../contract/access/rule.ts'
import { readRuleTable } from '../../contract/access/rule-table.ts'
import { type Said, said } from '../../contract/said.ts'

const NOTHING = said('nothing', 'nada')

/**
 * Writes what a document demands at a coordinate, as an SDL would: of a field (`Person.names`) and of a type all that counts, of something
 * that is given to a field (`PersonSearch.name`, `Query.persons(first:)`, `CaseOrder.ID_ASC`) what it reveals.
 */
export function describeRuleAt(document: DocumentNode, coordinate: string): Said | string {
  const table = readRuleTable(document)
  const [typeName = '', member] = coordinate.split('.')
  if (member === undefined) return describeRule(table.ofType(typeName))
  if (table.has(typeName, member)) return describeRule(table.ofField(typeName, member))
  const revealed = table.revealedBy(coordinate)
  return revealed.length === 0 ? NOTHING : revealed.map((field) => `@reveals(field: "${field}")`).join(' ')
}

/** Writes a rule as an SDL would; that it is nothing, if it is open. */
function describeRule(rule: Rule): Said | string {
  if (isOpen(rule)) return NOTHING
  return [
    ...(rule.authenticated ? ['@authenticated'] : []),
    ...rule.scopes.map((requirement) => `@requiresScopes(scopes: ${listOf(requirement)})`),
    ...rule.policies.map((requirement) => `@policy(policies: ${listOf(requirement)})`),
  ].join(' ')
}

function listOf(requirement: Requirement): string {
  return JSON.stringify(requirement).replaceAll(',', ', ')
}
