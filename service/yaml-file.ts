import { readFile } from 'node:fs/promises'
import { parse as parseYaml } from 'yaml'
import type { z } from 'zod'
import { ConfigError } from './config-error.ts'
import { describeFileError } from './describe-error.ts'
import { describeIssues } from './describe-issues.ts'

/** How to read a YAML file. */
export interface YamlFileOptions {
  /** The last sentence of each error: what the operator can do, such as «countries/ has examples.». */
  readonly remedy: string
  /** Whether `<<` merges a mapping into another one. Default: no. */
  readonly merge?: boolean
}

/**
 * Reads a YAML file of settings.
 * @param schema the form of the file. Make its objects strict, so that a misspelt setting is an error.
 * @returns the output of the schema.
 * @throws {ConfigError} if the file is wrong. The message names the file, the path of the setting in it, what was expected, and the remedy.
 */
export async function readYamlFile<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  { remedy, merge = false }: YamlFileOptions,
): Promise<z.output<Schema>> {
  const text = await readText(file, remedy)
  const parsed = schema.safeParse(parseText(file, text, remedy, merge))
  if (parsed.success) return parsed.data
  const lines = describeIssues(parsed.error.issues, schema, text).map(
    ({ path, message }) => `${file}: ${path}: ${message.replace(/[^?]$/, '$&.')}`,
  )
  throw new ConfigError(`${lines.join('\n')}${lines.length > 1 ? '\n' : ' '}${remedy}`, { cause: parsed.error })
}

/** Creates the error for one wrong setting of a file. `message`: what was expected, what came, and the remedy. */
export function wrongSetting(file: string, path: string, message: string, cause?: unknown): ConfigError {
  return new ConfigError(`${file}: ${path}: ${message}`, { cause })
}

async function readText(file: string, remedy: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw notYaml(file, remedy, cause as Error)
  }
}

function parseText(file: string, text: string, remedy: string, merge: boolean): unknown {
  try {
    return parseYaml(text, { merge })
  } catch (cause) {
    throw notYaml(file, remedy, cause as Error)
  }
}

function notYaml(file: string, remedy: string, cause: Error): ConfigError {
  // The first line names the mistake and ends with a colon; the others show the file.
  const reason = describeFileError(cause)
    .split('\n', 1)
    .join()
    .replace(/[.:]?$/, '.')
  return new ConfigError(`${file}: expected a YAML file: ${reason} ${remedy}`, { cause })
}
