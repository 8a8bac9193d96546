import { setTimeout as sleep } from 'node:timers/promises'
import { UsageError } from '../../service/usage-error.ts'

const POLL_MS = 50

/**
 * Waits until a gateway that watches its countries folder serves `country`: its `/status` at `statusUrl` names it.
 * @param withinMs how long that may take.
 * @throws {UsageError} when it does not by then.
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

/** Nobody, where nothing answers. */
async function participants(statusUrl: string): Promise<readonly string[]> {
  try {
    const response = await fetch(statusUrl, { signal: AbortSignal.timeout(2000), redirect: 'error' })
    const status = (await response.json()) as { participants?: readonly { country: string }[] }
    return (status.participants ?? []).map(({ country }) => country)
  } catch {
    return []
  }
}
