import { readFile } from 'node:fs/promises'
import { ConfigError } from './config-error.ts'
import { describeFileError } from './describe-error.ts'

/**
 * Reads and parses a file that a setting names.
 * @param file the path of the file.
 * @param setting how the operator sets it, for the error's remedy: `--audit-log-key (AUDIT_LOG_KEY_FILE)`.
 * @param parse turns the text of the file into its value, and throws if the text has another form.
 * @throws {ConfigError} if the file cannot be used. The message names the file, the reason and the setting. The reason quotes nothing of
 * the file, unless the error of `parse` does.
 */
export async function readSetting<Value>(
  file: string,
  setting: string,
  parse: (text: string) => Value,
): Promise<Value> {
  try {
    return parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw new ConfigError(`${file}: expected a usable file: ${describeFileError(cause)}. Correct ${setting}.`, {
      cause,
    })
  }
}
