// Written by `npm run generate` from words.en.yaml.
/** The keys of the words, each with its holes. */
export interface Keys {
  ID_OF_OTHER_FORM: 'length'
  ID_OF_OTHER_TYPE: 'type'
  COUNTRY_CODES: 'place'
  CURSOR_OF_ANOTHER_FORM: never
  CURSOR_OF_ANOTHER_ORDER: 'order'
  CURSOR_OF_SEVERAL_COUNTRIES: 'place'
  FIRST: 'came' | 'most' | 'place'
  ITEMS: 'came' | 'most' | 'place'
  CHARACTERS: 'came' | 'most' | 'place'
  UNICODE: 'place'
  ICCS_CODE: 'came' | 'place'
  ICCS_LEVEL: 'came' | 'place'
  YEARS_REVERSED: 'from' | 'place' | 'to'
  DAYS_REVERSED: 'place'
  ICCS_CRITERION: 'place'
  ICCS_CODES: 'came' | 'most' | 'place'
  NAME_WORDS: 'came' | 'most' | 'place'
  DATES_OF_NAME: 'most'
  NAMES_OF_DATE: 'most'
  NARROW_ITEM: 'item' | 'place'
  SEARCH_WORDS: 'came' | 'most' | 'place'
  TELEPHONE: 'place'
  EMAIL: 'place'
  SOCIAL_HANDLE: 'place'
  WORDS: 'place'
  ONE_COUNTRY: 'place'
  ONE_CRITERION: 'place'
  ONE_ARGUMENT_OF: 'came' | 'names' | 'place'
  AN_ARGUMENT_OF: 'names' | 'place'
  VARIABLE_NAME: never
  VARIABLE: never
  VARIABLE_MISSING: 'name' | 'type'
  VARIABLE_OF_ANOTHER_TYPE: 'name' | 'type'
  VARIABLE_WRONG_AT: 'at' | 'expected' | 'name' | 'type'
  VARIABLE_MEMBERS: 'input' | 'name' | 'type'
  VARIABLE_MEMBER_MISSING: 'input' | 'members' | 'name' | 'type'
  TOKENS: 'came' | 'most'
  DEPTH: 'came' | 'most'
  FIELDS: 'came' | 'most'
  ROOT_FIELDS: 'came' | 'most'
  ALIASES: 'came' | 'most'
  DIRECTIVES: 'came' | 'most'
  OVERLAPS: 'came' | 'most'
  OPERATIONS: 'came' | 'most'
  VARIABLE_VALUES: 'came' | 'most'
  VARIABLE_CHARACTERS: 'came' | 'most'
  VARIABLE_DEPTH: 'came' | 'most'
  EVERY_DEPTH: 'came' | 'most'
  COST: 'came' | 'fields' | 'most'
  ONCE: 'came' | 'field'
  SCHEMA_ANSWER: 'most'
  RATE: 'burst' | 'perSecond'
  COST_RATE: 'burst' | 'came' | 'perSecond'
  NO_ROOM_FOR_STRANGERS: never
  IN_FLIGHT_OF_CALLER: 'most'
  IN_FLIGHT_OF_ALL: 'most'
  NEW_DOCUMENTS: 'most'
  NO_TURN: never
  PLANNING_TIME: 'burst' | 'perSecond'
  PLANNING_DEADLINE: 'most'
  PLAN_SIZE: 'most'
  BODY_NOT_JSON: never
  BODY_NOT_IN_CODING: 'name'
  BODY_CUT_OFF: never
  HEADER_BOOLEAN: 'header'
  EVIDENCE_HEADER: never
  ONE_HOST: never
  NO_SUCH_OPERATION_TYPE: 'kind'
  SEARCH_ONCE: 'name'
  SEARCH_OBJECT: 'name'
  BODY_OBJECT: never
  BODY_BATCH: never
  QUERY_TEXT: never
  QUERY_MISSING: never
  MEMBER_OBJECT: 'name'
  MEMBER_TEXT: 'name'
  GET_TYPE: never
  GET_OPERATION: 'kind'
  ACCEPT: never
  UNASKED: never
  AUTHORIZATION_TWICE: never
  AUTHORIZATION_FORM: never
  TOKEN_LENGTH: 'came' | 'most'
  TOKEN_FORM: never
  TOKEN_HEADER_NOT_JSON: never
  TOKEN_CLAIMS_NOT_JSON: never
  TOKEN_ISSUER: never
  TOKEN_ALGORITHM: 'algorithms'
  TOKEN_TYPE: 'type'
  TOKEN_EXTENSIONS: never
  TOKEN_AUDIENCE: never
  TOKEN_SIGNATURE: never
  TOKEN_KEY: never
  TOKEN_KEY_WEAK: never
  TOKEN_TIME_AHEAD: 'claim'
  TOKEN_LIFETIME: 'most'
  TOKEN_COUNTRY: 'claim'
  TOKEN_MANDATES: never
  TOKEN_CLAIM: 'claim'
  TOKEN_MANDATE_CLAIM: 'claim'
  TOKEN_NOT_BOUND: never
  PROOF_CERTIFICATE: never
  PROOF_SCHEME: never
  PROOF_METHOD: never
  PROOF_ADDRESS: never
  PROOF_TIME: 'most'
  PROOF_TOKEN: never
  PROOF_KEY: never
  PROOF_USED: never
  PROOF_FORM: never
  PROOF_NOT_JSON: never
  PROOF_MEMBER: 'member'
  PROOF_SIGNATURE: never
  QUESTION_NOT_BOUND: never
  QUESTION_HEADER_TWICE: never
  QUESTION_TWICE: never
  QUESTION_LENGTH: 'came' | 'most'
  QUESTION_NOT_TEXT: never
  QUESTION_HIDDEN: 'came'
  QUESTION_METHOD: never
  QUESTION_MANDATE: never
  SIGNED_TEXT: 'column' | 'line'
  SIGNED_NUMBER: 'column' | 'line'
  SIGNED_VARIABLE: 'name'
  STATEMENT_LENGTH: 'came' | 'most'
  STATEMENT_FUTURE: 'seconds'
  STATEMENT_OLD: 'most' | 'seconds'
  STATEMENT_AUDIENCE: never
  STATEMENT_FORM: never
  STATEMENT_KEY_KIND: never
  STATEMENT_SIGNATURE: never
  STATEMENT_KEY_POINT: never
  STATEMENT_HEADER_NOT_JSON: never
  STATEMENT_HEADER_MEMBERS: never
  STATEMENT_HEADER_MEMBER: 'member'
  STATEMENT_CLAIMS_NOT_JSON: never
  STATEMENT_CLAIMS_MEMBERS: never
  STATEMENT_CLAIMS_MEMBER: 'member'
  STATEMENT_NESTED_DIGESTS: never
  STATEMENT_CASE: never
  STATEMENT_COUNTRY_TWICE: never
  STATEMENT_COUNTRY: never
  STATEMENT_KEY: never
  STATEMENT_TOKEN: never
  STATEMENT_DOCUMENT: never
  STATEMENT_OPERATION: never
  STATEMENT_VARIABLES_MISSING: 'count'
  STATEMENT_VARIABLES_DIFFER: 'count'
  STATEMENT_VARIABLES_UNSENT: 'count'
  STATEMENT_USED: never
  GRAPHQL_UNKNOWN_FIELD: 'field' | 'type'
  GRAPHQL_UNKNOWN_ARGUMENT: 'argument' | 'field'
  GRAPHQL_UNKNOWN_TYPE: 'type'
  GRAPHQL_UNKNOWN_FRAGMENT: 'fragment'
  GRAPHQL_UNKNOWN_DIRECTIVE: 'directive'
  GRAPHQL_UNUSED_FRAGMENT: 'fragment'
  GRAPHQL_ARGUMENT_MISSING: 'argument' | 'field' | 'type'
  GRAPHQL_INPUT_FIELD_MISSING: 'field' | 'type'
  GRAPHQL_UNKNOWN_INPUT_FIELD: 'field' | 'type'
  GRAPHQL_SELECTION_MISSING: 'field' | 'type'
  GRAPHQL_SELECTION_OF_LEAF: 'field' | 'type'
  GRAPHQL_VARIABLE_UNDEFINED_IN: 'operation' | 'variable'
  GRAPHQL_VARIABLE_UNDEFINED: 'variable'
  GRAPHQL_VARIABLE_UNUSED_IN: 'operation' | 'variable'
  GRAPHQL_VARIABLE_UNUSED: 'variable'
  GRAPHQL_VARIABLE_TYPE: 'expected' | 'type' | 'variable'
  GRAPHQL_UNKNOWN_ENUM_VALUE: 'type' | 'value'
  GRAPHQL_ENUM_IN_QUOTES: 'type' | 'value'
  GRAPHQL_INT_OF_OTHER_KIND: 'value'
  GRAPHQL_STRING_OF_OTHER_KIND: 'value'
  GRAPHQL_COUNTRY_CODE: never
  GRAPHQL_DATE: never
  GRAPHQL_DATE_TIME: never
  GRAPHQL_ICCS_CODE: never
  GRAPHQL_SYNTAX_EXPECTED: 'found' | 'wanted'
  GRAPHQL_SYNTAX_UNEXPECTED: 'found'
  GRAPHQL_SYNTAX_UNTERMINATED: never
  MANDATE_HEADER_FORM: 'example'
  MANDATE_HEADER_TWICE: never
  MANDATE_HEADER_KEYS: 'keys'
  MANDATE_PURPOSE: 'purposes'
  MANDATE_CASE: never
  MANDATE_BASIS: never
  NO_MANDATE: never
  CASE_NOT_STATED: never
  MANDATE_ENDED: never
  CHOICE_OF_PURPOSE: 'purposes'
  CASE_NEEDS_SIGNATURE: never
  FOREIGN_PURPOSE: 'purposes' | 'stated'
  FOREIGN_CASE: never
  NO_CASE: never
  FOREIGN_BASIS: 'has' | 'missing' | 'stated'
  NO_BASIS: never
}
