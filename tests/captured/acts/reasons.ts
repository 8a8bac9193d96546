/**
 * A part of what a node's own log gives as the reason of an act, by the act's title. A node that refused an act for another reason, such as a fault of
 * the test, would show nothing.
 */
export const REASONS: Readonly<Record<string, string>> = {
  'a caller that does not exist': 'a country token for a leg that says who asks, in Istmo-Country-Token',
  'a caller that does not exist, beside the token of an officer': 'the leg token to name this country token in `ct`',
  'a caller whose token the gateway signed itself': 'a signature of the authority',
  'a caller by the token that the gateway was to exchange': '`typ` to be istmo-country+jwt',
  'a leg that names a token and does not show it': 'the country token that the leg names, in Istmo-Country-Token',
  'a token beside a leg of no token': 'the leg token to name this country token in `ct`',
  'what has a rule, for nobody': 'Query.person AUTHENTICATED',
  'a caller who logged out six minutes ago, by a kept country token': 'the token has ended',
  'a leg that outlives its country token': 'a leg token that ends no later than the country token',
  'another scope, in the leg token': 'Person.identifiers SCOPES',
  'another scope, written into the country token': 'a signature of the authority',
  'another purpose': 'a purpose of the leg that the country token and the mandate name',
  'a legal basis that the mandate lacks': 'a legal basis of the leg that the mandate names',
  'another task force': 'a signature of the authority',
  'a country token of Honduras at Guatemala': '`aud` to be GT',
  'a leg to Honduras at Guatemala': 'The token is for another country',
  'a mandate whose last day is over': 'a mandate whose last day is not over',
  'a mandate with one signature': 'a proof that the mandate is in the log of its authority',
  'a mandate with the proof of another one': 'a proof that the mandate is in the log of its authority',
  'a mandate in a tree that no witness saw': 'a proof that the mandate is in the log of its authority',
  'another argument value': 'Query.person(id:) ARGUMENT',
  'a dropped filter': 'Query.cases(filter:) ARGUMENT',
  'a wider filter': 'Query.cases(filter:) ARGUMENT',
  'no filter, while its value is hidden': 'Query.cases(filter:) ARGUMENT',
  'a larger page': 'Query.cases(first:) ARGUMENT',
  'a coordinate that the document lacks': 'Case.provenance FIELD',
  'a query that the document lacks': 'Query.case FIELD',
  'another order': 'Query.cases(orderBy:) ARGUMENT',
  'an id that nobody gave':
    'Query._entities(representations:) ID expected each id to be of the question, or given by a country that answered it',
  'one id that nobody gave, among those that the officer named':
    'Query._entities(representations:) ID expected each id to be of the question, or given by a country that answered it',
  'an id that was given to another question': 'Query.person(id:) ARGUMENT',
  'another case': 'STATEMENT expected the case to be that of the leg token, and disclosed if the leg token has it',
  'without a question': 'without such a question',
  'a post-dated statement': 'expected `iat` to be now',
  'a statement of yesterday': 'expected `iat` at most 365 s ago',
  'a statement that was signed before the node started':
    'STATEMENT expected a question that was signed after this node started, because its caps are counted in memory',
  'a statement of another access token': 'STATEMENT expected `ath` to be `caller_ath` of the country token',
  'a statement of another purpose': 'STATEMENT expected `purpose` to be that of the leg token',
  'a statement for other countries': 'STATEMENT expected HN to be disclosed among the countries',
  'a statement that the gateway signed itself':
    'STATEMENT expected the key that the country token names in `caller_jkt`',
  'the question of another officer': 'STATEMENT expected the key that the country token names in `caller_jkt`',
  'another document under the same statement': 'Query.person(id:) ARGUMENT',
  'a value that the statement does not have': 'STATEMENT expected a digest for each disclosure; one has none',
  'an id that only the gateway says a country gave':
    'Query._entities(representations:) ID expected a key that is pinned for the country',
  'the same question again and again': 'and this question has had them',
  'ten thousand legs for one question': 'and this question has had them',
  'an own certificate with the stolen leg key':
    'a connection with the certificate that the country token names in `cnf.x5t#S256`',
  'an old leg key': 'The check said ERR_JWKS_NO_MATCHING_KEY',
  'an old leg key under the name of the new one': 'The check said ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
  'a leg token in the name of another gateway': 'The check said ERR_JWT_CLAIM_VALIDATION_FAILED',
  'the leg token of another query': 'The token is for another operation',
  'a suspended officer': 'Officer, by HN',
  'a revoked mandate': 'Mandate, by HN',
  'a suspended access token': 'Token, by HN',
  'a suspended leg key': 'a leg token of a key that is not suspended',
  'an old `resume`': 'Officer, by HN',
  'a false officer of an agency that the country has not listed':
    'an agency of the members that this country has listed (callers.members)',
  'a false officer of another country': '`org.country` to be the country that the authority speaks for',
  'a false officer whom no mandate names': 'an officer whom the mandate names',
  'scopes beyond the mandate': 'Person.identifiers SCOPES',
  'another task force than the mandate’s': 'the task force of the mandate in the country token',
  'a purpose beyond the mandate': 'the purposes of the country token to be in the mandate',
  'a later last day than the mandate’s': 'the last day of the mandate in the country token',
  'a token for another gateway': '`act.sub` to be the gateway',
  'a token for another leg key': 'a leg token signed by the key that the country token names in `cnf.jkt`',
  'a token that lives for an hour': 'a lifetime of at most 300 s',
  'a mandate that does not name the country': 'a mandate that names this country',
  'a mandate that is over': 'a mandate whose last day is not over',
  'a mandate that has not begun': 'a mandate that has begun: compare the clocks of authority and node',
  'a mandate of another country': 'a proof that the mandate is in the log of its authority',
  'a mandate of another authority': 'a proof that the mandate is in the log of its authority',
  'a mandate that its own key approved': 'a proof that the mandate is in the log of its authority',
  'a backdated mandate, put into a tree that a witness had cosigned before':
    'a proof that the mandate is in the log of its authority',
  'a mandate that it shows to one country and to no witness': 'a proof that the mandate is in the log of its authority',
  'a country token of its own': 'a signature of the authority',
  'such an id with a field that the officer did not ask for': 'Person.birthDate FIELD',
  'an id that it gave to another question':
    'Query._entities(representations:) ID expected ids of this question; came those of another',
  'an id in the name of another country':
    'Query._entities(representations:) ID expected a key that is pinned for the country',
  'an id of yesterday': 'Query._entities(representations:) ID expected ids of the last 365 s',
  'a leg that it got, sent on with another certificate': '`aud` to be HN',
}

/** Codes that say all: the log has no line for them, or a line without a reason. */
export const WITHOUT_REASON: readonly string[] = [
  ...['CLOSED', 'CERTIFICATE_MISSING', 'MANDATE_UNKNOWN', 'LEG_SALT_REPEATED'],
]
