// Written by `npm run generate` from words.en.yaml.
/** The keys of the words, each with its holes. */
export interface Keys {
  'errors.DOCUMENT_HAS_LITERAL': 'column' | 'line'
  'errors.VARIABLE_WITHOUT_VALUE': 'name'
  'errors.PURPOSE_MISSING': never
  'errors.CASE_MISSING': never
  'errors.CASE_OF_OTHER_MANDATE': never
  'errors.TOKEN_REFUSED': 'error' | 'status'
  'errors.NOT_REACHED': 'origin'
  'errors.ANSWER_NOT_UNDERSTOOD': never
  'tokenRemedies.AUDIENCE_NOT_ALLOWED': never
  'tokenRemedies.MANDATE_NONE': never
  'tokenRemedies.MANDATE_AMBIGUOUS': never
  'tokenRemedies.UNAVAILABLE': never
  logInAgain: never
}
