/**
 * Returns the URL of a module that runs separately: in a worker, or as the program of a child process. In a checkout Node runs the
 * TypeScript; in a pack the same module is JavaScript. tsc changes the names of imports but not of such a module, so this function does.
 * @param meta `import.meta` of the module that starts the other one, which has the same extension.
 * @param path the module's path in a checkout, relative to the one that starts it: `./worker.ts`.
 * @returns a `file:` URL.
 */
export function siblingModule(meta: Pick<ImportMeta, 'url'>, path: `${'./' | '../'}${string}.ts`): URL {
  const isJavaScript = new URL(meta.url).pathname.endsWith('.js')
  return new URL(isJavaScript ? path.replace(/\.ts$/, '.js') : path, meta.url)
}
