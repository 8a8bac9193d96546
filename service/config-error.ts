/**
 * A setting that is missing or wrong. The message names the file or flag, the setting in it, what was expected, what came, and
 * the remedy. A process that throws it while it starts ends with exit code 2.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}
