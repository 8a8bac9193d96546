import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, resolve } from 'node:path'
import { FILE } from '../../service/command-spec.ts'
import { ConfigError } from '../../service/config-error.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { UsageError } from '../../service/usage-error.ts'
import { type NodeConfig, readNodeConfig } from '../../subgraphs/kit/config.ts'
import { NODE_SETTINGS, NODE_VARIABLES, type NodeFlags, type NodeSettingKey } from '../../subgraphs/kit/settings.ts'

/** The settings of a node, as a command that looks at the node from outside reads them. */
export interface NodePlace {
  readonly config: NodeConfig
  /** The file of the settings; null if they came from flags and the environment. */
  readonly envFile: string | null
  /** The names in that file that nobody reads: no setting of a node has them, and no other program that we know. */
  readonly unknownNames: readonly string[]
  /** The folder to which the paths in the settings are relative. Paths in `config` are absolute already. */
  readonly folder: string
}

/** The option that names the file of a node’s settings. */
export const ENV_OPTION = FILE

/** What stands for the value of a setting that is a path. */
const PATHS = ['file', 'dir', 'url|file'] as const

/** A setting that is the path of a file or folder. `gatewayJwks` may be a URL. */
export type PathSetting = {
  [Key in NodeSettingKey]: (typeof NODE_SETTINGS)[Key]['value'] extends (typeof PATHS)[number] ? Key : never
}[NodeSettingKey]

/** All settings that are paths. */
export const PATH_SETTINGS = Object.entries(NODE_SETTINGS).flatMap(([key, { value }]) =>
  PATHS.some((each) => each === value) ? [key as PathSetting] : [],
)

/** Names that systemd or Node.js read, and not the node. */
const NOT_OURS = /^(NODE_|LC_|LANG$|TZ$|PATH$|HOME$|UV_)/

/** The settings of a node as options of another command, none of which the command demands by itself. */
export const NODE_OPTIONS = NODE_SETTINGS

/**
 * Reads the settings of a node.
 * @param line the flags of a command with {@link NODE_OPTIONS} and {@link ENV_OPTION}. A flag takes precedence over the file.
 * @param env the environment of the process, which counts only without `--env`.
 * @throws {UsageError} if the file cannot be read or has another form.
 * @throws {ConfigError} if a setting is missing or wrong. The message names all of them.
 */
export async function readNodePlace(
  line: NodeFlags & { readonly env?: string | undefined },
  env: Readonly<Record<string, string | undefined>>,
): Promise<NodePlace> {
  const { env: envFile } = line
  const values = envFile === undefined ? env : parseEnvFile(await readText(envFile), envFile)
  const folder = envFile === undefined ? process.cwd() : dirname(resolve(envFile))
  try {
    const config = readNodeConfig(line, values)
    const paths = PATH_SETTINGS.flatMap((key) => {
      const value = config[key]
      // What a flag names is relative to where the command was typed.
      const base = line[key] === undefined ? folder : process.cwd()
      return value === undefined ? [] : [[key, toAbsolute(value, base)] as const]
    })
    return {
      config: { ...config, ...Object.fromEntries(paths) },
      envFile: envFile ?? null,
      folder,
      unknownNames: envFile === undefined ? [] : listUnknown(Object.keys(values)),
    }
  } catch (error) {
    throw new ConfigError((error as Error).message.replace('The node cannot start.', 'The settings are wrong.'), {
      cause: error,
    })
  }
}

function listUnknown(names: readonly string[]): readonly string[] {
  return names.filter((name) => !NODE_VARIABLES.includes(name) && !NOT_OURS.test(name))
}

function toAbsolute(path: string, base: string): string {
  return isAbsolute(path) || /^https?:\/\//.test(path) ? path : resolve(base, path)
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new UsageError(`--env: expected a file that can be read; ${file}: ${describeFileError(error)}`)
  }
}

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
