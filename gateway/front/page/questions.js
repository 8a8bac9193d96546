// Written by `npm run generate`: README’s questions.
export const QUESTIONS = [
  {
    "query": "query AcrossBorders($id: ID!) {\n  person(id: $id) {\n    id names { category full } sameAs { id country names { full } }\n    cases(first: 10) {\n      edges { cursor node { id country caseTrackingId filedOn offences { iccs nationalLabel statute { id heading untocSeriousCrime } }\n        participants(first: 5) { edges { node { role person { id names { full } } } } }\n        mlaRequests { edges { node { id status legalBasis { id title } } } outcomes { country reach } } } }\n      pageInfo { hasNextPage endCursor } outcomes { country reach code }\n    }\n  }\n}\n",
    "variables": "{\n  \"id\": \"GT:P-000001\"\n}"
  },
  {
    "query": "query ThreeProfiles($id: ID!) {\n  person(id: $id) {\n    id names { full } birthDate\n    cases(first: 5) { edges { node { id narrative } } outcomes { country reach code } }\n  }\n  personHits(search: { name: \"Erick Ramírez Guzmán\", birthDate: \"1974-07-10\" }) { hits { country hit } outcomes { country reach code } }\n}\n",
    "variables": "{\n  \"id\": \"GT:P-000001\"\n}"
  }
]
