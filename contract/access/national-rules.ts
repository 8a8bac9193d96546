import type { DocumentNode } from 'graphql'
import { type RuleTable, readRuleTable } from './rule-table.ts'

/**
 * What tells a field of the contract that the contract itself does not guard more than the field in which it stands, and which
 * therefore has no `@reveals` there: filters, the fixed order of a connection (a page tells it by its cursors; `first` always has a value),
 * and links that are read from their other end. A country may guard the field by its own SDL; then this is guarded with it.
 */
const TOLD_BY: ReadonlyMap<string, readonly string[]> = new Map([
  ['CaseFilter.status', ['Case.status']],
  ['CaseFilter.category', ['Case.category']],
  ['CaseFilter.subdivision', ['Case.subdivision']],
  ['CaseFilter.filedFrom', ['Case.filedOn']],
  ['CaseFilter.filedTo', ['Case.filedOn']],
  ['Case.participants(role:)', ['Participant.role']],
  ['Case.warrants(first:)', ['Warrant.issuedOn']],
  ['Person.warrants(first:)', ['Warrant.issuedOn', 'Warrant.subject']],
  ['Person.warrants(status:)', ['Warrant.status']],
  ['Person.cases(first:)', ['Case.participants']],
  ['Case.mlaRequests(first:)', ['MutualLegalAssistanceRequest.case', 'MutualLegalAssistanceRequest.concerns']],
  ['Query.mlaRequests(requestedCountry:)', ['MutualLegalAssistanceRequest.requestedCountry']],
  ['Query.mlaRequests(status:)', ['MutualLegalAssistanceRequest.status']],
])

/**
 * Reads the rules of a country's own SDL: those that it writes, and that what would tell a field which it guards asks the same.
 * @throws {Error} as {@link readRuleTable}.
 */
export function readNationalRules(document: DocumentNode): RuleTable {
  const table = readRuleTable(document)
  return {
    ...table,
    revealedBy: (coordinate) => [...new Set([...table.revealedBy(coordinate), ...(TOLD_BY.get(coordinate) ?? [])])],
  }
}
