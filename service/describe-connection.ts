/** What a person does when a database cannot be reached, by the code that Node or the database gives. */
export const CONNECTION_REMEDIES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there. Is the server running, and is the port right?',
  ENOENT: 'no server has its socket there. Is the server running, and is the folder after host= right?',
  EACCES: 'this user may not use that socket. Look at the rights of its folder.',
  ENOTFOUND: 'there is no host of that name. Look at the name, and at the DNS of this machine.',
  EAI_AGAIN: 'the name of the host cannot be looked up now. Look at the DNS of this machine.',
  ETIMEDOUT: 'the host does not answer. Is a firewall between?',
  EHOSTUNREACH: 'the host cannot be reached. Is a firewall between?',
  '57P03': 'the server is starting. Run the command again in a minute.',
  '53300': 'the server has no free connection. Run the command again later, or raise max_connections.',
  '28P01': 'the user or the password is wrong. Correct them in the address of the database.',
  '28000':
    'the server has no such user, or lets it in from nowhere, or not from here. Look at the user in the address, and at pg_hba.conf.',
  '3D000':
    'the server has no database of this name. Correct the name in the address, or make it: create database NAME.',
}

/**
 * Says why a database did not do what was wanted, and what a person can do.
 * @param label where it is, without a password ({@link labelUrl}).
 * @param doing what was tried: `connect`, `read the table expediente`.
 * @param remedies what to do, by the code of the error.
 */
export function describeFailure(
  label: string,
  doing: string,
  error: unknown,
  remedies: Readonly<Record<string, string>> = CONNECTION_REMEDIES,
): string {
  const { code, message } = describe(error)
  const remedy = remedies[code] ?? ''
  return `${label}: expected to ${doing}; came «${message}»${code && ` (${code})`}${remedy && `: ${remedy}`}`
}

function describe(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: '', message: String(error) }
  // A name with several addresses fails with one error for each.
  if (error instanceof AggregateError && error.errors.length > 0) return describe(error.errors[0])
  const { code } = error as { code?: unknown }
  return { code: typeof code === 'string' ? code : '', message: error.message.replace(/\s+/g, ' ').trim() }
}

/** What {@link labelUrl} returns for a text that it cannot read as a URL. */
export const UNREADABLE = 'the source'

/**
 * Writes a URL without user and password: `postgres://old/sisej`. Of a socket, whose URL has no host, it adds the folder:
 * `postgres:///istmo_ni?host=/var/run/postgresql`. A text of another form is `the source`, because a password may stand anywhere in it.
 */
export function labelUrl(url: string): string {
  // `user@` without a host is a socket to PostgreSQL, and no URL to `new URL`.
  const ofSocket = url.replace(/^([a-z]+:\/\/)[^/?#@]*@(?=[/?#]|$)/i, '$1')
  if (!URL.canParse(ofSocket)) return UNREADABLE
  const { protocol, host, pathname, searchParams } = new URL(ofSocket)
  // The `@` that ends the password stands behind a slash of the password: what looks like a host is a part of it.
  if (pathname.includes('@')) return UNREADABLE
  const folder = host === '' ? searchParams.get('host') : null
  return `${protocol}//${host}${pathname}${folder === null ? '' : `?host=${folder}`}`.slice(0, 200)
}
