/**
 * Reads the URL of a database. A socket to PostgreSQL has no host: `postgres:///sisej?host=/run/postgresql&user=reader`. It may also be written with a
 * user before the empty host, as PostgreSQL's own tools take it, and is read as the same.
 * @returns null if the text is not a URL.
 */
export function readDatabaseUrl(text: string): URL | null {
  if (URL.canParse(text)) return new URL(text)
  const [, scheme, user = '', place = ''] = /^(postgres(?:ql)?:\/\/)([^/?#@:]+)@(\/[^@]*)$/i.exec(text) ?? []
  if (scheme === undefined || !URL.canParse(`${scheme}${place}`)) return null
  // Read as a parameter, a user with a wrong escape does not throw.
  const name = new URLSearchParams(`user=${user.replaceAll('+', '%2B')}`).get('user') ?? ''
  return new URL(`${scheme}${place}${place.includes('?') ? '&' : '?'}user=${encodeURIComponent(name)}`)
}

/** Puts a password into the URL of a database. Without a host, a URL has it as a parameter, as the driver of PostgreSQL reads it. */
export function putPassword(url: URL, password: string): string {
  const filled = new URL(url)
  filled.password = encodeURIComponent(password)
  if (filled.password === '' && password !== '') filled.searchParams.set('password', password)
  return filled.href
}

/** The forms of a URL, for messages. */
export const DATABASE_URL_FORMS =
  'a URL such as postgres://USER@HOST/DATABASE, or postgres:///DATABASE?host=FOLDER&user=USER for a socket'
