import { openCsv } from './csv.ts'
import { openPostgresql } from './postgresql.ts'
import { type Source, SourceError } from './source.ts'
import type { SourcePlace } from './source-place.ts'

/**
 * Opens a source. What reads MySQL and SQL Server is loaded only when it is needed.
 * @throws {SourceError} if there is no source of this kind, or it cannot be opened.
 */
export async function openSource(place: SourcePlace): Promise<Source> {
  if (place.kind === 'CSV') return openCsv(place)
  const scheme = /^([a-z]+):/.exec(place.url)?.[1]
  if (scheme === 'postgres' || scheme === 'postgresql') return openPostgresql(place.url)
  if (scheme === 'mysql' || scheme === 'mariadb') return (await import('./mysql.ts')).openMysql(place.url)
  if (scheme === 'sqlserver' || scheme === 'mssql') return (await import('./sql-server.ts')).openSqlServer(place.url)
  throw new SourceError(
    `expected a source such as postgres://USER@HOST/DATABASE, mysql://…, mariadb://…, sqlserver://… or the path of a CSV file; came ${
      scheme === undefined ? 'another form' : `${scheme}:`
    }`,
  )
}
