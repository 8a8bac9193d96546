/**
 * The embedded database (PGlite) sets the permissions of each file that it makes by itself, so the umask of the process does not count: its
 * files would be 0666, with names of persons in them. This module takes the permissions of others from what it sets.
 */

/** The permissions of the group and of others. */
const GROUP_AND_OTHERS = 0o077

/** Sets attributes of a file, such as its permissions (`mode`). */
type SetAttributes = (file: unknown, attributes: { readonly mode?: number | null }) => unknown

/** The part of an Emscripten module that writes to the file system of the machine (emscripten.org, File System API). */
interface ModuleWithFiles {
  readonly NODEFS: Readonly<Record<'node_ops' | 'stream_ops', { setattr: SetAttributes }>>
}

/** The part of PGlite's file systems that this module needs: `init` returns the options with which PGlite starts PostgreSQL. */
interface FileSystem<Options> {
  init(database: never, options: never): Promise<{ readonly emscriptenOpts: Options }>
}

/**
 * Makes a PGlite file system keep its files private (0600).
 * @param files a new `NodeFS` of PGlite, which no database uses yet.
 * @returns the same object.
 */
export function keepDatabaseFilesPrivate<Options extends { preRun?: unknown }, Files extends FileSystem<Options>>(
  files: Files,
): Files {
  const init = files.init.bind(files)
  files.init = async (database, options) => {
    const { emscriptenOpts } = await init(database, options)
    const before = Array.isArray(emscriptenOpts.preRun) ? emscriptenOpts.preRun : []
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [closeToOthers, ...before] } }
  }
  return files
}

function closeToOthers({ NODEFS }: ModuleWithFiles): void {
  for (const operations of [NODEFS.node_ops, NODEFS.stream_ops]) {
    const { setattr } = operations
    operations.setattr = (file, attributes) => {
      const { mode } = attributes
      return setattr(file, mode == null ? attributes : { ...attributes, mode: mode & ~GROUP_AND_OTHERS })
    }
  }
}
