import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createPlace, type Place } from './world.ts'

/**
 * The example of docs/embedding.md runs as it stands, beside the files that it names, in a folder that links Istmo and Apollo Server. `istmo keys`
 * made the keys, so that their names are those that an operator's folder has.
 */

const PROJECT = join(import.meta.dirname, '../..')
const page = await readFile(join(PROJECT, 'docs/embedding.md'), 'utf8')
const [, example = ''] = /^```js\n(.*?)^```/ms.exec(page) ?? []
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
  await mkdir(at('node_modules/@istmo'), { recursive: true })
  await symlink(join(PROJECT, 'embedding'), at('node_modules/@istmo/embedding'))
  const modules = await realpath(join(PROJECT, 'node_modules'))
  await symlink(join(modules, '@apollo'), at('node_modules/@apollo'))
  await symlink(join(modules, 'graphql'), at('node_modules/graphql'))
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
