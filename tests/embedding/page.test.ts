import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, realpath, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { homeIn } from '../../demo/home.ts'
import { createPlace, type Place } from './world.ts'

/**
 * The example of docs/embedding.md runs as it stands, beside the files that it names, in a folder that links Istmo and Apollo Server by the page's
 * command. `istmo keys` made the keys, so that their names are those that an operator's folder has.
 */

const run = promisify(execFile)
const PROJECT = join(import.meta.dirname, '../..')
const page = await readFile(join(PROJECT, 'docs/embedding.md'), 'utf8')
const [, example = ''] = /^```js\n(.*?)^```/ms.exec(page) ?? []
/** What the page gives to npm, with this clone in place of the one beside the server. */
const [, install = ''] = /^npm (install --save .*)$/m.exec(page) ?? []
const modules = await realpath(join(PROJECT, 'node_modules'))
const linked = install
  .split(' ')
  .map((each) => each.replace('../istmo/node_modules', modules).replace('../istmo', PROJECT))
/** The files of the demo that the page names. */
const ofDemo = [...page.matchAll(/: '\.\.\/istmo\/(\.istmo\/.*)',$/gm)].map(([, path]) => path)
/** Each `curl` of the page: whether it sends a token, its body, and the answer that the page shows. */
const shown = [...page.matchAll(/^\$ curl (.*?)-d '([^']+)'\n([^\n]+)$/gms)].map(
  ([, head = '', body = '', answer = '']) => ({
    ...{ hasToken: head.includes('Authorization'), body, answer },
  }),
)

let place: Place
let child: ChildProcess
let url: string
const output: string[] = []

beforeAll(async () => {
  place = await createPlace()
  const at = (name: string) => join(place.folder, name)
  await writeFile(at('package.json'), JSON.stringify({ private: true, type: 'module' }))
  // A second install forgets links that `package.json` does not name.
  for (const args of [linked, ['install']]) await run('npm', [...args, '--offline'], { cwd: place.folder })
  await writeFile(at('server.mjs'), example)
  const env = { ...process.env, PORT: '0', KEYS_PORT: '0', NODE_ENV: 'production' }
  child = spawn(process.execPath, ['server.mjs'], { cwd: place.folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const listening = Promise.withResolvers<string>()
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output.push(chunk.toString())
      const [, found] = /^The server listens on (\S+)$/m.exec(output.join('')) ?? []
      if (found !== undefined) listening.resolve(found)
    })
  }
  child.once('exit', () => listening.reject(new Error(output.join(''))))
  url = await listening.promise
})
afterAll(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  await place.close()
})

it('The page names files that the demo has', () => {
  const { countries, issuers, legKey, tls } = homeIn('.istmo')
  expect(ofDemo).toEqual([countries, issuers, legKey, join(tls, 'gateway.cert.pem'), join(tls, 'gateway.key.pem')])
})

it('The page shows two questions', () => {
  expect(shown.map(({ hasToken }) => hasToken)).toEqual([true, false])
})

it.each(shown)('The example answers as the page shows: $body', async ({ hasToken, body, answer }) => {
  const authorization = hasToken ? { authorization: `Bearer ${await place.token()}` } : {}
  const headers = { 'content-type': 'application/json', ...authorization }
  const response = await fetch(url, { method: 'POST', headers, body })
  expect((await response.text()).trim()).toBe(answer)
  expect(response.status).toBe(hasToken ? 200 : 401)
})

it('The example ends at a signal, after its log is closed', async () => {
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await exited).toEqual([null, 'SIGTERM'])
  const kinds = (await place.entries()).map(({ kind }) => kind)
  expect(kinds).toContain('request')
  expect(kinds.at(-1)).toBe('stop')
})
