// Written by `npm run generate` from words.en.yaml.
/** The keys of the words, each with its holes. */
export interface Keys {
  head: 'country' | 'gateway'
  ids: 'request'
  idsAndCertificate: 'certificate' | 'request'
  file: never
  'steps.FILE': never
  'steps.NAME': never
  'steps.CONNECTION': never
  'steps.SERVER': never
  'steps.LEG': never
  'steps.CLOCK': never
  'steps.RECEIPT': never
  'steps.KEY': never
  'steps.RULES': never
  skipped: never
  'nothingToCompare.SERVER': never
  'nothingToCompare.CLOCK': never
  'nothingToCompare.RECEIPT': never
  'nothingToCompare.KEY': never
  'nothingToCompare.RULES': never
  good: never
  bad: 'count'
  'clock.ahead': 'seconds'
  'clock.behind': 'seconds'
  noServer: 'origin' | 'reason'
  refused: 'message' | 'status' | 'url'
  noMessage: never
  'officer.head': never
  'officer.good': never
  'officer.bad': never
  'officer.unbelieved': 'country'
  'remedies.ADDRESS_REFUSED': never
  'remedies.ENOTFOUND': never
  'remedies.EAI_AGAIN': never
  'remedies.ECONNREFUSED': never
  'remedies.ETIMEDOUT': never
  'remedies.EHOSTUNREACH': never
  'remedies.ENETUNREACH': never
  'remedies.DEPTH_ZERO_SELF_SIGNED_CERT': never
  'remedies.SELF_SIGNED_CERT_IN_CHAIN': never
  'remedies.UNABLE_TO_VERIFY_LEAF_SIGNATURE': never
  'remedies.UNABLE_TO_GET_ISSUER_CERT_LOCALLY': never
  'remedies.CERT_SIGNATURE_FAILURE': never
  'remedies.UNSPECIFIED': never
  'remedies.SERVER_KEY_NOT_PINNED': never
  'remedies.CERT_HAS_EXPIRED': never
  'remedies.SERVER_CERTIFICATE_EXPIRED': never
  'remedies.ERR_TLS_CERT_ALTNAME_INVALID': never
  'remedies.INVALID_PURPOSE': never
  'remedies.ERR_SSL_WRONG_VERSION_NUMBER': never
  'remedies.ERR_SSL_PACKET_LENGTH_TOO_LONG': never
  'remedies.ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION': never
  'remedies.ERR_SSL_UNSUPPORTED_PROTOCOL': never
  'remedies.ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED': never
  'remedies.ERR_SSL_TLSV1_ALERT_UNKNOWN_CA': never
  'remedies.CERTIFICATE_MISSING': never
  'remedies.UND_ERR_SOCKET': never
  'remedies.ECONNRESET': never
  'remedies.TOKEN_INVALID': never
  'remedies.TOKEN_EXPIRED': never
  'remedies.TOKEN_MISSING': never
  'remedies.LEG_SALT_MISSING': never
  'remedies.KEYS_UNAVAILABLE': never
  'remedies.RECORDS_UNAVAILABLE': never
  'remedies.NO_ROWS': never
  'remedies.BAD_ANSWER': never
  'remedies.SUSPENDED': never
  'remedies.LEG_DEADLINE': never
  'remedies.RECEIPT_INVALID': never
  'remedies.KEY_NOT_IN_FILE': never
  'remedies.KEY_DIFFERS': never
  'remedies.POLICIES_DIFFER': never
  'remedies.RULES_DIFFER': never
}
