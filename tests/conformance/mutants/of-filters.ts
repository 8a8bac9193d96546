/** A service that does not filter as it must. */
import { asObject } from '../../../joining/conformance/leg.ts'
import { asksPage, type Json, mistaking, variablesOf, type Wrong } from './damage.ts'

/** A mutant that ignores a member of `filter` where it stands there by itself with a value. */
function ignoring(field: string, member: string): Wrong {
  return mistaking(
    (leg) => asksPage(leg, field) && isOnly(asObject(variablesOf(leg).filter), member) && !leg.query.includes('ID_ASC'),
    (leg) => ({ ...leg, variables: { ...leg.variables, filter: {} } }),
  )
}

function isOnly(filter: Json | Readonly<Json>, member: string): boolean {
  const value = filter[member]
  const hasValue =
    value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0) && value !== 'no id'
  return Object.keys(filter).length === 1 && hasValue
}

/** A mutant that ignores an argument of a list. */
const ignoringArgument = (field: string, name: string): Wrong =>
  mistaking(
    (leg) => asksPage(leg, field) && variablesOf(leg)[name] !== undefined,
    (leg) => ({ ...leg, variables: { ...leg.variables, [name]: null } }),
  )

/** The mutants of filters, by the check that must catch them. */
export const FILTER_MUTANTS: Readonly<Record<string, Wrong>> = {
  'filters.iccs': ignoring('cases', 'iccs'),
  'filters.status': ignoring('cases', 'status'),
  'filters.category': ignoring('cases', 'category'),
  'filters.subdivision': ignoring('cases', 'subdivision'),
  'filters.filed-from': ignoring('cases', 'filedFrom'),
  'filters.filed-to': ignoring('cases', 'filedTo'),
  'filters.organised-crime': ignoring('cases', 'organisedCrime'),
  'filters.recorded-since': ignoring('cases', 'recordedSince'),
  'filters.participant': ignoring('cases', 'participant'),
  'filters.warrant-status': ignoring('warrants', 'status'),
  'filters.warrant-category': ignoring('warrants', 'category'),
  'filters.warrant-extradition': ignoring('warrants', 'extraditionRequested'),
  'filters.warrant-from': ignoring('warrants', 'issuedFrom'),
  'filters.warrant-to': ignoring('warrants', 'issuedTo'),
  'filters.role-of-participant': ignoringArgument('participants', 'role'),
  'filters.warrants-of-person': ignoringArgument('warrants', 'status'),
  'filters.statute-iccs': ignoringArgument('statutes', 'iccs'),
  'filters.request-status': ignoringArgument('mlaRequests', 'status'),
  'filters.requested-country': ignoringArgument('mlaRequests', 'requestedCountry'),
  'filters.empty-list': mistaking(
    (leg) => JSON.stringify(variablesOf(leg).filter) === '{"status":[]}',
    (leg) => ({ ...leg, variables: { ...leg.variables, filter: {} } }),
  ),
  'filters.together': mistaking(
    (leg) => Object.keys(asObject(variablesOf(leg).filter)).length === 2,
    (leg) => ({
      ...leg,
      variables: { ...leg.variables, filter: { status: asObject(variablesOf(leg).filter).status } },
    }),
  ),
  'filters.bad-id': mistaking(
    (leg) => asObject(variablesOf(leg).filter).participant === 'no id',
    (leg) => ({ ...leg, variables: { ...leg.variables, filter: { participant: 'HN:nobody' } } }),
  ),
}
