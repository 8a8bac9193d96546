import { CONFIG_PATH, type ConsoleConfig, readConfig } from './config.ts'

/** The element of the page in which the authority writes the settings (`authority/console/console-routes.ts`). */
const ELEMENT_ID = 'istmo-config'

/**
 * Loads the settings: from the page itself, or from their path if the page has none.
 * @throws {ConfigProblem} that names the member.
 * @throws {Error} if the authority did not answer.
 */
export async function loadConfig(): Promise<ConsoleConfig> {
  const written = document.getElementById(ELEMENT_ID)?.textContent
  if (written != null) return readConfig(JSON.parse(written))
  const response = await fetch(CONFIG_PATH, { credentials: 'omit', cache: 'no-store' })
  if (!response.ok) throw new Error(`${CONFIG_PATH}: expected the settings; came status ${response.status}`)
  return readConfig(await response.json())
}
