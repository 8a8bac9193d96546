import { compareBytes } from '../../contract/cursor.ts'
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
} from './plain-resolvers.ts'
import type { AssociateRow, PersonNameRow, PersonRow } from './rows.ts'
import { type Band, bandKey, bandOf, type PersonSearch } from './searching.ts'

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
      const band = bandOf(row, args.search)
      if (band === null) return []
      return [{ place: { key: isBest ? bandKey(band) : '', id: row.id }, node: { id: row.id }, extra: { band } }]
    })
    return pageOf(placed, parts, args, context, info)
  },
  personHits(_root: unknown, args: Every & { search: PersonSearch }, context, info) {
    const parts = context.spread('persons', args.countries, info)
    const hits = answering(parts).map((code) => {
      const band = bestBand(context, code, args.search)
      return { country: code, hit: band !== null, band, contactPoint: CONTACT_POINT }
    })
    return { hits, outcomes: outcomesOf(parts, context) }
  },
  personListHits(_root: unknown, args: Every & { searches: readonly PersonSearch[] }, context, info) {
    const parts = context.spread('persons', args.countries, info)
    const hits = answering(parts).flatMap((code) =>
      args.searches.flatMap((search, item) => {
        const band = bestBand(context, code, search)
        return band === null ? [] : [{ country: code, item, band, contactPoint: CONTACT_POINT }]
      }),
    )
    return { hits, outcomes: outcomesOf(parts, context) }
  },
}

/** Returns the band of the best match that a country has; null if it has none. */
function bestBand(context: AnswerContext, country: string, search: PersonSearch): Band | null {
  const bands = context.rows.persons.filter(isOf([country])).map((row) => bandOf(row, search))
  const found = bands.filter((band) => band !== null)
  return found.toSorted((a, b) => compareBytes(bandKey(a), bandKey(b)))[0] ?? null
}

/** The fields of the domain `persons`. */
export const PERSONS_RESOLVERS: ResolverMap = {
  Query: personsQuery,
  Person: owned<PersonRow>('persons', findPerson, {
    ...columns<PersonRow>('birthDate', 'birthPlace', 'sex', 'nationalities', 'identifiers', 'addresses', 'memberships'),
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
