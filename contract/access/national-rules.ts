import type { DocumentNode } from 'graphql'
import { bothRules } from './rule.ts'
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
 * Fields that show the value of other fields, by coordinate. A rule that a country gives to one of those holds for the field that shows
 * it too, and a country that does not publish one of those does not publish the field that shows it. So no country can guard a name and give it
 * away in the edge of a search. An SDL that says something else is refused (sdl-faults.ts).
 */
export const SHOWS: ReadonlyMap<string, readonly (readonly [type: string, field: string])[]> = new Map([
  [
    'PersonEdge.matchedName',
    [
      ['Person', 'names'],
      ['PersonName', 'full'],
    ],
  ],
])

/**
 * Reads the rules of a country's own SDL. A field that shows the value of others has their rules too. An argument that reveals a field which the SDL guards gets the same rule as the field.
 * @throws {Error} as {@link readRuleTable}.
 */
export function readNationalRules(document: DocumentNode): RuleTable {
  const table = readRuleTable(document)
  const shownBy = (typeName: string, fieldName: string): readonly (readonly [string, string])[] =>
    SHOWS.get(`${typeName}.${fieldName}`) ?? []
  return {
    ...table,
    ofField: (typeName, fieldName) =>
      shownBy(typeName, fieldName).reduce(
        (rule, shown) => bothRules(rule, table.ofField(...shown)),
        table.ofField(typeName, fieldName),
      ),
    has: (typeName, fieldName) =>
      table.has(typeName, fieldName) && shownBy(typeName, fieldName).every((shown) => table.has(...shown)),
    revealedBy: (coordinate) => [...new Set([...table.revealedBy(coordinate), ...(REVEALED_BY.get(coordinate) ?? [])])],
  }
}
