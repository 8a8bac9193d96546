import { describe, expect, it } from 'vitest'
import { loadRoom, RoomNotLoadedError } from './load-room.ts'

/** What Chromium, Firefox and Safari say. */
const MESSAGES = [
  'Failed to fetch dynamically imported module: http://127.0.0.1/assets/counts-x.js',
  'error loading dynamically imported module: http://127.0.0.1/assets/counts-x.js',
  'Importing a module script failed.',
]

/** For which errors the router loads the page again: its `isModuleNotFoundError` looks at how the message begins. */
const isReloaded = (error: unknown): boolean =>
  error instanceof Error && MESSAGES.some((message) => error.message.startsWith(message.slice(0, 30)))

describe('loadRoom', () => {
  it.each(MESSAGES)('gives no error for which the router would load the page again: %s', async (message) => {
    const missing = new TypeError(message)
    expect(isReloaded(missing)).toBe(true)
    const error: unknown = await loadRoom(() => Promise.reject(missing))().catch((each: unknown) => each)
    expect(error).toBeInstanceOf(RoomNotLoadedError)
    expect(isReloaded(error)).toBe(false)
  })

  it('gives the room', async () => {
    expect(await loadRoom(async () => 'room')()).toBe('room')
  })
})
