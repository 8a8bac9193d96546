/** `npm start`: starts the complete demo in this terminal. Ctrl-C ends it. Loads only what is needed to load the rest quickly. */
import { existsSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { speak } from '../service/lang-option.ts'
import { makeFilesPrivate } from '../service/private-files.ts'
import { homeFolder } from './home-folder.ts'

makeFilesPrivate()
speak(process.argv.slice(2), process.env)
const home = homeFolder(process.env)
// A home that does not exist yet is made later, with the right permissions.
if (existsSync(home)) enableCompileCache(join(home, 'cache'))
const { runDemo } = await import('./run-demo.ts')
await runDemo(process.argv.slice(2))
