import { openPostgresql } from './postgresql.ts'
import { type Source, SourceError } from './source.ts'

/** The databases that can be a source. Another one is a row of {@link DATABASES}, and the file that opens it. */

interface Database {
  /** How its URL begins; the first is the one that messages show. */
  readonly schemes: readonly string[]
  /** Names that it reads as they are written. All others stand in quotes. */
  readonly plainName: RegExp
  readonly quote: '"' | '`'
  /** @throws {SourceError} if it cannot connect, or its driver is not installed. */
  readonly open: (url: string) => Promise<Source>
}

const ANY_CASE = /^[A-Za-z_][\w$]*$/

const DATABASES: readonly Database[] = [
  // It makes large letters small.
  { schemes: ['postgres', 'postgresql'], plainName: /^[a-z_][a-z0-9_$]*$/, quote: '"', open: openPostgresql },
  {
    schemes: ['mysql', 'mariadb'],
    plainName: ANY_CASE,
    quote: '`',
    open: async (url) => (await import('./mysql.ts')).openMysql(url),
  },
  {
    schemes: ['sqlserver', 'mssql'],
    plainName: ANY_CASE,
    quote: '"',
    open: async (url) => (await import('./sql-server.ts')).openSqlServer(url),
  },
]

/** The schemes but that of PostgreSQL, for messages: `mysql, mariadb, sqlserver, mssql`. */
export const OTHER_SCHEMES = DATABASES.slice(1)
  .flatMap(({ schemes }) => schemes)
  .join(', ')

/** Whether a URL is that of a database which can be a source. */
export function isDatabaseUrl(url: string): boolean {
  return find(url) !== undefined
}

/**
 * Opens a database as a source. What reads another one than PostgreSQL is loaded only when it is needed.
 * @throws {SourceError} if there is no database of this kind, or it cannot be opened.
 */
export async function openDatabase(url: string): Promise<Source> {
  const database = find(url)
  if (database !== undefined) return database.open(url)
  const scheme = /^[a-z]+:/i.exec(url)?.[0] ?? 'another form'
  throw new SourceError(
    `expected postgres://USER@HOST/DATABASE, or ${OTHER_SCHEMES} in place of postgres, or the path of a CSV file; came ${scheme}`,
  )
}

/**
 * Writes the name of a table or a column for a `select`: in quotes if the database would read another name without them.
 * @param name a dot stands between a schema and a table.
 * @param url of the database.
 */
export function quoteName(name: string, url: string): string {
  const { plainName, quote } = find(url) ?? { plainName: ANY_CASE, quote: '"' }
  return name
    .split('.')
    .map((part) => (plainName.test(part) ? part : `${quote}${part.replaceAll(quote, quote + quote)}${quote}`))
    .join('.')
}

function find(url: string): Database | undefined {
  const scheme = /^([a-z]+):\/\//i.exec(url)?.[1]?.toLowerCase()
  return DATABASES.find(({ schemes }) => scheme !== undefined && schemes.includes(scheme))
}

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
