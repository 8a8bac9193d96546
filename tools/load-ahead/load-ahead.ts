import type { HtmlTagDescriptor, Plugin } from 'vite'

/** What a plugin sees of a built file. */
interface Chunk {
  readonly type: 'chunk' | 'asset'
  readonly fileName: string
  /** The paths of the modules in it. */
  readonly moduleIds?: readonly string[]
  readonly imports?: readonly string[]
  readonly isEntry?: boolean
}

/**
 * Makes the plugin that names modules in the page which the page's first file loads later: the browser then loads them beside it, and not after it.
 * @param modules the ends of the modules' paths.
 */
export function loadAhead(modules: readonly string[]): Plugin {
  let base = '/'
  return {
    name: 'istmo-load-ahead',
    apply: 'build',
    configResolved: (config) => {
      base = config.base
    },
    transformIndexHtml: {
      order: 'post',
      handler: (_, { bundle = {} }) =>
        listAhead(Object.values(bundle), modules).map(
          (file): HtmlTagDescriptor => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: true, href: `${base}${file}` },
            injectTo: 'head',
          }),
        ),
    },
  }
}

/**
 * Lists the files of modules, with what they import, without what the page names already.
 * @throws {Error} if no file has a module.
 */
export function listAhead(chunks: readonly Chunk[], modules: readonly string[]): readonly string[] {
  const byFile = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
  const importsOf = (file: string, found: Set<string>): Set<string> => {
    if (found.has(file)) return found
    found.add(file)
    for (const other of byFile.get(file)?.imports ?? []) importsOf(other, found)
    return found
  }
  const named = new Set<string>()
  for (const { isEntry, fileName } of chunks) if (isEntry === true) importsOf(fileName, named)
  const ahead = new Set<string>()
  for (const module of modules) {
    const chunk = chunks.find(({ moduleIds }) => moduleIds?.some((id) => id.endsWith(`/${module}`)) === true)
    if (chunk === undefined) throw new Error(`expected a file with ${module}, which the page loads later`)
    importsOf(chunk.fileName, ahead)
  }
  return [...ahead].filter((file) => !named.has(file))
}
