import {
  type AnswerContext,
  answering,
  orderOf,
  outcomesOf,
  type PageArguments,
  type Placed,
  pageOf,
} from './answering.ts'
import {
  columns,
  country,
  type Every,
  isOf,
  own,
  owned,
  type PlainResolver,
  provenance,
  type ResolverMap,
  refer,
  referAll,
  root,
  values,
} from './plain-resolvers.ts'
import type { AssociateRow, PersonNameRow, PersonRow } from './rows.ts'
import { type Band, matchHit, matchKey, matchPerson, type PersonSearch } from './searching.ts'

/** Finds the person with this id. */
export const findPerson = (context: AnswerContext, id: string): PersonRow | undefined =>
  context.rows.persons.find((row) => row.id === id)

const isLegal = ({ category }: PersonNameRow): boolean => category === 'LEGAL'

/** The contact that each country in these tests names for a hit. */
export const CONTACT_POINT = 'punto de contacto'

const personsQuery: Readonly<Record<string, PlainResolver>> = {
  person: root('persons', findPerson),
  persons(_root: unknown, args: Every & PageArguments & { search: PersonSearch }, context, info) {
    const parts = context.spread('persons', args.countries, info)
    const isBest = orderOf(args, info) === 'BEST_MATCH'
    const placed = context.rows.persons.filter(isOf(answering(parts))).flatMap((row): Placed[] => {
      const match = matchPerson(row, args.search)
      if (match === null) return []
      return [{ place: { key: isBest ? matchKey(match) : '', id: row.id }, node: { id: row.id }, extra: { ...match } }]
    })
    return pageOf(placed, parts, args, context, info)
  },
  personHits(_root: unknown, args: Every & { search: PersonSearch }, context, info) {
    const parts = context.spread('persons', args.countries, info)
    const hits = answering(parts).map((code) => {
      const best = bestBand(context, code, args.search)
      return { country: code, hit: best !== null, band: best, contactPoint: CONTACT_POINT }
    })
    return { hits, outcomes: outcomesOf(parts, context) }
  },
  personListHits(_root: unknown, args: Every & { searches: readonly PersonSearch[] }, context, info) {
    const parts = context.spread('persons', args.countries, info)
    const hits = answering(parts).flatMap((code) =>
      args.searches.flatMap((search, item) => {
        const band = bestBand(context, code, search)
        return band === null ? [] : [{ item, country: code, band, contactPoint: CONTACT_POINT }]
      }),
    )
    return { hits, outcomes: outcomesOf(parts, context) }
  },
}

function bestBand(context: AnswerContext, country: string, search: PersonSearch): Band | null {
  return matchHit(context.rows.persons.filter(isOf([country])), search)
}

/** The fields of the domain `persons`. */
export const PERSONS_RESOLVERS: ResolverMap = {
  Query: personsQuery,
  Person: owned<PersonRow>('persons', findPerson, {
    ...values('persons'),
    ...columns<PersonRow>('identifiers', 'addresses', 'memberships'),
    country,
    provenance,
    names: ({ names }) => [...names.filter(isLegal), ...names.filter((one) => !isLegal(one))],
    associates: own<PersonRow>(({ id, associates }) =>
      associates.map((row) => ({ place: { key: '', id: row.rowId }, node: { ...row, ownerId: id } })),
    ),
    sameAs: ({ sameAsIds }) => referAll(sameAsIds),
  }),
  Associate: {
    person: ({ personId }: AssociateRow) => refer(personId),
    provenance: (row: AssociateRow & { readonly ownerId: string }) => provenance({ ...row, id: row.ownerId }),
  },
}
