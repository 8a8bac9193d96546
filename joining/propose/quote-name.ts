/**
 * Writes the name of a table or a column for a `select`: in quotes if the source would read another name without them. PostgreSQL makes large letters small.
 * @param name a dot stands between a schema and a table.
 * @param url of the source.
 */
export function quoteName(name: string, url: string): string {
  const isMysql = /^(?:mysql|mariadb):/.test(url)
  const plain = /^postgres/.test(url) ? /^[a-z_][a-z0-9_$]*$/ : /^[A-Za-z_][\w$]*$/
  const mark = isMysql ? '`' : '"'
  const parts = name.split('.')
  return parts
    .map((part) => (plain.test(part) ? part : `${mark}${part.replaceAll(mark, mark + mark)}${mark}`))
    .join('.')
}
