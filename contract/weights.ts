/**
 * What asking a field once costs one country, beside the objects of its answer. The SDL of the contract is fixed to the letter, so this table stands
 * beside it. `npm run bench:weights` compares it with the processor time of a node and its PostgreSQL.
 */

/** How much processor time a cost of 1 stands for, in microseconds, at a node and its PostgreSQL together: about one object of an answer. */
export const MICROSECONDS_PER_COST = 20

/**
 * By coordinate: of a field, for each time that it is asked, below each object that it is asked of; `Type.field(argument:)`, for each item of a list that an
 * argument gives, besides. It has each field of `Query` and each field of a record that leads to other rows. A field that is not here is a part of its row.
 */
export const FIELD_WEIGHTS: Readonly<Record<string, number>> = {
  // These read many rows, whatever they answer.
  'Query.caseCounts': 10_000,
  'Query.personHits': 400,
  'Query.personListHits': 400,
  'Query.personListHits(searches:)': 80,
  'Query.persons': 300,
  'Query.cases': 200,
  'Query.iccsClasses': 80,
  'Query.warrants': 60,
  'Query.mlaRequests': 50,
  'Query.statutes': 35,
  'Query.legalInstruments': 35,
  'Query.dualCriminality': 30,
  // One record.
  'Query.case': 10,
  'Query.person': 10,
  'Query.warrant': 10,
  'Query.statute': 10,
  'Query.legalInstrument': 10,
  'Query.mlaRequest': 10,
  // What belongs to a record. A node reads it for all records of a leg at once.
  'Person.cases': 12,
  'Person.warrants': 10,
  'Person.associates': 5,
  'Person.memberships': 2,
  'Person.sameAs': 2,
  'Person.names': 0,
  'Person.identifiers': 1,
  'Person.addresses': 0,
  'Person.provenance': 0,
  'Case.participants': 6,
  'Case.protectedParticipants': 6,
  'Case.warrants': 5,
  'Case.offences': 2,
  'Case.linkedCases': 2,
  'Case.mlaRequests': 2,
  'Case.provenance': 0,
  'Warrant.subject': 0,
  'Warrant.provenance': 0,
  'MutualLegalAssistanceRequest.legalBasis': 0,
  'MutualLegalAssistanceRequest.case': 0,
  'MutualLegalAssistanceRequest.concerns': 2,
  'MutualLegalAssistanceRequest.provenance': 0,
  'LegalInstrument.articles': 5,
  'LegalInstrument.participations': 2,
}
