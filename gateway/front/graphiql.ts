import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { sendText } from '../../service/http/json-response.ts'
import type { Route } from '../../service/http/route.ts'

const require = createRequire(import.meta.url)

/** The page may load from and send to only this gateway. GraphiQL's editor writes style elements, and its fonts are in its style sheet. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const SCRIPT = 'text/javascript; charset=utf-8'
const STYLE = 'text/css; charset=utf-8'

/** The page's own scripts, which import one another. */
const MODULES = ['page.js', 'texts.js', 'questions.js', 'countries-line.js', 'bearer-line.js', 'accessible.js']

/** Lists the files of the page with their paths: unchanged files of the packages, and the files of the `page` folder. */
function listFiles(): readonly (readonly [path: string, file: string, type: string])[] {
  const page = join(import.meta.dirname, 'page')
  // React does not export its UMD files, so they are found from its package file.
  const react = dirname(require.resolve('react/package.json'))
  const reactDom = dirname(require.resolve('react-dom/package.json'))
  const graphiql = dirname(require.resolve('graphiql/package.json'))
  return [
    ...['/graphiql', '/graphiql/'].map((path) => [path, join(page, 'index.html'), 'text/html; charset=utf-8'] as const),
    ...MODULES.map((name) => [`/graphiql/${name}`, join(page, name), SCRIPT] as const),
    ['/graphiql/page.css', join(page, 'page.css'), STYLE],
    ['/graphiql/react.js', join(react, 'umd/react.production.min.js'), SCRIPT],
    ['/graphiql/react-dom.js', join(reactDom, 'umd/react-dom.production.min.js'), SCRIPT],
    ['/graphiql/graphiql.js', join(graphiql, 'graphiql.min.js'), SCRIPT],
    ['/graphiql/graphiql.css', join(graphiql, 'graphiql.min.css'), STYLE],
  ]
}

/** Creates the routes of GraphiQL at `/graphiql`, with a box for a bearer token. Reads the files now; the page loads nothing from other hosts. */
export function createGraphiqlRoutes(): Promise<(readonly [path: string, route: Route])[]> {
  return Promise.all(
    listFiles().map(async ([path, file, type]) => {
      const text = await readFile(file, 'utf8')
      const headers = { 'content-type': type, 'content-security-policy': CONTENT_SECURITY_POLICY }
      const route: Route = {
        methods: ['GET', 'HEAD'],
        answer: (_, response) => sendText(response, 200, text, headers),
      }
      return [path, route] as const
    }),
  )
}
