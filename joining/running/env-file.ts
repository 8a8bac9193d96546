import { UsageError } from '../../service/usage-error.ts'

/** Files of settings, as systemd reads an `EnvironmentFile=` (systemd.exec(5)) and a shell reads them, for commands that look at a node from outside. */

/** A line without a setting; or a setting with its value in double quotes, in single quotes or without. A value in quotes may have several lines. */
const STATEMENT =
  /[^\S\n]*(?:[#;][^\n]*|([A-Za-z_]\w*)[^\S\n]*=[^\S\n]*(?:(?:"([^"\\]*(?:\\[\s\S][^"\\]*)*)"|'([^']*)')[^\S\n]*|((?![^\S\n]*["'])[^\n]*)))?(?:\n|$)/y

/**
 * Parses the text of such a file: `NAME=value` lines, with values in single or double quotes or without. Lines that are empty or begin with `#` or
 * `;` are comments.
 * @param file the path, for messages.
 * @returns the values by name; the last line of a name counts.
 * @throws {UsageError} for a line of another form. The message has its number, and nothing of its value.
 */
export function parseEnvFile(text: string, file: string): Readonly<Record<string, string>> {
  const values: Record<string, string> = {}
  for (let at = 0; at < text.length; ) {
    STATEMENT.lastIndex = at
    const found = STATEMENT.exec(text)
    if (found === null) {
      const line = text.slice(0, at).split('\n').length
      throw new UsageError(`${file}, line ${line}: expected NAME=value, and quotes that end; came another form`)
    }
    const [statement, name, double, single, plain] = found
    // In double quotes, a backslash stands before a quote, a backslash, a dollar sign or a backtick.
    const value = double?.replace(/\\\n|\\(["\\$`])/g, '$1') ?? single ?? plain?.trimEnd()
    if (name !== undefined && value !== undefined) values[name] = value
    at += statement.length
  }
  return values
}

/** Writes a line of such a file, without its end. Systemd, a shell and {@link parseEnvFile} read the same value in it. */
export function formatSetting(name: string, value: string): string {
  return `${name}=${/^[\w./:@,=+-]*$/.test(value) ? value : `"${value.replace(/["\\$`]/g, '\\$&')}"`}`
}
