import { access, readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative } from 'node:path'
import { listFilesNamedIn } from '../../service/country-file-names.ts'
import { ENV_FILE } from './backup-settings.ts'
import { parseEnvFile } from './env-file.ts'

/** A file that a restored country's file names by the path that it had on the machine of the backup. */
export interface AbsoluteName {
  /** Where the country's file names it: `domains.cases.sdl`. */
  readonly where: string
  readonly file: string
  /** The path of its copy, relative to the country's file; null if the backup has none. */
  readonly copy: string | null
}

/** What names files by absolute paths: the country's file, relative to the restored folder. */
export interface AbsoluteNames {
  readonly rules: string
  readonly names: readonly AbsoluteName[]
}

/**
 * Lists the files that the country's file of a restored node names by absolute paths: the node would read those, or nothing, and not the copies beside it.
 * Nothing is rewritten, because the gateway compares what the file says.
 * @param folder the folder of the restored node.
 * @returns null if there are none, or the node has no country's file.
 */
export async function findAbsoluteNames(folder: string): Promise<AbsoluteNames | null> {
  const env = join(folder, ENV_FILE)
  const { RULES_FILE: rules } = parseEnvFile(await readFile(env, 'utf8'), env)
  if (!rules) return null
  const file = join(folder, rules)
  const named = listFilesNamedIn(await readFile(file, 'utf8')).filter((each) => isAbsolute(each.file))
  const names = await Promise.all(
    named.map(async (each) => {
      const copy = await findCopy(join(folder, 'rules'), each.file)
      return { where: each.path.join('.'), file: each.file, copy: copy && relative(dirname(file), copy) }
    }),
  )
  return names.length === 0 ? null : { rules, names }
}

/** A copy stands where the file stood, below the folder that all files of the country had in common: its path there ends the path that it had. */
async function findCopy(folder: string, file: string): Promise<string | null> {
  const parts = file.split('/').slice(1)
  for (const at of parts.keys()) {
    const path = join(folder, ...parts.slice(at))
    const isThere = await access(path).then(
      () => true,
      () => false,
    )
    if (isThere) return path
  }
  return null
}
