import { setTimeout as sleep } from 'node:timers/promises'
import { createTrustedFetch } from '../../service/http/trusted-fetch.ts'
import { UsageError } from '../../service/usage-error.ts'

const POLL_MS = 50

/**
 * Waits until a gateway that watches its countries folder serves `country`: until its `/status`, at `statusUrl`, names the country.
 * @param withinMs how long to wait, in milliseconds.
 * @throws {UsageError} when the gateway does not name the country within that time.
 */
export async function awaitParticipant(statusUrl: string, country: string, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs
  while (!(await participants(statusUrl)).includes(country)) {
    if (Date.now() > deadline) {
      throw new UsageError(
        `${country}: expected the gateway to name it within ${withinMs / 1000} s; it does not. Its log says why`,
      )
    }
    await sleep(POLL_MS)
  }
}

/** Reads which participants a gateway names; none if nothing answers. */
async function participants(statusUrl: string): Promise<readonly string[]> {
  try {
    const response = await createTrustedFetch()(statusUrl, { signal: AbortSignal.timeout(2000), redirect: 'error' })
    const status = (await response.json()) as { participants?: readonly { country: string }[] }
    return (status.participants ?? []).map(({ country }) => country)
  } catch {
    return []
  }
}
