import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import { browserModules } from '../../tools/browser-modules/browser-modules.ts'
import { wordFiles } from '../../tools/browser-modules/word-files.ts'
import { type FrameFigures, summarizeFrames } from './frames.ts'
import { makeNetwork } from './made-up-network.ts'

/** How long the picture is dragged, in milliseconds. */
const DRAG_MS = 4_000

const TYPES: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript', css: 'text/css' }

/** What dragging a large network showed. */
export interface NetworkFigures extends FrameFigures {
  /** From the request of the page until the picture is drawn, in milliseconds. */
  readonly drawnMs: number
}

/** The parts of the picture that are drawn, as a number that changes when they move. Zero: nothing is drawn. */
const LOOK = `[...document.querySelectorAll('.graph canvas')].reduce((sum, canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 0) sum = (sum * 31 + at) % 1000000007
  return sum
}, 0)`

/**
 * Drags the console's own picture of a made-up network with the mouse, and counts the frames that the browser draws.
 * @throws {Error} if the picture is empty, does not say how many nodes it has, or does not move.
 */
export async function measureNetwork(browser: Browser, nodes: number): Promise<NetworkFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-bench-console-'))
  try {
    await build({
      ...{ configFile: false, logLevel: 'error', root: join(import.meta.dirname, '../../console/bench') },
      plugins: [browserModules(), wordFiles()],
      oxc: { jsx: { runtime: 'automatic' } },
      build: { outDir: folder, emptyOutDir: true, target: 'es2022' },
    })
    const { nodes: made, edges } = makeNetwork(nodes)
    const start = 'GT:C-0'
    const served = JSON.stringify({ start, nodes: [...made.values()], edges })
    const server = await serveFolder(folder, new Map([['/network.json', Buffer.from(served)]]))
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    try {
      const { port } = server.address() as AddressInfo
      return await dragPicture(page, `http://127.0.0.1:${port}/index.html`, nodes)
    } finally {
      await page.close()
      server.close()
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function dragPicture(page: Page, address: string, nodes: number): Promise<NetworkFigures> {
  const beganAt = performance.now()
  await page.goto(address)
  const isDrawn = `document.querySelector('.graph canvas') !== null && ${LOOK} !== 0`
  await page.waitForFunction(isDrawn, undefined, { polling: 250 })
  const drawnMs = performance.now() - beganAt
  const label = (await page.locator('.graph').getAttribute('aria-label')) ?? ''
  if (!label.startsWith(`${nodes} `)) throw new Error(`expected a picture of ${nodes} nodes; came ${label}`)
  const before = await page.evaluate(LOOK)
  const box = await page.locator('.graph').boundingBox()
  if (box === null) throw new Error('expected the picture to be on the page')
  // The corner is empty: who drags a node moves the node.
  const [x, y] = [box.x + 6, box.y + 6]
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.evaluate(`{
    window.drawnAt = []
    const note = (time) => { window.drawnAt.push(time); if (!window.isOver) requestAnimationFrame(note) }
    requestAnimationFrame(note)
  }`)
  const endsAt = performance.now() + DRAG_MS
  for (let step = 0; performance.now() < endsAt; step++) {
    await page.mouse.move(x + 200 + 150 * Math.sin(step / 12), y + 120 + 90 * Math.cos(step / 12))
  }
  const times = (await page.evaluate('window.isOver = true, window.drawnAt')) as readonly number[]
  await page.mouse.up()
  await page.waitForTimeout(500)
  if ((await page.evaluate(LOOK)) === before) throw new Error('expected the picture to move; it did not')
  return { ...summarizeFrames(times), drawnMs }
}

async function serveFolder(folder: string, more: ReadonlyMap<string, Buffer>): Promise<Server> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = new Map(more)
  for (const entry of names.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name)
    files.set(path.slice(folder.length), await readFile(path))
  }
  const server = createServer(({ url = '/' }, response) => {
    const path = url.split('?')[0] ?? ''
    const type = TYPES[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
    response.writeHead(files.has(path) ? 200 : 404, { 'content-type': type }).end(files.get(path))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
