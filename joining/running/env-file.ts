import { UsageError } from '../../service/usage-error.ts'

/** Reads a file of settings as systemd reads an `EnvironmentFile=` (systemd.exec(5)), for commands that look at a node from outside. */

const LINE = /^([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/

/**
 * Parses the text of such a file: `NAME=value` lines, with values in single or double quotes or without. Lines that are empty or begin with `#` or
 * `;` are comments.
 * @param file the path, for messages.
 * @returns the values by name; the last line of a name counts.
 * @throws {UsageError} for a line of another form. The message has its number, and nothing of its value.
 */
export function parseEnvFile(text: string, file: string): Readonly<Record<string, string>> {
  const values: Record<string, string> = {}
  for (const [at, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    const [, name, value] = LINE.exec(line) ?? []
    const read = value === undefined ? undefined : unquote(value)
    if (name === undefined || read === undefined)
      throw new UsageError(`${file}, line ${at + 1}: expected NAME=value, and quotes that end; came another form`)
    values[name] = read
  }
  return values
}

/** Takes the quotes off a value. In double quotes, a backslash stands before a quote, a backslash, a dollar sign or a backtick. */
function unquote(value: string): string | undefined {
  const quote = value[0]
  if (quote !== '"' && quote !== "'") return value.trimEnd()
  const body = value.trimEnd()
  if (body.length < 2 || !body.endsWith(quote)) return undefined
  const inner = body.slice(1, -1)
  if (quote === "'") return inner.includes("'") ? undefined : inner
  if (/(^|[^\\])(\\\\)*"/.test(inner)) return undefined
  return inner.replace(/\\(["\\$`])/g, '$1')
}
