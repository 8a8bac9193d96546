import type { DocumentNode } from 'graphql'
import { type RuleTable, readRuleTable } from './rule-table.ts'

/**
 * Arguments and input fields that reveal another field, but have no `@reveals` in the contract, because the contract does not guard
 * that field more than the field with the argument. They are filters, the fixed order of a connection (the cursors of a page reveal
 * it, and `first` always has a value), and links that are read from their other end. A country may guard the revealed field in its
 * own SDL. Its rule then also guards the argument.
 */
const REVEALED_BY: ReadonlyMap<string, readonly string[]> = new Map([
  ['CaseFilter.status', ['Case.status']],
  ['CaseFilter.category', ['Case.category']],
  ['CaseFilter.subdivision', ['Case.subdivision']],
  ['CaseFilter.filedFrom', ['Case.filedOn']],
  ['CaseFilter.filedTo', ['Case.filedOn']],
  ['WarrantFilter.status', ['Warrant.status']],
  ['WarrantFilter.category', ['Warrant.category']],
  ['WarrantFilter.issuedFrom', ['Warrant.issuedOn']],
  ['WarrantFilter.issuedTo', ['Warrant.issuedOn']],
  ['Query.warrants(first:)', ['Warrant.issuedOn']],
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
 * Reads the rules of a country's own SDL. An argument that reveals a field which the SDL guards gets the same rule as the field.
 * @throws {Error} as {@link readRuleTable}.
 */
export function readNationalRules(document: DocumentNode): RuleTable {
  const table = readRuleTable(document)
  return {
    ...table,
    revealedBy: (coordinate) => [...new Set([...table.revealedBy(coordinate), ...(REVEALED_BY.get(coordinate) ?? [])])],
  }
}
