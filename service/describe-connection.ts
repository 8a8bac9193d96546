import { readWords } from '../contract/read-words.ts'

/** What the codes of the system, of databases and of TLS mean for a person. */
type SystemErrors = Readonly<
  Record<'connection' | 'files' | 'acts' | 'certificates' | 'tls' | 'listen', Readonly<Record<string, string>>>
>

/** Returns what a code means for a person, from system-errors.en.yaml; undefined if it is not of this kind. The file is read with the first error. */
export function explainCode(kind: keyof SystemErrors, code: string | undefined): string | undefined {
  if (code === undefined) return undefined
  const texts = readWords<SystemErrors>(new URL('system-errors.en.yaml', import.meta.url))[kind]
  return Object.hasOwn(texts, code) ? texts[code] : undefined
}

/**
 * Says why a database did not do what was wanted, and what a person can do.
 * @param label where it is, without a password ({@link labelUrl}).
 * @param doing what was tried: `connect`, `read the table expediente`.
 * @param remedies what to do, by the code of the error, before what {@link explainCode} says.
 */
export function describeFailure(
  label: string,
  doing: string,
  error: unknown,
  remedies: Readonly<Record<string, string>> = {},
): string {
  const { code, message } = describe(error)
  const remedy = remedies[code] ?? explainCode('connection', code) ?? ''
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
