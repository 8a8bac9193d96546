import { createConnection } from 'mysql2/promise'

/**
 * Runs statements on a MySQL or MariaDB server, for tests.
 * @param url `mysql://…`, or `mariadb://…`.
 */
export async function changeMysql(url: string, statements: readonly string[]): Promise<void> {
  const connection = await createConnection(url.replace('mariadb:', 'mysql:'))
  await connection.query("set time_zone = '+00:00'")
  for (const sql of statements) await connection.query(sql)
  await connection.end()
}
