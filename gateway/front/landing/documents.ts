import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { extname, join } from 'node:path'
import { pathOf } from '../../../service/http/credentials.ts'
import { sendText } from '../../../service/http/json-response.ts'
import type { Route } from '../../../service/http/route.ts'

const require = createRequire(import.meta.url)

/** The pages in Markdown that the landing page leads to: those of a folder and of `docs` in it, with their pictures. */

/** Below what they are served. */
const DOCUMENTS_PATH = '/docs/'

const PICTURES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
}

/** What we use of markdown-it, which has no types of its own. */
interface Markdown {
  render(text: string): string
  readonly renderer: { readonly rules: Record<string, (tokens: readonly Token[], at: number) => string> }
}

interface Token {
  readonly tag: string
  readonly content: string
}

/** Creates a route for each page and picture. The files are read when somebody asks for them. */
export async function createDocumentRoutes(
  folder: string,
  headers: Readonly<Record<string, string>>,
): Promise<readonly (readonly [path: string, route: Route])[]> {
  const [top, below] = await Promise.all([readdir(folder), readdir(join(folder, 'docs'), { recursive: true })])
  const files = [...top, ...below.map((path) => `docs/${path.replaceAll('\\', '/')}`)]
  const markdown = openMarkdown()
  const route: Route = {
    methods: ['GET', 'HEAD'],
    async answer(request, response) {
      const path = pathOf(request).slice(DOCUMENTS_PATH.length)
      const picture = PICTURES[extname(path)]
      // A character for each byte.
      const text = await readFile(join(folder, path), picture === undefined ? 'utf8' : 'latin1')
      if (picture !== undefined) return sendText(response, 200, text, { 'content-type': picture }, 'latin1')
      sendText(response, 200, writeDocument(path, markdown.render(text.replaceAll(/<!--.*?-->\n?/gs, ''))), {
        ...headers,
        'content-type': 'text/html; charset=utf-8',
      })
    },
  }
  return files
    .filter((path) => path.endsWith('.md') || Object.hasOwn(PICTURES, extname(path)))
    .map((path) => [`${DOCUMENTS_PATH}${path}`, route] as const)
}

/** HTML in a page is shown as text. A heading has the name by which links lead to it. */
function openMarkdown(): Markdown {
  const markdown: Markdown = require('markdown-it')({ html: false })
  markdown.renderer.rules.heading_open = (tokens, at) => {
    const name = (tokens[at + 1]?.content ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
    return `<${tokens[at]?.tag} id="${name}">`
  }
  return markdown
}

function writeDocument(path: string, body: string): string {
  const language = /(?:^|\/)es\/|\.es\.md$/.test(path) ? 'es' : 'en'
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Istmo</title>
<link rel="icon" href="data:,">
<link rel="preload" href="/inter.woff2" as="font" type="font/woff2" crossorigin>
<link rel="stylesheet" href="/landing.css">
</head>
<body>
<header><a href="/"><strong>Istmo</strong></a></header>
<main><article>
${body}</article></main>
</body>
</html>
`
}
