import type { Domain } from '../../contract/domain.ts'
import type { AnswerContext } from './answering.ts'
import { CASES_RESOLVERS, findCase, findWarrant } from './cases-resolvers.ts'
import { findInstrument, findMla, findStatute, LEGAL_RESOLVERS } from './legal-resolvers.ts'
import { findPerson, PERSONS_RESOLVERS } from './persons-resolvers.ts'
import type { Reference, ResolverMap } from './plain-resolvers.ts'

/** Finds the record of an entity that a domain owns. Types to which the domain adds only EVERY fields are left out. */
export const FINDERS: Readonly<
  Record<Domain, Readonly<Record<string, (context: AnswerContext, id: string) => Reference | undefined>>>
> = {
  cases: { Case: findCase, Warrant: findWarrant },
  persons: { Person: findPerson },
  legal: { Statute: findStatute, LegalInstrument: findInstrument, MutualLegalAssistanceRequest: findMla },
}

/** The fields of each domain. */
export const RESOLVERS: Readonly<Record<Domain, ResolverMap>> = {
  cases: CASES_RESOLVERS,
  persons: PERSONS_RESOLVERS,
  legal: LEGAL_RESOLVERS,
}
