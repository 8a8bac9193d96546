/**
 * Loaded before each test file that may use a browser (tests/clients/vitest.config.ts). A page waits as patiently as the other tests do
 * (tests/patience.ts), and the browser runs on a machine with little shared memory, such as a container.
 */
import { chromium, type LaunchOptions } from 'playwright-core'

/** In milliseconds. Shorter than a test may take, so that it is the wait that a failure names. */
const PATIENCE_MS = 100_000

type Launch = typeof chromium.launch & { isPatient?: boolean }

const launch: Launch = chromium.launch
const patient: Launch = async (options: LaunchOptions = {}) => {
  // Without the flag Chromium keeps its pictures in /dev/shm, of which a container has 64 MB.
  const browser = await launch.call(chromium, {
    ...options,
    args: [...(options.args ?? []), '--disable-dev-shm-usage'],
  })
  const newContext = browser.newContext.bind(browser)
  browser.newContext = async (...args) => {
    const context = await newContext(...args)
    context.setDefaultTimeout(PATIENCE_MS)
    return context
  }
  return browser
}
// All files share one process, in which each loads this module again.
if (launch.isPatient !== true) chromium.launch = Object.assign(patient, { isPatient: true })
