import type { ProviderReturn } from './pkce.ts'

/** What the session needs of a browser. Tests give one of their own. */
export interface Browser {
  /** The console's own origin. */
  readonly origin: string
  /** The query of the address with which the page was opened. */
  readonly search: string
  /** The storage that ends with the window. It never gets a token. */
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  /** Leaves the page. */
  leave(address: string): void
  /** Shows a place of the console, and removes everything else from the address. */
  showPlace(place: string): void
  /** The place that is shown, such as `/cases`. */
  place(): string
  /** Opens a window of its own. Returns whether the browser allowed it. */
  openWindow(address: string): boolean
  closeWindow(): void
  /** Tells the other windows of the console what the provider sent back. */
  tellWindows(returned: ProviderReturn): void
  /** Calls `listener` when another window tells something. Returns the function that ends this. */
  hearWindows(listener: (returned: ProviderReturn) => void): () => void
  language(): string
  now(): number
  /** Calls `act` after some milliseconds. Returns the function that prevents it. */
  after(ms: number, act: () => void): () => void
  readonly fetch: typeof fetch
}

const CHANNEL = 'istmo-signed-in'

/** The longest time that a browser's timer takes. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Returns the browser that the page runs in. */
export function thisBrowser(): Browser {
  return {
    origin: location.origin,
    search: location.search,
    storage: sessionStorage,
    leave: (address) => location.assign(address),
    showPlace: (place) => history.replaceState(null, '', `/console/#${place}`),
    place: () => location.hash.slice(1) || '/',
    openWindow: (address) => window.open(address, 'istmo-sign-in', 'popup,width=520,height=640') !== null,
    closeWindow: () => window.close(),
    tellWindows(returned) {
      const channel = new BroadcastChannel(CHANNEL)
      channel.postMessage(returned)
      channel.close()
    },
    hearWindows(listener) {
      const channel = new BroadcastChannel(CHANNEL)
      channel.onmessage = ({ data }: MessageEvent<ProviderReturn | null>) => {
        // Any page of the origin may say anything here.
        if (typeof data?.state === 'string') listener(data)
      }
      return () => channel.close()
    },
    language: () => document.documentElement.lang || 'es',
    now: Date.now,
    after(ms, act) {
      const timer = setTimeout(act, Math.min(Math.max(ms, 0), MAX_TIMER_MS))
      return () => clearTimeout(timer)
    },
    fetch: (input, init) => fetch(input, init),
  }
}
