import type { ErrorEntry } from './entry.ts'

/** What is wrong with who asks: the token, its proof, the signed question, the mandate. The order is that of docs/operating.md. */
export const CALLER_ERRORS = {
  TOKEN_MISSING: {
    status: 401,
    meaning:
      'This needs an access token, and the request has none: log in and send the token as `Authorization: Bearer <token>`.',
    remedy: 'If you do not know how to get a token, ask your own institution.',
    operator: 'In the demo `npm run -s token -- analyst` prints a token.',
  },
  TOKEN_EXPIRED: {
    status: 401,
    meaning: 'The access token has expired: get a new one and send the request again.',
    remedy: 'If a new token is rejected too, ask the operator of your identity provider.',
    operator: 'Compare the clocks of the provider and the gateway.',
  },
  TOKEN_INVALID: {
    status: 401,
    meaning: 'The access token is not valid: get a new one from your own country’s identity provider.',
    remedy:
      'If a new token is rejected too, ask the operator of your identity provider. If its tokens are in order, ask the operator of the gateway, which may not know the provider.',
    operator:
      'Check issuer, audience, algorithm, signature and times of the token against the gateway’s configuration.',
  },
  PROOF_INVALID: {
    status: 401,
    meaning: 'The token is bound to a key, and the request does not prove that the sender has the key.',
    remedy:
      'Send the token with the scheme DPoP and a new proof for this method, address and token, or over TLS with the client certificate that the token names.',
  },
  QUESTION_INVALID: {
    status: 400,
    meaning: 'The signed question does not fit the request, so the gateway passes on neither.',
    remedy:
      'Ask again with the tool of your own country. If that fails too, give its operator the rest of this message.',
    operator:
      'The message says what was expected and what came. Compare the tool’s clock, and its address of the gateway with `--public-url`.',
  },
  NONCE_REQUIRED: {
    status: 401,
    meaning:
      'The proof of the token’s key needs a nonce of this server: make a new proof with the one in the header `DPoP-Nonce`.',
    remedy: 'Clients do this by themselves (RFC 9449, section 9). Update a client that does not.',
  },
  PROOFS_UNAVAILABLE: {
    status: 503,
    meaning: 'The gateway cannot find out whether the proof of the token’s key was used before.',
    remedy: 'Send the request again in a few minutes. If it lasts, ask the operator of the gateway.',
    operator:
      'Make the database of --shared-database available again. Tokens that are bound to a key are rejected until then.',
  },
  KEYS_UNAVAILABLE: {
    status: 503,
    meaning: 'The key set that is needed to check the token is not available.',
    remedy: 'Send the request again in a few minutes. If it lasts, ask the operator of your identity provider.',
    operator: 'Make the issuer’s JWKS available again; the gateway fetches it after a cooldown.',
  },
  MANDATE_UNKNOWN: {
    status: 403,
    meaning: 'The node has not seen the proof of this mandate yet.',
    remedy: 'The gateway sends the proof by itself. If you see this, ask the operator of the gateway.',
    operator:
      'If a node goes on to answer with it, the authority has no proof to give: no witness of that country has cosigned the log of the authority. Start that witness, or name it in `mandates.witnesses` of the authority; the log of the authority says which it waits for.',
  },
} as const satisfies Record<string, ErrorEntry>
