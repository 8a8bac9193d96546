import { readFile } from 'node:fs/promises'
import { parse as parseYaml } from 'yaml'
import type { z } from 'zod'
import { ConfigError } from './config-error.ts'

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
  const parsed = schema.safeParse(await readYaml(file, remedy, merge))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw wrongSetting(file, issue?.path.join('.') || '(the whole)', `${issue?.message}. ${remedy}`, parsed.error)
}

/** Creates the error for one wrong setting of a file. `message`: what was expected, what came, and the remedy. */
export function wrongSetting(file: string, path: string, message: string, cause?: unknown): ConfigError {
  return new ConfigError(`${file}: ${path}: ${message}`, { cause })
}

async function readYaml(file: string, remedy: string, merge: boolean): Promise<unknown> {
  try {
    return parseYaml(await readFile(file, 'utf8'), { merge })
  } catch (cause) {
    // The first line names the mistake and ends with a colon; the others show the file.
    const reason = (cause as Error).message
      .split('\n', 1)
      .join()
      .replace(/[.:]?$/, '.')
    throw new ConfigError(`${file}: expected a YAML file: ${reason} ${remedy}`, { cause })
  }
}
