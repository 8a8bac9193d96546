import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { PROJECT_DIR } from '../../demo/config.ts'
import { KEY_KINDS } from '../../joining/running/rotate-command.ts'
import { runningWords } from '../../joining/running/words.ts'

/** What docs/running-a-node.md says of keys, metrics and units is what there is. */

const read = (file: string): Promise<string> => readFile(join(PROJECT_DIR, file), 'utf8')

it('the page has the table of keys that the command prints', async () => {
  const [, table] =
    /<!-- key-kinds -->\n([\s\S]*)\n<!-- \/key-kinds -->/.exec(await read('docs/running-a-node.md')) ?? []
  const rows = KEY_KINDS.map((kind) => {
    const lines = runningWords('en')(`kinds.${kind}`, { tls: 'TLS', rules: 'RULES' }).split('\n')
    return `| \`${kind}\` | ${lines.join(' | ')} |`
  })
  expect(table).toBe(['| kind | who has it | type | meanwhile |', '|---|---|---|---|', ...rows].join('\n'))
})

it('each metric that the page alerts on exists, and each of a node is in docs/operating.md', async () => {
  const written = new Set((await read('subgraphs/kit/node-operator.ts')).match(/istmo_[a-z_]+/g))
  const page = await read('docs/running-a-node.md')
  const alerted = (page.match(/istmo_[a-z_]+/g) ?? []).map((name) => name.replace(/_bucket$/, ''))
  expect(alerted.filter((name) => !written.has(name) && !/^istmo_(hn2?|reader)$/.test(name))).toEqual([])
  const operating = await read('docs/operating.md')
  expect([...written].filter((name) => !operating.includes(`\`${name}\``))).toEqual([])
})

it('each unit that the page starts is there', async () => {
  const page = await read('docs/running-a-node.md')
  const units = new Set(page.match(/istmo-[a-z-]+\.(?:service|timer)/g))
  for (const unit of units) expect(await read(`docs/systemd/${unit}`)).toContain('[Unit]')
  expect(units.size).toBeGreaterThan(4)
})
