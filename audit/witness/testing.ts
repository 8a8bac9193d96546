import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Makes a folder for the running test. It is deleted behind the last `afterEach`, so what the test opened in it is closed by then. */
export async function makeTestFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
