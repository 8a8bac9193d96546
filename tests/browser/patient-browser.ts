/**
 * Loaded before each test file that may use a browser (tests/clients/vitest.config.ts). A page waits as patiently as the other tests do
 * (tests/patience.ts), and the browser runs on a machine with little shared memory, such as a container. All files share one browser: to start one takes
 * a second of a core. What a file opens in it is a context of its own, without cookies, storage or files of another one.
 */
import { type Browser, chromium, type LaunchOptions } from 'playwright-core'

/** In milliseconds. Shorter than a test may take, so that it is the wait that a failure names. */
const PATIENCE_MS = 100_000

/**
 * Chromium takes the last list only, so this one repeats what Playwright switches off (`chromiumSwitches` there). The parts that suggest addresses draw two
 * hidden pages in each window, which cost more than the page of a test.
 */
const SWITCHED_OFF = [
  ...['AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades', 'LensOverlay'],
  ...['HttpsFirstBalancedModeAutoEnable', 'MediaRouter', 'PaintHolding', 'ThirdPartyStoragePartitioning'],
  ...['AvoidCorsURLLoaderRestartOnRedirect', 'OptimizationHints', 'NetworkTimeServiceQuerying', 'AimEnabled'],
  ...['PreconnectToSearch', 'WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'WebUIOmniboxFullPopup'],
]

type Launch = typeof chromium.launch & { isPatient?: boolean }

const launch: Launch = chromium.launch
let shared: Browser | undefined

const patient: Launch = async (options: LaunchOptions = {}) => {
  if (shared?.isConnected()) return shared
  // Without the flag Chromium keeps its pictures in /dev/shm, of which a container has 64 MB.
  const args = [...(options.args ?? []), '--disable-dev-shm-usage', `--disable-features=${SWITCHED_OFF}`]
  const browser = await launch.call(chromium, { ...options, args })
  const newContext = browser.newContext.bind(browser)
  browser.newContext = async (...given) => {
    const context = await newContext(...given)
    context.setDefaultTimeout(PATIENCE_MS)
    return context
  }
  // It ends with this process.
  browser.close = async () => void (await Promise.all(browser.contexts().map((context) => context.close())))
  shared = browser
  return browser
}
// All files share one process, in which each loads this module again.
if (launch.isPatient !== true) chromium.launch = Object.assign(patient, { isPatient: true })
