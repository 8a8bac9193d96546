/** All that a browser keeps of a page, so that a test can look for secrets in it. */
import type { BrowserContext, Page } from 'playwright-core'

/** Reads what a page of the origin can read: its address, its storages, its databases, its caches. It runs in the page. */
const READ = `(async () => {
  const ask = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  const databases = {}
  for (const { name } of await indexedDB.databases()) {
    const database = await ask(indexedDB.open(name))
    for (const store of database.objectStoreNames) {
      const rows = await ask(database.transaction(store).objectStore(store).getAll())
      databases[name + '/' + store] = rows.map((row) => JSON.stringify(row, (_, value) => value instanceof CryptoKey ? { key: value.type, extractable: value.extractable } : value))
    }
    database.close()
  }
  const cached = []
  for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) cached.push(request.url)
  const workers = (await navigator.serviceWorker.getRegistrations()).length
  return {
    place: location.href, state: history.state, name: window.name, referrer: document.referrer, cookie: document.cookie,
    local: { ...localStorage }, session: { ...sessionStorage }, databases, cached, workers, html: document.documentElement.outerHTML,
  }
})()`

/** What a browser keeps. */
export interface Kept {
  readonly local: Readonly<Record<string, string>>
  readonly session: Readonly<Record<string, string>>
  /** By the names of the database and of its store. */
  readonly databases: Readonly<Record<string, readonly string[]>>
  /** All of it as one text, with the addresses of the window's history and the browser's cookies. */
  readonly text: string
}

/** Reads what a browser keeps of a page of the console. */
export async function readKept(context: BrowserContext, page: Page): Promise<Kept> {
  const found = (await page.evaluate(READ)) as Omit<Kept, 'text'>
  const debug = await context.newCDPSession(page)
  const { entries } = await debug.send('Page.getNavigationHistory')
  await debug.detach()
  const history = entries.map(({ url }) => url)
  return { ...found, text: JSON.stringify([found, history, await context.cookies()]) }
}
