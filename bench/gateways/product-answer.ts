/** The right answer to README's question, put together by hand from the records of all countries. */
import { ALL_COUNTRIES, listCases, placeOf, recordsOf } from './product-records.ts'
import type { Ref, Value } from './records.ts'

/** The largest page that README's question asks for. */
const PAGE = 10

/** Returns the data of the answer about a person, if the first `count` countries take part. */
export function answerOfAll(count: number, person: string): object {
  const countries = [...ALL_COUNTRIES.slice(0, count)].sort()
  const get = ({ type, id }: Ref, field: string): Value => recordsOf(id.slice(0, 2), count).fieldOf({ type, id }, field)
  const one = (type: string, id: string, ...fields: readonly string[]) =>
    Object.fromEntries(fields.map((field) => [field, field === 'id' ? id : get({ type, id }, field)]))
  const follow = (type: string, id: string, field: string): Ref => [get({ type, id }, field)].flat()[0] as Ref
  const reached = countries.map((country) => ({ country, reach: 'ANSWERED' }))
  const full = (id: string) => [one('PersonName', id, 'full')]
  const participantsOf = (id: string) => {
    const { id: personId } = follow('Participant', id, 'person')
    return { edges: [{ node: { ...one('Participant', id, 'role'), person: { id: personId, names: full(personId) } } }] }
  }
  const requestsOf = (id: string) => {
    const request = follow('MlaEdge', id, 'node')
    const basis = follow(request.type, request.id, 'legalBasis')
    const node = {
      ...one(request.type, request.id, 'id', 'status'),
      legalBasis: one(basis.type, basis.id, 'id', 'title'),
    }
    return { edges: [{ node }], outcomes: reached }
  }
  const caseOf = (id: string) => {
    const statute = follow('Offence', id, 'statute')
    const offence = one('Offence', id, 'iccs', 'nationalLabel')
    return {
      ...one('Case', id, 'id', 'country', 'caseTrackingId', 'filedOn'),
      offences: [{ ...offence, statute: one('Statute', statute.id, 'id', 'heading', 'untocSeriousCrime') }],
      ...{ participants: participantsOf(id), mlaRequests: requestsOf(id) },
    }
  }
  const ids = countries.flatMap((country) => listCases(country, person))
  const page = ids.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1)).slice(0, PAGE)
  const cursorOf = (id: string | undefined) => (id === undefined ? null : get({ type: 'CaseEdge', id }, 'cursor'))
  const same = follow('Person', person, 'sameAs')
  return {
    person: {
      ...{ id: person, names: [one('PersonName', person, 'category', 'full')] },
      sameAs: [{ id: same.id, country: same.id.slice(0, 2), names: full(same.id) }],
      cases: {
        edges: page.map((id) => ({ cursor: cursorOf(id), node: caseOf(id) })),
        pageInfo: { hasNextPage: ids.length > PAGE, endCursor: cursorOf(page.at(-1)) },
        outcomes: reached.map((one) => ({ ...one, code: null })),
      },
    },
  }
}
