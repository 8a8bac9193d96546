/** What looks like a secret of ours: a private key in PEM, a private JWK, the signer key of a log. */
const SECRET = /PRIVATE KEY|"d"\s*:|PRIVATE\+KEY\+/

/** Whether a text looks like a secret, so that it must not go to others. */
export function looksSecret(text: string): boolean {
  return SECRET.test(text)
}
