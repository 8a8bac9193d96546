import { join, resolve } from 'node:path'

/** The folder of the project. The demo's default paths are relative to it. */
export const PROJECT_DIR = resolve(import.meta.dirname, '..')

/** Returns the absolute path of the demo's home folder. An empty variable counts as not set. */
export function homeFolder({ ISTMO_HOME }: Readonly<Record<string, string | undefined>>): string {
  return resolve(ISTMO_HOME || join(PROJECT_DIR, '.istmo'))
}
